"""How static files are named: by their content, so that a browser keeps them for good and never mixes two releases."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise's storage, which also puts the hashed names into the `import` lines of JavaScript modules."""

    support_js_module_import_aggregation = True
