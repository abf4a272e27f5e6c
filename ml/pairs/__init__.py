"""Make image pairs with an attack and keep them; knows images, runs, networks, datasets, classifiers and attacks."""
