"""How static files are named: by their content, so that a browser keeps them for good and never mixes two releases."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise's storage, which also puts the hashed names into the `import` lines of JavaScript modules."""

    support_js_module_import_aggregation = True

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002 - Django's signature
        """Return the address of a file, made once: the list of hashed names is read when the process starts.

        An observer's page names a dozen files, and to make their addresses is a fifth of making the page.
        """
        addresses: dict[str | None, str] = self.__dict__.setdefault("_addresses", {})
        if force:
            return str(super().url(name, force))
        if name not in addresses:
            addresses[name] = super().url(name)
        return addresses[name]
