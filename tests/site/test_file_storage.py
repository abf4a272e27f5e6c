"""The storage that the environment asks for, and the one that speaks S3: what a disk does, it does."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from pytest_django import Settings

from perception.serving.errors import ServeError
from perception.serving.preparation import check_storage_of_files
from perception.site import s3_files
from perception.site.file_storage import storage_settings
from perception.site.s3_files import S3Files
from tests.s3 import client_of, keys_in, s3_environment, s3_setting

BUCKET = {"FILES": "s3", "S3_BUCKET": "studies"}


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    with s3_environment() as environment:
        yield environment


@pytest.fixture
def on_s3(bucket: dict[str, str]) -> S3Files:
    return S3Files(**s3_setting(bucket)["OPTIONS"])


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "disk":
        return FileSystemStorage(location=tmp_path)
    return request.getfixturevalue("on_s3")  # type: ignore[no-any-return]


def test_files_lie_on_the_disk_unless_asked_otherwise() -> None:
    assert storage_settings({})["BACKEND"] == "django.core.files.storage.FileSystemStorage"
    assert storage_settings({"FILES": "disk"}) == storage_settings({})


def test_a_server_of_ones_own_is_addressed_by_paths() -> None:
    options = storage_settings({**BUCKET, "S3_ENDPOINT_URL": "https://s3.example.org", "S3_PREFIX": "/a/b/"})["OPTIONS"]
    assert options["addressing_style"] == "path"
    assert options["location"] == "a/b"
    assert storage_settings(BUCKET)["OPTIONS"]["addressing_style"] == "auto"
    assert storage_settings({**BUCKET, "S3_CHECKSUMS": "on"})["OPTIONS"]["checksums"] is True


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"FILES": "ftp"}, "FILES is “ftp”; it can be disk or s3"),
        ({"FILES": "s3"}, "S3_BUCKET does not say"),
        ({"S3_BUCKET": "studies"}, "S3_BUCKET is set, but FILES is not s3"),
        ({**BUCKET, "S3_ENDPOINT_URL": "s3.example.org"}, "S3_ENDPOINT_URL is “s3.example.org”"),
        ({**BUCKET, "S3_ADDRESSING": "dns"}, "S3_ADDRESSING is “dns”; it can be auto, path, virtual"),
        ({**BUCKET, "S3_CHECKSUMS": "maybe"}, "S3_CHECKSUMS is “maybe”"),
        ({**BUCKET, "AWS_ACCESS_KEY_ID": "somebody"}, "one is set, and not the other"),
    ],
)
def test_what_is_wrong_or_missing_is_said(environment: dict[str, str], told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=told):
        storage_settings(environment)


@pytest.mark.parametrize("size", [0, 1, 100_000, s3_files.IN_MEMORY + 1])
def test_a_file_comes_back_as_it_was_saved(storage: Storage, size: int) -> None:
    data = bytes(number % 251 for number in range(256)) * (size // 256 + 1)
    content = ContentFile(data[:size])
    name = storage.save("pairs/one.png", content)
    assert not content.closed
    with storage.open(name) as file:
        assert file.read() == data[:size]
    assert storage.size(name) == size
    assert storage.exists(name)


def test_nothing_is_overwritten(storage: Storage) -> None:
    first, second = (storage.save("pairs/one.png", ContentFile(data)) for data in (b"first", b"second"))
    assert first != second
    with storage.open(first) as file:
        assert file.read() == b"first"


def test_a_file_that_is_not_there_is_told_as_a_disk_tells_it(storage: Storage) -> None:
    with pytest.raises(FileNotFoundError):
        storage.open("pairs/none.png")
    with pytest.raises(FileNotFoundError):
        storage.size("pairs/none.png")
    assert not storage.exists("pairs/none.png")
    storage.delete("pairs/none.png")


def test_names_are_listed_by_folder(storage: Storage) -> None:
    for name in ("a/1.png", "a/2.png", "a/b/3.png", "c/4.png"):
        storage.save(name, ContentFile(b"x"))
    folders, files = storage.listdir("a")
    assert (folders, sorted(files)) == (["b"], ["1.png", "2.png"])


def test_many_are_removed_at_once(on_s3: S3Files, bucket: dict[str, str]) -> None:
    names = [on_s3.save(f"a/{number}.png", ContentFile(b"x")) for number in range(5)]
    on_s3.delete_many([*names[:4], "a/none.png"])
    assert keys_in(bucket) == {"perception/a/4.png"}


def test_many_are_removed_by_a_server_that_takes_one_at_a_time(
    on_s3: S3Files, bucket: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [on_s3.save(f"a/{number}.png", ContentFile(b"x")) for number in range(3)]

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "NotImplemented"}}, "DeleteObjects")

    monkeypatch.setattr(on_s3._client, "delete_objects", refuse)
    on_s3.delete_many(names)
    assert keys_in(bucket) == set()


def test_keys_lie_below_the_prefix_and_are_nobodys_but_the_owners(on_s3: S3Files, bucket: dict[str, str]) -> None:
    on_s3.save("a/1.png", ContentFile(b"x"))
    assert keys_in(bucket) == {"perception/a/1.png"}
    grants = client_of().get_object_acl(Bucket=bucket["S3_BUCKET"], Key="perception/a/1.png")["Grants"]
    assert all("URI" not in grant["Grantee"] for grant in grants)


def test_no_address_is_handed_out(on_s3: S3Files) -> None:
    with pytest.raises(NotImplementedError):
        on_s3.url(on_s3.save("a/1.png", ContentFile(b"x")))


def test_threads_share_one_client(on_s3: S3Files) -> None:
    clients: list[object] = [on_s3._client]

    def work() -> None:
        clients.append(on_s3._client)
        with on_s3.open(on_s3.save("a/1.png", ContentFile(b"x"))) as file:
            assert file.read() == b"x"

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(clients) == 5
    assert len({id(client) for client in clients}) == 1


def test_a_storage_that_works_passes_its_check(on_s3: S3Files, bucket: dict[str, str]) -> None:
    on_s3.check()
    assert keys_in(bucket) == set()


def test_a_bucket_that_is_not_there_is_told(bucket: dict[str, str]) -> None:
    storage = S3Files(**s3_setting({**bucket, "S3_BUCKET": "none-of-that-name"})["OPTIONS"])
    with pytest.raises(OSError, match="storage of files"):
        storage.check()


def test_a_server_that_is_away_is_an_error_of_the_disk(bucket: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_files, "ATTEMPTS", 1)
    storage = S3Files(**s3_setting({**bucket, "S3_ENDPOINT_URL": "http://127.0.0.1:9"})["OPTIONS"])
    for ask in (lambda: storage.open("a"), lambda: storage.save("a", ContentFile(b"x")), lambda: storage.delete("a")):
        with pytest.raises(OSError, match="does not answer"):
            ask()


def test_a_file_whose_bytes_break_off_is_asked_for_again(on_s3: S3Files, monkeypatch: pytest.MonkeyPatch) -> None:
    name = on_s3.save("a/1.png", ContentFile(b"whole"))
    read, asked = on_s3._read, []
    monkeypatch.setattr(s3_files, "PAUSE", 0)

    def break_off_once(wanted: str) -> Any:
        asked.append(wanted)
        if len(asked) == 1:
            raise BotoCoreError
        return read(wanted)

    monkeypatch.setattr(on_s3, "_read", break_off_once)
    with on_s3.open(name) as file:
        assert file.read() == b"whole"
    assert asked == [name, name]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"S3_BUCKET": "none-of-that-name"}, "Nothing can be stored in the bucket none-of-that-name"),
        ({"S3_ENDPOINT_URL": "http://127.0.0.1:9"}, "at http://127.0.0.1:9: the storage of files does not answer"),
    ],
)
def test_a_server_does_not_start_where_it_can_store_nothing(
    bucket: dict[str, str], settings: Settings, changes: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_files, "ATTEMPTS", 1)
    settings.STORAGES = {**settings.STORAGES, "default": s3_setting({**bucket, **changes})}
    with pytest.raises(ServeError, match=told):
        check_storage_of_files()
