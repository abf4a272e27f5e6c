"""Detection against strength: curve, threshold, goodness of fit; knows arrays and estimates."""
