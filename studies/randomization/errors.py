"""What a draw is refused with."""


class DrawingError(Exception):
    """The images at hand do not allow the draw; the message says what cannot be, with numbers, and what to change."""
