"""The languages of the observer's pages. The researcher's pages are in English."""

ENGLISH = "en"
FRENCH = "fr"
LANGUAGES = [(ENGLISH, "English"), (FRENCH, "Français")]
