"""The hash over a dataset's content."""

import hashlib

from ml.datasets.content_hash import content_hash

IMAGES = [("b", "22", "nv", "test"), ("a", "11", "mel", "train")]


def test_hash_is_over_json_lines_in_name_order() -> None:
    text = b'["a","11","mel","train"]\n["b","22","nv","test"]\n'
    assert content_hash(IMAGES) == content_hash(reversed(IMAGES)) == hashlib.sha256(text).hexdigest()


def test_every_part_counts() -> None:
    a = IMAGES[1]
    others = [("x", "22", "nv", "test"), ("b", "x", "nv", "test"), ("b", "22", "x", "test"), ("b", "22", "nv", "x")]
    assert len({content_hash(IMAGES), *(content_hash([b, a]) for b in others)}) == 5
