"""What Chromium's trace tells of keys and frames.

From the time stamp of a key's event to the presentation of the first frame that holds the next image:

- `EventTiming` begins at the time stamp of the event that the page was given;
- `Screenshot` is a picture of a frame, with the frame's number: its pixels prove which image that frame holds;
- `PipelineReporter` is the way of the frame with that number; its last stage ends when the frame was presented.

Everything is on one clock, in microseconds. The slice `PipelineReporter` itself is sometimes ended in the trace by the end of
one of its stages, which is why the stage counts.
"""

import base64
import io
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from tools.key_benchmark.numbered_images import number_in

CATEGORIES = (
    "devtools.timeline",
    "input",
    "disabled-by-default-devtools.screenshot",
    "disabled-by-default-devtools.timeline.frame",
)
LAST_STAGE = "SubmitCompositorFrameToPresentationCompositorFrame"
PRESENTED = ("STATE_PRESENTED_ALL", "STATE_PRESENTED_PARTIAL")

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """Where an image stands in the window: shares of the window's width and height."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A key, and the first frame with the image that it brought."""

    key: float
    """The time stamp of the key's event, ms."""
    presented: float
    """When the frame was presented, ms."""
    image: int
    """The number of the image, read from the frame's pixels."""
    is_first_frame: bool
    """Whether it is the very frame that Chromium counts as the answer to the key."""


def shown_after_keys(events: Sequence[Event], *, box: Box, first: int) -> list[Shown | None]:
    """Return, key by key, what it brought; None where no picture proves it.

    Parameters
    ----------
    events
        The trace's.
    box
        Where images stand.
    first
        The number of the image that is there before the first key.
    """
    ordered = sorted(events, key=lambda event: event.get("ts", 0))
    keys = [event for event in _named(ordered, "EventTiming", "b") if event["args"]["data"]["type"] == "keydown"]
    if not keys:
        return []
    page: int = keys[0]["pid"]
    presented = _presentations(ordered, page)
    answered = _answers_to_keys(ordered, page)
    frames = sorted(
        (presented[sequence], number)
        for picture in _named(ordered, "Screenshot", "I")
        if (sequence := picture["args"]["frame_sequence"]) in presented
        and (number := _number_in(picture["args"]["snapshot"], box)) is not None
    )
    found: list[Shown | None] = []
    before = first
    ends = [*(event["ts"] for event in keys[1:]), float("inf")]
    for event, end in zip(keys, ends, strict=True):
        key = event["ts"]
        later = frames[bisect_right(frames, (key, -1)) :]
        new = next(((at, number) for at, number in later if at < end and number != before), None)
        if new is None:
            found.append(None)
            before = next((number for at, number in reversed(frames) if at < end), before)
            continue
        at, before = new
        found.append(Shown(key / 1000, at / 1000, before, abs(answered.get(key, 0.0) - at) < 1))
    return found


def _named(events: Sequence[Event], name: str, phase: str) -> list[Event]:
    return [event for event in events if event["name"] == name and event["ph"] == phase]


def _presentations(events: Sequence[Event], page: int) -> dict[int, float]:
    """Return when each frame of a process was presented, by the frame's number."""
    begun: dict[str, int] = {}
    presented: dict[int, float] = {}
    for event in events:
        if event.get("pid") != page or event["name"] not in {"PipelineReporter", LAST_STAGE}:
            continue
        track = event["id2"]["local"]
        if event["name"] == "PipelineReporter":
            if event["ph"] == "b":
                reporter = event["args"]["frame_reporter"]
                begun.pop(track, None)
                if reporter["state"] in PRESENTED:
                    begun[track] = reporter["frame_sequence"]
        elif event["ph"] == "e" and track in begun:
            presented[begun.pop(track)] = event["ts"]
    return presented


def _answers_to_keys(events: Sequence[Event], page: int) -> dict[float, float]:
    """Return when the frame was presented that Chromium counts as the answer to a key, by the key's time stamp."""
    begun: dict[str, float] = {}
    answered: dict[float, float] = {}
    for event in events:
        if event.get("pid") != page or event["name"] not in {"EventLatency", LAST_STAGE}:
            continue
        track = event["id2"]["local"]
        if event["name"] == "EventLatency":
            if event["ph"] == "b":
                begun.pop(track, None)
                if event["args"]["event_latency"]["event_type"] in {"KEY_PRESSED", "RAW_KEY_PRESSED"}:
                    begun[track] = event["ts"]
        elif event["ph"] == "e" and track in begun:
            answered[begun.pop(track)] = event["ts"]
    return answered


def _number_in(snapshot: str, box: Box) -> int | None:
    picture = Image.open(io.BytesIO(base64.b64decode(snapshot))).convert("L")
    width, height = picture.size
    part = picture.crop(
        (round(box.left * width), round(box.top * height), round(box.right * width), round(box.bottom * height))
    )
    return number_in(np.asarray(part))
