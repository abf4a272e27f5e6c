"""What a degradation category rating found: mean grades, and the screening of observers; knows the report."""
