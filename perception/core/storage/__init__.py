"""The storage of files, whichever kind it is."""
