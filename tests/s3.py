"""A server that speaks S3, for a test: moto's, in this process, on a free loopback port."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from perception.site.file_storage import storage_settings

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "secret"}
REGION = "eu-west-1"


@cache
def s3_endpoint() -> str:
    """Return the address of the server, which is started once and ends with the process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


@contextmanager
def s3_environment(**changes: str) -> Iterator[dict[str, str]]:
    """Yield what a user sets whose files lie in a bucket of the server, which is new."""
    bucket = f"tests-{uuid.uuid4()}"
    client_of().create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield {
        "FILES": "s3",
        "S3_BUCKET": bucket,
        "S3_ENDPOINT_URL": s3_endpoint(),
        "S3_REGION": REGION,
        "S3_PREFIX": "perception",
        **CREDENTIALS,
        **changes,
    }


def client_of() -> Any:
    """Return a client of the server, that sees what lies in the buckets without the program."""
    session = boto3.Session(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
    return session.client("s3", endpoint_url=s3_endpoint(), region_name=REGION)


def s3_setting(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return Django's setting of a storage in that bucket."""
    made = storage_settings(environment)
    keys = {"access_key": CREDENTIALS["AWS_ACCESS_KEY_ID"], "secret_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"]}
    return {**made, "OPTIONS": {**made["OPTIONS"], **keys}}


def keys_in(environment: Mapping[str, str]) -> set[str]:
    """Return the keys of the objects in a bucket."""
    pages = client_of().get_paginator("list_objects_v2").paginate(Bucket=environment["S3_BUCKET"])
    return {entry["Key"] for page in pages for entry in page.get("Contents", ())}
