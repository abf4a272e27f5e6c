"""Text that goes into a cell of a CSV file, which people open in spreadsheets."""


def harmless(text: str) -> str:
    """Keep a spreadsheet from running a cell as a formula: an apostrophe before what would start one (OWASP)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
