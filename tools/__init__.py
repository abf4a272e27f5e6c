"""What measures the program and is no part of it: coverage of intervals, speed of server and training."""
