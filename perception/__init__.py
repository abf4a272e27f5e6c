"""The study project: settings, addresses, the analysis package."""
