"""The same answers by diagnosis, image, time and trial; knows arrays and estimates."""
