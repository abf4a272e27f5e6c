"""Where a study’s image pairs are changed, and whether a mark lies there. On the truth’s side."""
