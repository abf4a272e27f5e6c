"""Images with diagnoses: import, split, class distribution; knows images and runs."""
