"""The preview of every page that an observer will see: rendered as for an observer, on rows that are in no database."""
