"""A recruiter on another loopback port: it sends people in by their ids, and notes with which code they return."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

TASK = """<!doctype html><html lang="en"><title>Tasks</title><h1>A task for {person}</h1>
<p><a id="task" href="{link}">Take part</a></p></html>"""
BACK = """<!doctype html><html lang="en"><title>Thanks</title><h1 id="paid">Code {code} is noted</h1></html>"""


@dataclass
class Recruiter:
    """What the recruiter knows: where the study is, and who came back with which code."""

    port: int
    study_link: str = ""
    returned: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of its pages."""
        return f"http://127.0.0.1:{self.port}"

    def link_for(self, person: str, visit: str = "1") -> str:
        """Return the study's address with what the recruiter fills in for a person, as Prolific does."""
        filled = {"PROLIFIC_PID": person, "STUDY_ID": "task", "SESSION_ID": f"{person}-{visit}"}
        link = self.study_link
        for name, value in filled.items():
            link = link.replace("{{%" + name + "%}}", quote(value))
        return link


@contextmanager
def recruiting() -> Iterator[Recruiter]:
    """Serve a recruiter's pages while the block runs."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path == "/task":
                body = TASK.format(person=asked["id"], link=recruiter.link_for(asked["id"]))
            elif address.path == "/back":
                recruiter.returned.append((asked["id"], asked["cc"]))
                body = BACK.format(code=asked["cc"])
            elif address.path == "/favicon.ico":  # every browser asks
                self.send_response(204)
                self.end_headers()
                return
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    recruiter = Recruiter(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield recruiter
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
