"""The report of a study as a PDF: the sections of `studies.report_parts`, set with Typst."""
