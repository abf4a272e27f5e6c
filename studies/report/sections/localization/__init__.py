"""What observers marked: the places of a change."""
