"""The five grades of impairment of Recommendations ITU-T P.910 and ITU-R BT.500, as numbers."""

LOWEST, HIGHEST = 1, 5
"""Very annoying, and imperceptible."""
WIDTH = HIGHEST - LOWEST
GRADES = (1, 2, 3, 4, 5)
WORDS = {
    5: "imperceptible",
    4: "perceptible but not annoying",
    3: "slightly annoying",
    2: "annoying",
    1: "very annoying",
}
"""The recommendations' own, by the grade."""
IMPERCEPTIBLE_FROM = 4.5
"""A mean above it is nearer to “imperceptible” than to any other grade."""
