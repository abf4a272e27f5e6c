"""What keeps the server from starting, in words for a person."""


class ServeError(Exception):
    """The server cannot start as asked; the message says what is wrong and what to do about it."""
