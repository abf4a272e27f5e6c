"""The forms of these pages: what is typed becomes work that a service checks; knows no page."""
