"""The command that serves the site; knows settings and serving."""
