"""Answers in several arms: which column says the arm, and the file of iMRMC; knows cells of text and their places."""
