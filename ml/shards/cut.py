"""The cut of a list of images into shards: at the batches' boundaries, so that no batch is shifted."""

from itertools import pairwise


def cut(count: int, *, batch_size: int, shards: int) -> list[tuple[int, int]]:
    """Return where each shard begins and where it ends, as places in the list of images.

    Where an image stands in its batch may change the last bit of what a network says: each image stays in its batch,
    whatever the number of shards.

    Parameters
    ----------
    count
        Images, 0 or more.
    batch_size
        Images that a network sees at one time, 1 or more.
    shards
        Wanted; fewer where there are not so many batches. 1 or more.

    Returns
    -------
    Half-open ranges in order, without a gap, none empty; two differ by a batch at most.
    """
    batches = -(-count // batch_size)
    shards = min(shards, batches)
    edges = [batch_size * (batches * shard // shards) for shard in range(shards)] + [count]
    return list(pairwise(edges))
