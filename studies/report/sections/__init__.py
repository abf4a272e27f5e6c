"""The report as sections of texts, plots and tables: one module a section, set by the page and by the PDF."""
