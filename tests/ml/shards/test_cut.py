"""The cut into shards, for any numbers."""

from hypothesis import given
from hypothesis import strategies as st

from ml.shards.cut import cut


@given(count=st.integers(0, 500), batch_size=st.integers(1, 40), shards=st.integers(1, 60))
def test_every_image_is_in_one_shard_and_no_batch_is_shifted(count: int, batch_size: int, shards: int) -> None:
    ranges = cut(count, batch_size=batch_size, shards=shards)

    assert [place for start, stop in ranges for place in range(start, stop)] == list(range(count))
    assert all(start < stop for start, stop in ranges)
    assert all(start % batch_size == 0 for start, _ in ranges)
    batches = [-(-(stop - start) // batch_size) for start, stop in ranges]
    assert len(ranges) == min(shards, sum(batches))
    assert not batches or max(batches) - min(batches) <= 1
