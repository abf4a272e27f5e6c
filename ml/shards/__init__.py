"""Image work cut into shards: a manifest in a folder, one function that makes one of them, a result file for each.

Knows attacks, networks and images. Neither database nor settings nor storage: a shard is made by any process that sees
the folder, on any machine.
"""
