"""The same answers by diagnosis, image, time and trial; knows the report."""
