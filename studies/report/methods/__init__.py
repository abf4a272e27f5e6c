"""The methods paragraph, its references, and the reporting lists; knows what each figure was computed by."""
