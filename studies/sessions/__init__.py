"""What an observer does to a session: consent, steps, trials, the end; cannot reach the truth."""
