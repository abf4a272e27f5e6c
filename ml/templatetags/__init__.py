"""Template tags of the image side; the study side uses them too."""
