"""What Chromium's trace tells of keys and frames.

From the time stamp of a key's event to the presentation of the first frame that holds the next image:

- `EventTiming` begins at the time stamp of the event that the page was given;
- `EventLatency` names the frame of the window that answers a key: the first one with what the page did upon it;
- `Graphics.Pipeline` is the way of a frame: begun by the page, put into a frame of the window, swapped onto the screen;
- `Screenshot` is a picture of a frame of the page, with that frame's number: its pixels prove which image it holds.

Everything is on one clock, in microseconds. For each picture Chromium draws the whole window anew, not only what has
changed, which takes longer than all the rest: so a session is traced with pictures, which prove the frame, or without,
which tell the time. Not used is `PipelineReporter`: it counts a late frame of the page under an earlier one's number.
"""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from tools.key_benchmark.numbered_images import number_in

CATEGORIES = ("devtools.timeline", "input", "graphics.pipeline")
PICTURES = "disabled-by-default-devtools.screenshot"

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """Where an image stands in the window: shares of the window's width and height."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Answered:
    """A key, and the frame that answered it."""

    key: float
    """The time stamp of the key's event, ms."""
    presented: float | None
    """When the frame was presented, ms; None if none is counted as the answer."""
    image: int | None = None
    """The number of the first new image after the key, read from a frame's pixels; None without pictures, and if no
    picture shows one."""
    is_proved: bool = False
    """Whether the frame that answered the key was the first that held that image."""


def answered_keys(events: Sequence[Event], *, box: Box) -> list[Answered]:
    """Return each key with the frame that answered it.

    Parameters
    ----------
    events
        The trace's.
    box
        Where images stand.
    """
    ordered = sorted(events, key=lambda event: event.get("ts", 0))
    keys = [event for event in _named(ordered, "EventTiming", "b") if event["args"]["data"]["type"] == "keydown"]
    if not keys:
        return []
    process: int = keys[0]["pid"]
    swapped = {told["display_trace_id"]: at for at, told in _steps(ordered, "STEP_SWAP_BUFFERS_ACK")}
    answers = _answers_to_keys(ordered, process)
    pictures = _pictures(ordered, _windows_of_frames(ordered, process), swapped, box)
    found: list[Answered] = []
    times = [event["ts"] for event in keys]
    for key, end in zip(times, [*times[1:], float("inf")], strict=True):
        window = answers.get(key)
        at = swapped.get(window) if window is not None else None
        seen = {one.image for one in pictures if one.at < key}
        first = next((one for one in pictures if key <= one.at < end and one.image not in seen), None)
        found.append(
            Answered(
                key=key / 1000,
                presented=None if at is None else at / 1000,
                image=first.image if first else None,
                is_proved=first is not None and first.window is not None and first.window == window,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Picture:
    at: float  # when its frame was presented
    image: int
    window: int | None


def _pictures(
    events: Sequence[Event], windows: Mapping[int, int], swapped: Mapping[int, float], box: Box
) -> list[_Picture]:
    """Return the pictures that show a whole image, in order.

    The frame that was there when the trace began is not in it: its picture stands with the picture's own time.
    """
    found = []
    for picture in _named(events, "Screenshot", "I"):
        image = _number_in(picture["args"]["snapshot"], box)
        if image is not None:
            window = windows.get(picture["args"]["frame_sequence"])
            at = picture["ts"] if window is None else swapped.get(window, picture["ts"])
            found.append(_Picture(at, image, window))
    return sorted(found, key=lambda picture: picture.at)


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
