"""What Chromium's trace tells of keys and frames.

From the time stamp of a key's event to the presentation of the first frame that holds the next image:

- `EventTiming` begins at the time stamp of the event that the page was given;
- `Screenshot` is a picture of a frame of the page, with the frame's number: its pixels prove which image that frame holds;
- `Graphics.Pipeline` is the way of the frame with that number: begun by the page, put into a frame of the whole window, and
  that one swapped onto the screen.

Everything is on one clock, in microseconds. The pictures have no time of their own that could be used, and `PipelineReporter`,
which would tell of frames in one piece, counts a late frame of the page under the number of an earlier one.
"""

import base64
import io
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from tools.key_benchmark.numbered_images import number_in

CATEGORIES = ("devtools.timeline", "input", "disabled-by-default-devtools.screenshot", "graphics.pipeline")

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
    pages_process: int = keys[0]["pid"]
    windows = _windows_of_frames(ordered, pages_process)
    swapped = _swaps(ordered)
    answers = _answers_to_keys(ordered, pages_process)
    frames = sorted(
        (swapped[window], number, window)
        for picture in _named(ordered, "Screenshot", "I")
        if (window := windows.get(picture["args"]["frame_sequence"])) in swapped
        and (number := _number_in(picture["args"]["snapshot"], box)) is not None
    )
    found: list[Shown | None] = []
    before = first
    ends = [*(event["ts"] for event in keys[1:]), float("inf")]
    for event, end in zip(keys, ends, strict=True):
        key = event["ts"]
        later = frames[bisect_right(frames, (key, -1, 0)) :]
        new = next((frame for frame in later if frame[0] < end and frame[1] != before), None)
        if new is None:
            found.append(None)
            before = next((number for at, number, _ in reversed(frames) if at < end), before)
            continue
        at, before, window = new
        found.append(Shown(key / 1000, at / 1000, before, answers.get(key) == window))
    return found


def _named(events: Sequence[Event], name: str, phase: str) -> list[Event]:
    return [event for event in events if event["name"] == name and event["ph"] == phase]


def _steps(events: Sequence[Event], step: str, process: int | None = None) -> Iterator[tuple[float, Event]]:
    """Yield the steps of this name in the way of frames: each one's time and what is told of it."""
    for event in _named(events, "Graphics.Pipeline", "X"):
        told = event["args"]["chrome_graphics_pipeline"]
        if told["step"] == step and process in {None, event["pid"]}:
            yield event["ts"], told


def _windows_of_frames(events: Sequence[Event], process: int) -> dict[int, int]:
    """Return the first frame of the window that holds each frame of a process's page, by the page's frame's number."""
    held: dict[int, int] = {}
    for _, told in _steps(events, "STEP_SURFACE_AGGREGATION"):
        for surface in told["aggregated_surface_frame_trace_ids"]:
            held.setdefault(surface, told["display_trace_id"])
    begun = _steps(events, "STEP_RECEIVE_BEGIN_FRAME", process)
    return {
        told["frame_sequence"]: held[told["surface_frame_trace_id"]]
        for _, told in begun
        if told["surface_frame_trace_id"] in held
    }


def _swaps(events: Sequence[Event]) -> dict[int, float]:
    """Return when each frame of the window stood on the screen."""
    return {told["display_trace_id"]: at for at, told in _steps(events, "STEP_SWAP_BUFFERS_ACK")}


def _answers_to_keys(events: Sequence[Event], process: int) -> dict[float, int]:
    """Return the frame of the window that Chromium counts as the answer to a key, by the key's time stamp."""
    return {
        event["ts"]: told["display_trace_id"]
        for event in _named(events, "EventLatency", "b")
        if event["pid"] == process and "display_trace_id" in (told := event["args"].get("event_latency", {}))
    }


def _number_in(snapshot: str, box: Box) -> int | None:
    picture = Image.open(io.BytesIO(base64.b64decode(snapshot))).convert("L")
    width, height = picture.size
    part = picture.crop(
        (round(box.left * width), round(box.top * height), round(box.right * width), round(box.bottom * height))
    )
    return number_in(np.asarray(part))
