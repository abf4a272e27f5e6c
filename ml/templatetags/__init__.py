"""Template filters of the image side; the study side uses them too."""
