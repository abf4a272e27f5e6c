"""The commands that carry out whole experiments; knows the recipes."""
