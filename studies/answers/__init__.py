"""Where answers meet the truth, and what counts of them; knows the models, no page and no report."""
