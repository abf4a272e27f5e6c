"""The researcher's pages of images and attacks; knows everything of `ml`, and nothing imports it but the addresses."""
