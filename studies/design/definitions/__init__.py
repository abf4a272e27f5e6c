"""The definition of a study as a file: written, read with suspicion, and made a draft of again."""
