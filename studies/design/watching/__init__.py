"""Watching a study that runs: who is where, and when it will be full. Nothing here tells a result."""
