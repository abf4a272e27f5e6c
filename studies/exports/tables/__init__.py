"""Results as tables: of one layout, written as Markdown or LaTeX. Knows reports, and nothing of archives."""
