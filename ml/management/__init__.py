"""The commands of the image side, and what they have in common; knows every service of `ml`."""
