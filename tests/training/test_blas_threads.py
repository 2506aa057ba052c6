"""BLAS keeps to one thread as long as anybody needs it, and gets its threads back after the last."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from tptheory.training.blas_threads import one_blas_thread
from tptheory.training.trainer import train


def threads():
    """Return how many threads each BLAS of the process may use."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two():
    """Begin with two threads."""
    with one_blas_thread():
        pass
    with threadpool_limits(2, "blas"):
        yield


def test_blocks_may_overlap():
    """The first to end does not end the limit of the others."""
    begun, go_on = Event(), Event()

    def first():
        with one_blas_thread():
            begun.set()
            assert go_on.wait(60)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(first)
        assert begun.wait(60)
        with one_blas_thread():
            go_on.set()
            other.result()
            assert threads() == {1}
        assert threads() == {2}


def test_two_runs_at_once_are_those_that_come_one_after_the_other():
    """The same bits, and the threads are as they were."""

    def weights(seed):
        return train("tp", steps=60, seed=seed).weights[0].tobytes()

    alone = [weights(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(weights, range(4))) == alone
    assert threads() == {2}


@pytest.mark.parametrize("options", [{"engine": "layerwise"}, {"init": "orthogonal"}, {"rule": "dtp"}], ids=str)
def test_a_run_is_the_same_however_many_threads_there_are(options):
    """From the first draw to the last loss."""
    runs = []
    for most in (1, 2):
        with threadpool_limits(most, "blas"):
            run = train(**{"rule": "tp", "steps": 5, "seed": 1, **options})
            runs.append((run.weights[0].tobytes(), run.train_loss, run.test_loss))
    assert runs[0] == runs[1]
