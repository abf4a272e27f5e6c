"""How precise the figures of a method will be, planned before a study: one module for each method."""
