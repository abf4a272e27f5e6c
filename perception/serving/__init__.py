"""What `manage.py serve` does: one web server and one background worker, started and stopped together."""
