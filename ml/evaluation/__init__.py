"""What an attack does to a classifier, how large its change is, what survives; knows everything of `ml` but pages."""
