"""Are the intervals right? Simulated studies whose true values are known, analysed by the report's own code.

`python -m tools.interval_coverage` (`make validate`) prints how often each default interval holds the true value.
"""
