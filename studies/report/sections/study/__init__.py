"""What was asked of whom and by which attack: design, flow, exclusions, methods, versions; knows the report."""
