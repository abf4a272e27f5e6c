"""What holds for every page: health, content security policy, logs, secret key, static files; knows Django alone."""
