"""Faults, tried for real on a site that runs: processes killed, disks full, clocks and connections bad."""
