"""Who does a run now: leases with a fencing token, the names of processes, the wish of one to end."""
