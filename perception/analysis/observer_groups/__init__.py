"""Groups of observers compared: each in one group, images judged by all of them or by some; knows arrays alone."""
