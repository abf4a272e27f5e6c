"""Putting observers through the checks of a study: what is measured is judged, recorded, and may end the session."""
