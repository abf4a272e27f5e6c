"""What a page says in which language, as a screen reader takes it from the markup."""

from html.parser import HTMLParser

WITHOUT_END = {"br", "hr", "img", "input", "link", "meta"}
NOT_READ = {"script", "style"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element, and the language from here on."""
        language = dict(attrs).get("lang") or self._language()
        self.read += [(language, value) for name, value in attrs if name in {"alt", "aria-label"} and value]
        if tag not in WITHOUT_END:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        """Go back to the language before the element."""
        opened, _ = self._open.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        """Note what is read out."""
        if data.strip() and self._open[-1][0] not in NOT_READ:
            self.read.append((self._language(), " ".join(data.split())))

    def _language(self) -> str:
        return self._open[-1][1] if self._open else ""


def spoken(page: str) -> list[tuple[str, str]]:
    """Return (language, text) of all that is read out of a page, its title included, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.read
