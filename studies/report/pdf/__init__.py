"""The report of a study as a PDF: the sections of `studies.report.sections`, set with Typst."""
