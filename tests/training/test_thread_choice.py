"""Two threads are used where they pay, and left where others keep the machine busy."""

import pytest

from tptheory.training.thread_choice import FIRST_PERIOD, HOPELESS, TRIAL, ThreadChoice


def follow(choice, calls, together):
    """Make calls that take 1 alone and so long together; return how many were made together, and the time of all."""
    many, seconds = 0, 0.0
    for _ in range(calls):
        many += not choice.alone
        seconds += 1.0 if choice.alone else together
        choice.took(1.0 if choice.alone else together)
    return many, seconds


@pytest.mark.parametrize("together", [0.5, 0.9])
def test_two_threads_that_are_faster_are_used(together):
    """But for the trials."""
    assert follow(ThreadChoice(), TRIAL + FIRST_PERIOD, together)[0] == FIRST_PERIOD


def test_two_threads_that_wait_for_each_other_are_given_up_at_once():
    """One slow call tells; the later trials are rare."""
    many, seconds = follow(ThreadChoice(), 20_000, 10 * HOPELESS)
    assert many <= 5
    assert seconds < 1.02 * 20_000


def test_the_choice_is_made_anew_when_the_machine_is_quiet_again():
    """After some time two threads are tried again."""
    choice = ThreadChoice()
    follow(choice, 1000, 40.0)
    assert follow(choice, 5000, 0.5)[0] > 2000
