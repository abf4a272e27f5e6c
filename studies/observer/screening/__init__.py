"""The checks as observers meet them: what is needed of a device, and a page a check; cannot reach the truth."""
