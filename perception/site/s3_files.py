"""The files on a server that speaks S3: private objects, each written once, read and sent by this program alone."""

import errno
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, TypeVar, cast

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

T = TypeVar("T")

CONNECT_SECONDS, READ_SECONDS = 5, 20
ATTEMPTS = 3
"""Of each request. A server that is away is so told of within a minute and a half at the most."""
CONNECTIONS = 32
"""Of one process: what its threads ask at one time."""
IN_MEMORY = 16 * 1024**2
"""Bytes of a file that is read, and of one that is sent in one request; more goes by way of the disk, or in parts."""
AT_ONCE = 1000
"""Files that one request removes: the most that S3 takes."""
PAUSE = 0.5
"""Seconds before a file is asked for again whose bytes broke off."""
MISSING = {"404", "NoSuchKey", "NotFound"}
NOT_ALLOWED = {"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}


class S3Files(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """Django's interface of a storage; what goes wrong is an `OSError` in words, as of a disk.

    One client serves all threads of a process, since clients may be shared and one takes 12 MB; a process that was
    forked makes its own. Nobody is given an address of an object: whatever reaches a browser goes through the program.
    """

    def __init__(self, *, checksums: bool = False, **options: Any) -> None:
        """Take django-storages' options.

        Parameters
        ----------
        checksums
            Whether each request carries S3's newer checksums, which servers of earlier years refuse. Every file that is
            read is compared with a hash of ours, whatever this says.
        """
        asked = "when_supported" if checksums else "when_required"
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            s3={"addressing_style": options.get("addressing_style")},
            request_checksum_calculation=asked,
            response_checksum_validation=asked,
        )
        # Threads for the parts of one file would be made anew for every image.
        transfer = TransferConfig(use_threads=False, multipart_threshold=IN_MEMORY, multipart_chunksize=IN_MEMORY)
        super().__init__(
            **options, client_config=config, transfer_config=transfer, file_overwrite=False, default_acl=None
        )
        self._lock = threading.Lock()
        self._shared: tuple[int, Any] | None = None

    @property
    def connection(self) -> Any:
        """The process's connection, whose client is shared by its threads."""
        with self._lock:
            if self._shared is None or self._shared[0] != os.getpid():
                self._shared = os.getpid(), super().connection
                self._connections = threading.local()
            return self._shared[1]

    def url(self, name: str | None, parameters: Any = None, expire: int | None = None, http_method: Any = None) -> str:
        """Give nobody an address: it would lead past the program, which says who may see what.

        Raises
        ------
        NotImplementedError
            Always.
        """
        raise NotImplementedError("Files are sent by the program; no address of theirs is handed out.")

    def exists(self, name: str) -> bool:
        """Say whether there is a file of that name."""
        with _as_os_error(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        """Return how many bytes a file has.

        Raises
        ------
        FileNotFoundError
            There is none of that name.
        """
        with _as_os_error(name):
            return int(self._client.head_object(Bucket=self.bucket_name, Key=self._key(name))["ContentLength"])

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Return the folders and the files in a folder; nothing where there is none, since S3 has no folders."""
        with _as_os_error(path):
            return cast("tuple[list[str], list[str]]", super().listdir(path))

    def delete(self, name: str) -> None:
        """Remove a file; nothing happens where there is none."""
        with _as_os_error(name):
            self._client.delete_object(Bucket=self.bucket_name, Key=self._key(name))

    def delete_many(self, names: Sequence[str]) -> None:
        """Remove files, a thousand by one request; one by one where the server has no such request."""
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            objects = [{"Key": self._key(name)} for name in some]
            try:
                told = self._client.delete_objects(Bucket=self.bucket_name, Delete={"Objects": objects, "Quiet": True})
                some = some if told.get("Errors") else []
            except ClientError:
                pass
            except BotoCoreError as error:
                raise _translated(error, some[0]) from error
            for name in some:
                self.delete(name)

    def check(self) -> None:
        """Write a file, read it back, and remove it.

        Raises
        ------
        OSError
            With what is wrong: no such bucket, no right to it, no server.
        """
        with _as_os_error(self.bucket_name):
            self._client.head_bucket(Bucket=self.bucket_name)
        name = self.save("check/written-at-start", ContentFile(b"written"))
        try:
            with self.open(name) as file:
                file.read()
        finally:
            self.delete(name)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        """Read a file with one request; one whose bytes broke off is asked for again."""
        if mode != "rb":
            raise ValueError(f"files of this storage are read, or saved whole; not opened as {mode}")
        with _as_os_error(name):
            return File(_again(lambda: self._read(name)), name=name)

    def _read(self, name: str) -> IO[bytes]:
        answer = self._client.get_object(Bucket=self.bucket_name, Key=self._key(name))
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # whoever opened it closes it
        try:
            for part in answer["Body"].iter_chunks(1024 * 1024):
                file.write(part)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return cast("IO[bytes]", file)

    def _save(self, name: str, content: File[bytes]) -> str:
        key = self._key(name)
        parameters = self._get_write_parameters(key, content)
        with _as_os_error(name):
            content.seek(0)
            if content.size <= IN_MEMORY:
                self._client.put_object(Bucket=self.bucket_name, Key=key, Body=content.read(), **parameters)
            else:
                # boto3 closes what it has sent, and whoever saves a file may go on with it.
                with _kept_open(content) as kept:
                    self._client.upload_fileobj(
                        kept, self.bucket_name, key, ExtraArgs=parameters, Config=self.transfer_config
                    )
        return name

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _key(self, name: str) -> str:
        return str(self._normalize_name(name))


@contextmanager
def _kept_open(content: File[bytes]) -> Iterator[File[bytes]]:
    close = content.close
    content.close = lambda: None  # type: ignore[method-assign]
    try:
        yield content
    finally:
        content.close = close  # type: ignore[method-assign]


def _again(read: Callable[[], T]) -> T:
    """Do what reads an answer's bytes once more where they broke off: botocore repeats requests, not readings."""
    for attempt in range(1, ATTEMPTS):
        try:
            return read()
        except BotoCoreError as error:
            if isinstance(error, NoCredentialsError):
                raise
            time.sleep(PAUSE * attempt)
    return read()


@contextmanager
def _as_os_error(name: str) -> Iterator[None]:
    """Raise what a disk would raise, with the reason in words."""
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        raise _translated(error, name) from error


def _translated(error: Exception, name: str) -> OSError:
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code == "NoSuchBucket":
            return OSError(errno.EIO, "the storage of files has no such bucket (S3_BUCKET)", name)
        if code in MISSING:
            return FileNotFoundError(errno.ENOENT, "it is not in the storage of files", name)
        if code in NOT_ALLOWED:
            return PermissionError(errno.EACCES, f"the storage of files refuses it ({code})", name)
        return OSError(errno.EIO, f"the storage of files answered {code}", name)
    if isinstance(error, NoCredentialsError):
        return PermissionError(errno.EACCES, "no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set", name)
    return OSError(errno.EIO, f"the storage of files does not answer ({str(error)[:200]})", name)
