"""jsPsych with its plugins, installed by npm as `jspsych/package-lock.json` pins them, served as static files."""

import contextlib
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ml.images.pixels import Pixels, encode_png

HERE = Path(__file__).parent / "jspsych"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@contextlib.contextmanager
def serving_jspsych(folder: Path, images: Sequence[Pixels]) -> Iterator[str]:
    """Install jsPsych into an empty folder and serve an experiment with these images; yield its address.

    Raises
    ------
    RuntimeError
        There is no npm.
    subprocess.CalledProcessError
        npm could not install it.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("jsPsych is installed by npm: install the packages `nodejs` and `npm`")
    for file in HERE.iterdir():
        shutil.copy(file, folder)
    subprocess.run(  # noqa: S603 - our own command line
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True
    )
    names = [f"{number:03d}.png" for number in range(len(images))]
    for name, pixels in zip(names, images, strict=True):
        (folder / name).write_bytes(encode_png(pixels, compress_level=0))
    (folder / "images.js").write_text(f"const IMAGES = {json.dumps(names)};\n", encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/experiment.html"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
