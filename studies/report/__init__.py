"""From answers to a report: sections once, set as page, PDF and text; knows answers and estimates, no request."""
