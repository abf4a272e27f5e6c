"""Long lists as pages show them: searched, sorted and cut into pages by the database.

What a reader chose stands in the address and nowhere else: it works without JavaScript, can be bookmarked, and the
browser's button leads back to it.
"""
