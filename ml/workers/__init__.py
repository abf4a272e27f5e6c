"""What `manage.py worker` does: the loop over either queue, and a keeper beside it that looks after all runs."""
