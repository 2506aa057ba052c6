"""A limit of time ends what runs inside it, names a step that is too long, and is gone afterwards."""

from threading import Thread

import pytest
from flint import fmpq_mat

from tptheory.clock import TimeUpError, grace, require_time, require_time_for, time_limit
from tptheory.numeric.rationals import inverse_of

AT_ONCE = -1.0  # so many seconds, and their grace, are over before anything runs


def test_without_a_limit_there_is_time():
    """Nothing is ended where no search has set a limit, however long the next step takes."""
    require_time()
    require_time_for(1e9, "a step")


def test_a_limit_that_is_over_ends_what_runs_inside():
    """It says so, and the block ends; after the block there is time again."""
    with pytest.raises(TimeUpError, match="the time was up"), time_limit(AT_ONCE):
        require_time()
    require_time()


def test_a_step_that_would_pass_the_limit_is_not_begun():
    """What cannot be interrupted is asked for beforehand, and named; a shorter step is begun."""
    with time_limit(60.0):
        require_time_for(1.0, "a short step")
        with pytest.raises(TimeUpError, match="the inverse of a matrix of 3 rows takes longer"):
            require_time_for(1e4, "the inverse of a matrix of 3 rows")


def test_an_inner_limit_never_ends_later_than_an_outer_one():
    """A long inner limit gives no more time; a short one is gone when its block ends."""
    with time_limit(60.0):
        with pytest.raises(TimeUpError), time_limit(AT_ONCE):
            require_time()
        require_time()
    with time_limit(AT_ONCE), time_limit(60.0), pytest.raises(TimeUpError):
        require_time()


def test_a_limit_belongs_to_its_thread():
    """Another thread has as much time as it likes."""
    ended = []
    with time_limit(AT_ONCE):
        thread = Thread(target=lambda: ended.append(require_time()))
        thread.start()
        thread.join()
    assert ended == [None]


def test_a_limit_is_no_exception():
    """Code that catches whatever a user's function raises does not take the limit for an error of that function."""
    assert not issubclass(TimeUpError, Exception)
    assert grace(10.0) == pytest.approx(0.55)


def test_an_inverse_that_takes_too_long_is_not_begun():
    """Of 300 rows it is refused where a second is left, of 3 rows it is computed."""
    one = fmpq_mat(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1])
    large = fmpq_mat(300, 300, [int(i == j) * 10**9 + 1 for i in range(300) for j in range(300)])
    with time_limit(1.0):
        assert inverse_of(one) == one
        with pytest.raises(TimeUpError, match="the inverse of a matrix of 300 rows"):
            inverse_of(large)
