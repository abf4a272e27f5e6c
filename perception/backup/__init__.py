"""Database and files in one file, and back: into an installation of either database and either storage of files.

Knows tables, rows and names of files, and nothing of what they mean.
"""
