"""Which number measured on two images predicts that people notice the difference: arrays in, estimates out."""
