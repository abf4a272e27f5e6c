"""What holds for every test: no network, and a data folder that goes when the tests are over."""

import gc
import os
import shutil
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings
from pytest_django import Settings

from tests.network import refuse_network
from tests.postgresql import stop_server_of_the_run

# No test is a race: machines are busy, and what is slow is measured in benchmarks.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Close the network before the first test module is imported."""
    refuse_network()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Take what is in memory before a test out of the garbage collector's sight.

    Hypothesis collects garbage before every example, and Keras with every network. Where TensorFlow is in memory, going
    through all of it takes a quarter of a second: of a hundred examples of a millisecond it made half a minute.
    """
    gc.collect()
    gc.freeze()
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the data folder that `tests.settings` made for this process, and stop the server that it started."""
    shutil.rmtree(os.environ["PERCEPTION_DATA_DIR"], ignore_errors=True)
    stop_server_of_the_run()


@pytest.fixture
def ctrl_c_as_in_a_terminal() -> Iterator[None]:
    """Have Python's own handler, and hand it on to processes that a test starts.

    Those of parallel tests may lack it, and a script's background job ignores Ctrl-C and hands that on.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def files_on_s3(settings: Settings) -> Iterator[dict[str, str]]:
    """Let the files lie in a bucket of a server on loopback, which is new; give what a user would set for it."""
    from tests.s3 import s3_environment, s3_setting  # the server's library takes a second to load

    with s3_environment() as environment:
        settings.STORAGES = {**settings.STORAGES, "default": s3_setting(environment)}
        yield environment


@pytest.fixture(params=["disk", "s3"])
def either_storage(request: pytest.FixtureRequest) -> str:
    """Run the test twice: with its files on the disk, and on a server that speaks S3."""
    if request.param == "s3":
        request.getfixturevalue("files_on_s3")
    return str(request.param)


@pytest.fixture
def shallow_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give generators no dense block, instead of six: what a tiny training takes is the tracing of the layers.

    The six are trained in `tests/ml/networks/test_networks.py`.
    """
    monkeypatch.setattr("ml.networks.architectures.generator.DENSE_BLOCKS", 0)


@pytest.fixture
def eager_networks() -> Iterator[None]:
    """Compute networks step by step, without tracing them: a trace takes longer than the few steps of a tiny training.

    For tests of what stands around the networks. As graphs, as users run them, they are trained in `tests/ml/networks`
    and in every test that runs the program as a process.
    """
    import tensorflow as tf

    tf.config.run_functions_eagerly(run_eagerly=True)
    yield
    tf.config.run_functions_eagerly(run_eagerly=False)
