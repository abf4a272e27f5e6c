"""What can go wrong with an account, in words for a person."""


class AccountError(Exception):
    """A change of an account was refused; the text says why and what to do."""
