"""Accounts of researchers: the first one, others by a link that is handed over, passwords, sign-ins that are running.

Knows Django's users and sessions, and neither images nor studies. Nothing leaves the server: there is no e-mail. A link
is shown to the administrator who made it, who gives it to the person.
"""
