"""gunicorn's settings, each with its reason; `serve` adds the socket and the numbers of processes and threads."""

import contextlib
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from perception.site.log_redaction import RedactingFormatter, RedactingJsonFormatter
from perception.site.monitoring.measurements import forget_process

# Name of the variable that holds the file descriptor on which the first process that can answer says so.
READY_FD = "PERCEPTION_READY_FD"

# Threads: an observer's request waits for the database and the disk far more than it computes.
worker_class = "gthread"
# The application is loaded once and its memory shared by the processes.
preload_app = True
# Training takes every core for minutes; a web process that waits its turn for a while is not a dead one.
timeout = 120
# What a stop waits for requests that are being answered.
graceful_timeout = 30
# Observers look at an image for several seconds, then answer: their connection is still open. Longer than nginx
# keeps a connection to the server behind it (60 s), so that nginx never sends into one that is just closing.
keepalive = 75
# Paths hold invitation tokens, so nothing is logged of a request. The format below has neither address nor path nor
# referrer, for the case that someone turns the log on; with another format, they are cut and taken out below.
accesslog = None
access_log_format = '%(t)s "%(m)s" %(s)s %(b)s %(D)s'
# Warnings and errors; a quiet start and stop.
loglevel = "warning"
errorlog = "-"
# gunicorn's remote control, a socket in the home folder: nobody uses it here, and everything that the program
# writes lies in the data folder.
control_socket_disable = True
# Each process touches a (nameless) file every second to show that it lives: in memory, since a disk that is busy
# with images can block that for longer than `timeout`.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - unlinked as soon as it is made


def on_starting(server: Any) -> None:
    """Take tokens and addresses out of gunicorn's own messages, such as those about a malformed request."""
    for logger in (server.log.error_log, server.log.access_log):
        for handler in logger.handlers:
            shape = handler.formatter
            as_json = settings.LOG_FORMAT == "json"
            handler.setFormatter(RedactingJsonFormatter() if as_json else RedactingFormatter(shape._fmt, shape.datefmt))


def post_worker_init(worker: Any) -> None:
    """Say to `serve` that a process is there to answer."""
    if READY_FD in os.environ:
        # `serve` listens for the first process only: later it has closed its end.
        with contextlib.suppress(OSError):
            os.write(int(os.environ[READY_FD]), b"\n")


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a process that has ended had measured."""
    forget_process(worker.pid)
