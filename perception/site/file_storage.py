"""Where the files lie – images, pairs, networks, stimuli, uploads: on the disk, or on a server that speaks S3."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

DISK, S3 = "disk", "s3"
S3_SETTINGS = ("S3_BUCKET", "S3_ENDPOINT_URL", "S3_REGION", "S3_PREFIX", "S3_ADDRESSING", "S3_CHECKSUMS")
ADDRESSING = ("auto", "path", "virtual")
SWITCH = {"": False, "0": False, "off": False, "1": True, "on": True}


def storage_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return Django's setting of the storage of files, as the environment asks for it.

    Parameters
    ----------
    environment
        `FILES`, and with `FILES=s3` what `perception.settings` lists.

    Raises
    ------
    ImproperlyConfigured
        A setting is wrong, missing, or given where nothing reads it; nothing was asked of any server.
    """
    kind = environment.get("FILES", "").strip().lower() or DISK
    if kind not in {DISK, S3}:
        raise ImproperlyConfigured(f"FILES is “{environment['FILES']}”; it can be {DISK} or {S3}")
    if kind == DISK:
        if given := [name for name in S3_SETTINGS if environment.get(name)]:
            # Files would go to this machine's disk, where the other servers do not find them.
            raise ImproperlyConfigured(f"{given[0]} is set, but FILES is not {S3}: set FILES={S3}, or leave it out")
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    return {"BACKEND": "perception.site.s3_files.S3Files", "OPTIONS": _s3_options(environment)}


def _s3_options(environment: Mapping[str, str]) -> dict[str, Any]:
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(
            f"FILES={S3} needs django-storages and boto3: pip install --require-hashes -r requirements/servers.txt"
        )
    values = {name: environment.get(name, "").strip() for name in S3_SETTINGS}
    if not values["S3_BUCKET"]:
        raise ImproperlyConfigured(f"FILES is {S3}, and S3_BUCKET does not say in which bucket the files lie")
    endpoint = values["S3_ENDPOINT_URL"]
    if endpoint and (urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).hostname):
        raise ImproperlyConfigured(f"S3_ENDPOINT_URL is “{endpoint}”; it is an address such as https://s3.example.org")
    # Servers of one's own have a certificate for one name, and not for one of each bucket.
    addressing = values["S3_ADDRESSING"].lower() or ("path" if endpoint else "auto")
    if addressing not in ADDRESSING:
        raise ImproperlyConfigured(f"S3_ADDRESSING is “{values['S3_ADDRESSING']}”; it can be {', '.join(ADDRESSING)}")
    if (checksums := values["S3_CHECKSUMS"].lower()) not in SWITCH:
        raise ImproperlyConfigured(f"S3_CHECKSUMS is “{values['S3_CHECKSUMS']}”; it can be on or off")
    if bool(environment.get("AWS_ACCESS_KEY_ID")) != bool(environment.get("AWS_SECRET_ACCESS_KEY")):
        raise ImproperlyConfigured("Of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is set, and not the other")
    return {
        "bucket_name": values["S3_BUCKET"],
        "endpoint_url": endpoint or None,
        "region_name": values["S3_REGION"] or None,
        "location": values["S3_PREFIX"].strip("/"),
        "addressing_style": addressing,
        "checksums": SWITCH[checksums],
    }
