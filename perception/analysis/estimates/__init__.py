"""A value with its interval, and the methods that make one; knows arrays alone."""
