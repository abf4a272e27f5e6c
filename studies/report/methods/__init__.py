"""The methods paragraph, its references, and the STARD checklist; knows what each figure was computed by."""
