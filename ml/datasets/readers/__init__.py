"""One module a format in which images come; knows files, no database."""
