"""What an adversary in front of the browser has besides the pixels, and what can be learnt from it.

`play` goes through a session and keeps all that the server sent. `features` turns what came with each trial into
numbers, and `fit_and_judge` asks how well they tell the truth.
"""

import base64
import json
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from django.http import HttpResponseBase
from django.test import Client
from numpy.typing import NDArray
from scipy import stats

from tools.web_benchmark.page_reading import Step, read_page

Numbers = NDArray[np.float64]

MOST_REQUESTS = 400
# Headers whose values are the time.
DATES = {"date", "expires", "last-modified"}


@dataclass(frozen=True)
class Reply:
    """One answer of the server, to the byte."""

    kind: str
    """page, image or answer."""
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cookies: bool
    seconds: float
    """By the clock on the wall, which other programs on the machine make run on."""
    work: float = 0.0
    """Of the processor, in seconds; where the server is this very thread."""

    @property
    def text(self) -> str:
        """All of it, as an adversary would search it."""
        return "\n".join([self.url, *(f"{name}: {value}" for name, value in self.headers), self.body.decode("latin-1")])

    @property
    def head(self) -> str:
        """Status and headers in their order, without the time and without addresses and lengths that tokens fill."""
        kept = [pair for pair in self.headers if pair[0].lower() not in DATES | {"location"}]
        return "\n".join([str(self.status), *(f"{name}: {value}" for name, value in kept)])


@dataclass
class Shown:
    """What came with one trial."""

    token: str
    images: list[Reply]
    page: Reply
    """The page, or the reply to the answer before, that led here."""
    answer: Reply | None = None


@dataclass
class Played:
    """A whole session."""

    replies: list[Reply] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)


class Adversary:
    """A browser that keeps everything."""

    def __init__(self) -> None:
        """Have seen nothing yet."""
        self.played = Played()
        self._client = Client()

    def send(self, kind: str, url: str, form: dict[str, str] | None = None, *, accept: str = "*/*") -> Reply:
        """Send one request, keep the reply."""
        began, worked = time.perf_counter(), time.thread_time()
        headers = {"Accept": accept}
        response: HttpResponseBase = (
            self._client.get(url, headers=headers) if form is None else self._client.post(url, form, headers=headers)
        )
        seconds, work = time.perf_counter() - began, time.thread_time() - worked
        reply = Reply(
            kind=kind,
            url=url,
            status=response.status_code,
            headers=tuple(response.headers.items()),
            body=bytes(getattr(response, "content", b"")),
            cookies=bool(response.cookies),
            seconds=seconds,
            work=work,
        )
        self.played.replies.append(reply)
        assert len(self.played.replies) < MOST_REQUESTS, "a session without an end"
        return reply

    def page(self, url: str, form: dict[str, str] | None = None) -> Reply:
        """Fetch a page as a browser does, redirects and all."""
        reply = self.send("page", url, form)
        while reply.status in {301, 302, 303}:
            reply = self.send("page", dict(reply.headers)["Location"])
        assert reply.status == 200, (reply.url, reply.status)
        return reply


def play(token: str, *, script: bool, response: str = "clean") -> Played:
    """Go through a whole session, by forms or as the script does; keep all that the server sent."""
    adversary = Adversary()
    reply = adversary.page(f"/o/{token}/")
    while not (page := read_page(reply.body)).is_end:
        assert page.form is not None, reply.url
        if not page.form.is_trial:
            reply = adversary.page(page.form.action or reply.url, page.form.fields)
            continue
        shown = Shown(page.form.action.rstrip("/").rpartition("/")[2], [], reply)
        adversary.played.shown.append(shown)
        shown.images = [adversary.send("image", url) for url in page.images]
        form = {**page.form.fields, "response": response}
        if not script:
            shown.answer = adversary.send("answer", page.form.action, form)
            reply = adversary.page(dict(shown.answer.headers)["Location"])
            continue
        assert page.step is not None, reply.url
        reply = _by_script(adversary, page.step, shown, form)
    return adversary.played


def _by_script(adversary: Adversary, step: Step, shown: Shown, form: dict[str, str]) -> Reply:
    """Go on as the script does, next images fetched ahead, until another page is to be loaded; return that page."""
    while True:
        following = step["next"]
        ahead = [adversary.send("image", url) for url in (following["image_urls"] if following else [])]
        answer = adversary.send("answer", step["answer_url"], form, accept="application/json")
        assert answer.status == 200, answer.body
        shown.answer = answer
        step = answer_step(answer)
        if step["reload"] or step["finished"]:
            return adversary.page(step["url"])
        shown = Shown(step["answer_url"].rstrip("/").rpartition("/")[2], ahead, answer)
        adversary.played.shown.append(shown)


def answer_step(reply: Reply) -> Step:
    """Return what an answer's reply says of the next step."""
    step: Step = json.loads(reply.body)
    return step


def features(played: Played) -> Numbers:
    """Return a row for each trial: all that came with it but the pixels, as ranks within the session.

    Ranks, from −½ to ½: a busy machine's outliers and the differences between studies then weigh nothing. Each is
    there a second time as its distance from the middle, for a leak that lies in both extremes.

    Returns
    -------
    Array of shape (trials, features).
    """
    rows = np.array([_numbers_of(shown, position) for position, shown in enumerate(played.shown)], dtype=float)
    ranks = (stats.rankdata(rows, axis=0) - 0.5) / len(rows) - 0.5
    return np.hstack([ranks, np.abs(ranks)])


def _numbers_of(shown: Shown, position: int) -> list[float]:
    replies = [shown.page, *shown.images, *([shown.answer] if shown.answer is not None else [])]
    numbers: list[float] = [position, *base64.urlsafe_b64decode(shown.token + "==")]
    numbers += [float(ord(character)) for character in shown.token[:4]]
    for reply in replies:
        numbers += [
            reply.seconds,
            reply.work,
            len(reply.body),
            len(reply.url),
            len(reply.headers),
            sum(len(name) + len(value) for name, value in reply.headers),
            *_bits(reply.head.encode()),
        ]
    for image in shown.images:
        numbers += _bits(without_pixels(image.body))
    return numbers


def _bits(data: bytes) -> list[float]:
    number = zlib.crc32(data)
    return [float(number >> bit & 1) for bit in range(8)]


def without_pixels(png: bytes) -> bytes:
    """Return what a PNG file holds but the pixels and their check sums: signature, names, lengths, all other chunks."""
    kept, at = [png[:8]], 8
    while at < len(png):
        length, name = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        # Of the pixels' chunk: how zlib was asked to pack them.
        kept += [png[at : at + 8], png[at + 8 : at + (10 if name == b"IDAT" else 12 + length)]]
        at += 12 + length
    return b"".join(kept)


@dataclass(frozen=True)
class Judgement:
    """How well the features tell the truth."""

    auc: float
    """Chance that of one perturbed and one clean image of a session the perturbed one is recognised."""
    p: float
    """How often chance alone gives an AUC as far from 0.5, or farther."""


def fit_and_judge(sessions: Sequence[tuple[Numbers, NDArray[np.bool_]]], *, blocks: int = 5) -> Judgement:
    """Fit a logistic regression to earlier sessions, let it judge later ones; do so block after block.

    Each block is judged by what was learnt from those before it (forward cross-validation). Given all that came
    before, each assignment of the truth to the trials of a session is equally likely if nothing leaks. So the rank
    sums (Mann-Whitney's U, within each session) of all judged sessions have a mean and a variance that are known
    exactly and add up, whatever was fitted; of so many the sum is normal.

    Parameters
    ----------
    sessions
        Features (trials × features) and truth (trials) of each.
    blocks
        In how many parts the sessions are taken.
    """
    parts = np.array_split(np.arange(len(sessions)), blocks)
    u = mean = variance = pairs = 0.0
    for number, part in enumerate(parts[1:], start=1):
        known = [sessions[index] for earlier in parts[:number] for index in earlier]
        weights = fit_logistic(np.vstack([x for x, _ in known]), np.concatenate([y for _, y in known]))
        for x, y in (sessions[index] for index in part):
            ranks = stats.rankdata(x @ weights)
            n_perturbed, n_clean = int(y.sum()), int((~y).sum())
            u += ranks[y].sum() - n_perturbed * (n_perturbed + 1) / 2
            mean += n_perturbed * n_clean / 2
            # Of the ranks as they are, ties included.
            variance += n_perturbed * n_clean / len(y) * ranks.var(ddof=1)
            pairs += n_perturbed * n_clean
    z = (u - mean) / np.sqrt(variance) if variance else 0.0
    return Judgement(auc=u / pairs, p=float(2 * stats.norm.sf(abs(z))))


def fit_logistic(x: Numbers, y: NDArray[np.bool_], *, penalty: float = 2.0, steps: int = 25) -> Numbers:
    """Fit a logistic regression with a ridge penalty, by Newton's method; features that never vary get weight 0."""
    weights = np.zeros(x.shape[1])
    centred = x - x.mean(axis=0)
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-np.clip(centred @ weights, -30, 30)))
        slope = centred.T @ (y - chance) - penalty * weights
        curve = (centred * (chance * (1 - chance))[:, None]).T @ centred + penalty * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights
