"""What goes wrong in `ml`, in words for a person."""


class MlError(Exception):
    """Work that cannot be done as asked; the message says what is wrong and what to do about it."""
