"""Measures the making of pairs in shards: one process against several (`make bench-shards`)."""
