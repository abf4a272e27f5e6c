"""What a session tells the rest of the program, so that the observer's side need not know who listens."""

from django.dispatch import Signal

session_finished = Signal()
"""All trials are answered. Sent with `session`, in the transaction of the last answer: what fails takes it back."""
