"""What a report costs: CPU time and memory of each of its steps, by the number of sessions."""
