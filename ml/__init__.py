"""Images, classifiers, attacks, image pairs."""
