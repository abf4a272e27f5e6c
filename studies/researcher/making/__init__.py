"""The pages on which a study is made: where to start, step by step, and a look at all of it before it opens."""
