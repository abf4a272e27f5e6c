"""How often the verdict says “undetectable” of a change that observers see as well as the margin, at any criterion."""
