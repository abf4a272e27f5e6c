"""Studies, sessions, answers, reports."""
