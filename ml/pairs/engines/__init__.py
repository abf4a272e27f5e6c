"""Where shards are made: in this process, by processes of this machine, by jobs of a cluster. One engine a file."""
