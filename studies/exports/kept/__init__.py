"""Reports that a worker makes once, and pages and downloads read until the data change."""
