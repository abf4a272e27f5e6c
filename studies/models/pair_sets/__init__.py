"""Which image pairs a study shows: the rules for choosing them, and the attacks, its arms, that made them."""
