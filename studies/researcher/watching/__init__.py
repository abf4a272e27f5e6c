"""The page on which a running study is watched."""
