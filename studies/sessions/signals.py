"""What a session tells the rest of the program, so that the observer's side need not know who listens."""

from django.dispatch import Signal

session_finished = Signal()
"""All trials are answered. Sent with `session`, in the transaction of the last answer: what fails takes it back."""

trial_over = Signal()
"""A trial of the series was answered, or passed over, in a study that chooses strengths from answers. Sent with
`session`, and `position`, that of the trial in the series, in the transaction that stores it, with the session's row
locked: what fails takes it back."""
