"""Django's PostgreSQL backend with a pool that gets over a server that was restarted, and asks nothing for it."""
