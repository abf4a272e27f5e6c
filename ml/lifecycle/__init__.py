"""What becomes of datasets, classifiers, attacks and image pairs once they are there: they are renamed, or deleted."""
