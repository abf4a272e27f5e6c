"""How far observers agree with one another; knows arrays and estimates."""
