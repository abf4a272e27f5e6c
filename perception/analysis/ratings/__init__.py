"""Graded answers: the ROC curve, its area, several readers; knows arrays and estimates."""
