"""The benchmark of a key reads images by their pixels, and a frame's way from Chromium's trace."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tools.key_benchmark.numbered_images import BITS, number_in, numbered_twins
from tools.key_benchmark.trace import Answered, Box, answered_keys

SIZE = 64
PAGE, WINDOW = 11, 22  # processes
WHOLE = Box(0, 0, 1, 1)
IMAGES = [clean for clean, _ in numbered_twins(1 << BITS, SIZE)]


def as_seen(pixels: np.ndarray[Any, np.dtype[np.uint8]], side: int) -> bytes:
    """Return a JPEG of what stands on the screen, made smaller."""
    data = io.BytesIO()
    Image.fromarray(pixels).resize((side, side)).save(data, "jpeg", quality=50)
    return data.getvalue()


def test_images_and_their_twins_tell_their_number_in_a_small_jpeg() -> None:
    for number, twins in enumerate(numbered_twins(1 << BITS, SIZE)):
        for pixels in twins:
            grey = np.asarray(Image.open(io.BytesIO(as_seen(pixels, 25))).convert("L"))
            assert number_in(grey) == number


@pytest.mark.parametrize("level", [0, 119, 255])
def test_no_image_and_half_an_image_have_no_number(level: int) -> None:
    assert number_in(np.full((25, 25), level, dtype=np.uint8)) is None
    half = IMAGES[5].copy()
    half[SIZE // 2 :] = level
    assert number_in(np.asarray(Image.fromarray(half).convert("L"))) is None


def key(at: float, *, answer: int | None) -> list[dict[str, Any]]:
    latency = {"event_type": "KEY_PRESSED"} | ({} if answer is None else {"display_trace_id": answer})
    return [
        {"name": "EventTiming", "ph": "b", "pid": PAGE, "ts": at, "args": {"data": {"type": "keydown"}}},
        {"name": "EventLatency", "ph": "b", "pid": PAGE, "ts": at, "args": {"event_latency": latency}},
    ]


def frame(number: int, *, begun: float, swapped: float, image: int | None = None) -> list[dict[str, Any]]:
    """Return a frame of the page with its frame of the window, whose number is 100 higher, and its picture."""
    steps: list[tuple[int, float, dict[str, Any]]] = [
        (
            PAGE,
            begun,
            {"step": "STEP_RECEIVE_BEGIN_FRAME", "frame_sequence": number, "surface_frame_trace_id": -number},
        ),
        (
            WINDOW,
            begun + 1,
            {
                "step": "STEP_SURFACE_AGGREGATION",
                "aggregated_surface_frame_trace_ids": [-number],
                "display_trace_id": number + 100,
            },
        ),
        (WINDOW, swapped, {"step": "STEP_SWAP_BUFFERS_ACK", "display_trace_id": number + 100}),
    ]
    way = [
        {"name": "Graphics.Pipeline", "ph": "X", "pid": pid, "ts": at, "args": {"chrome_graphics_pipeline": told}}
        for pid, at, told in steps
    ]
    if image is None:
        return way
    snapshot = base64.b64encode(as_seen(IMAGES[image], 32)).decode()
    picture = {"name": "Screenshot", "ph": "I", "pid": WINDOW, "ts": swapped + 5_000}
    return [*way, {**picture, "args": {"frame_sequence": number, "snapshot": snapshot}}]


def test_a_key_is_answered_by_the_first_frame_with_the_next_image() -> None:
    events = [
        *frame(1, begun=0, swapped=900, image=7),
        *key(1_000, answer=102),
        *frame(2, begun=2_000, swapped=9_000, image=3),
        *frame(3, begun=20_000, swapped=25_000, image=3),
        *key(30_000, answer=104),
        *frame(4, begun=31_000, swapped=41_500, image=9),
    ]

    assert answered_keys(events, box=WHOLE) == [
        Answered(key=1, presented=9, image=3, is_proved=True),
        Answered(key=30, presented=41.5, image=9, is_proved=True),
    ]


def test_an_image_that_comes_in_a_later_frame_is_not_proved() -> None:
    events = [
        *frame(1, begun=0, swapped=900, image=7),
        *key(1_000, answer=102),
        *frame(2, begun=2_000, swapped=9_000, image=7),
        *frame(3, begun=20_000, swapped=25_000, image=3),
        *key(30_000, answer=None),
    ]

    assert answered_keys(events, box=WHOLE) == [
        Answered(key=1, presented=9, image=3, is_proved=False),
        Answered(key=30, presented=None),
    ]


def test_without_pictures_there_is_the_time_alone() -> None:
    events = [*key(1_000, answer=102), *frame(2, begun=2_000, swapped=9_000)]

    assert answered_keys(events, box=WHOLE) == [Answered(key=1, presented=9)]
