"""A number of any size is used, or refused with what is possible: no error of Python, no memory that is not there."""

from fractions import Fraction

import numpy as np
import pytest

from tptheory import (
    DeepLinearNetwork,
    TargetProp,
    bp_modes,
    collect,
    conservation_laws,
    crosscheck,
    error_ray,
    plateau_escape,
    simulate,
    simulate_ensemble,
    tp_closed_form,
    train,
)
from tptheory.checking import checked_integer, memory
from tptheory.errors import InvalidTypeError, InvalidValueError, TptheoryError, complain
from tptheory.simulation.steps import Steps
from tptheory.symbolic.network import DEEPEST

SIZES = {
    "60 digits": 10**60,
    "401 digits": 10**400,
    "5001 digits": 10**5000,
    "negative": -(10**60),
    "a fraction": Fraction(10**400, 3),
}
TRUE = collect("proofs/error_ray.py")[0]
W, X, Y = [np.eye(2), np.eye(2)], np.ones(2), np.zeros(2)
ENSEMBLE = ([np.ones((3, 2, 2))] * 2, np.ones((3, 2)), np.zeros((3, 2)))
CALLS = {
    "depth": lambda n: DeepLinearNetwork(depth=n),
    "widths": lambda n: TargetProp().step(DeepLinearNetwork(widths=(n, 2))),
    "batch": lambda n: DeepLinearNetwork(widths=(2, 2), batch=n),
    "steps": lambda n: simulate("tp", W, X, Y, lr=0.1, steps=n),
    "step size": lambda n: simulate("tp", W, X, Y, lr=n, steps=2),
    "times": lambda n: simulate("tp", W, X, Y, times=[0, n, 2 * n]),
    "weights": lambda n: simulate("tp", [[[n, 1], [0, 1]], np.eye(2)], X, Y, lr=0.1, steps=2),
    "exact weights": lambda n: simulate("bp", [[[n]]], [1], [0], lr=Fraction(1, 9), steps=2, dtype="exact"),
    "constants": lambda n: simulate("damped-tp", W, X, Y, lr=0.1, steps=2, constants={"lambda": n}),
    "ensemble": lambda n: simulate_ensemble("tp", *ENSEMBLE, lr=0.1, steps=n),
    "training steps": lambda n: train("bp", steps=n, widths=(64, 10), lr=1e30) if n > 10**12 or n < 0 else None,
    "training widths": lambda n: train("bp", steps=2, widths=(64, n, 10)),
    "training lr": lambda n: train("bp", steps=2, lr=n),
    "seed": lambda n: train("bp", steps=2, seed=n),
    "trials": lambda n: crosscheck(TRUE, trials=n),
    "seed of trials": lambda n: crosscheck(TRUE, trials=2, seed=n),
    "widths of laws": lambda n: conservation_laws("tp", (2, n, 2), seconds=1),
    "batch of laws": lambda n: conservation_laws("tp", (1, 1), batch=n, seconds=1),
    "degree": lambda n: conservation_laws("tp", (1, 1), degree=n, seconds=1),
    "modes": lambda n: bp_modes([2, 1], [0.1, 0.1], [0, 1], depth=n),
    "plateau": lambda n: plateau_escape(1.0, depth=3, lr=0.1, std=0.1, hidden=n),
    "ray": lambda n: error_ray(W, X, Y, lr=0.1, steps=n),
    "closed form": lambda n: tp_closed_form(W, X, Y, times=[0, n]) if n > 10**300 else None,
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.filterwarnings("ignore")
def test_a_number_of_any_size_is_used_or_refused(call, size):
    """At once, by an error of ours."""
    said = ""
    try:
        call(size)
    except TptheoryError as error:
        said = str(error)
    assert not said or "must be" in said
    assert len(said) < 3000


def test_memory_is_estimated_before_it_is_taken():
    """The error says how much would be needed and how much there is."""
    with pytest.raises(
        InvalidValueError, match=r"'steps' must be so small that what it needs, .*, fits into the memory"
    ):
        simulate("tp", W, X, Y, lr=0.1, steps=memory() // 8)


def test_memory_is_estimated_before_a_run_starts(monkeypatch):
    """The start alone inverts every weight, which at large widths takes minutes that no signal ends."""
    monkeypatch.setattr(Steps, "start", lambda *_: pytest.fail("it was started"))
    with pytest.raises(InvalidValueError, match="'steps' must be so small that what it needs"):
        simulate("tp", W, X, Y, lr=0.1, steps=memory() // 8)
    with pytest.raises(InvalidValueError, match=r"'widths' must be so small that what it needs"):
        train("bp", widths=(64, 10**9, 10))


def test_a_depth_that_is_too_large_is_told_what_is_possible():
    """A thousand layers; a symbol for any number of them."""
    assert DeepLinearNetwork(depth=DEEPEST).depth == DEEPEST
    with pytest.raises(InvalidValueError, match=r"a positive integer up to 1000 .* A symbol stands for any depth"):
        DeepLinearNetwork(depth=DEEPEST + 1)


def test_an_error_shows_a_long_number_in_short():
    """Python itself would refuse to print it."""
    assert complain("n", "small", -(10**5000)) == "'n' must be small (got -1000000000... of 5001 digits)."
    assert "numbers of thousands of digits" in complain("n", "small", [10**5000])
    with pytest.raises(InvalidValueError, match="a positive integer of at most 1000 digits"):
        checked_integer("n", 10**1000)
    assert checked_integer("n", 10**1000 - 1) == 10**1000 - 1


@pytest.mark.parametrize("constants", [3, "s", [1], [("a", 1)]])
def test_constants_that_are_no_mapping_are_told_so(constants):
    """Everywhere in the same words."""
    for call in (
        lambda: simulate("tp", W, X, Y, lr=0.1, steps=2, constants=constants),
        lambda: train("bp", steps=2, constants=constants),
        lambda: conservation_laws("tp", (1, 1, 1), constants=constants, seconds=1),
    ):
        with pytest.raises(InvalidTypeError, match="'constants' must be a mapping"):
            call()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("sweep trajectory seed=0..1{60}", "of at most"),
        ("sweep trajectory seed=1{5000}", "'seed' must be an integer of at most 1000 digits"),
        ("sweep trajectory rule=damped-tp lambda=1e400", "'lambda' must be a finite number"),
        ("sweep trajectory --set t=1", "'set' must be empty, since tp holds nothing"),
        ("sweep trajectory rule=damped-tp --set t=1", "'set' must be one of lambda"),
        ("sweep trajectory --workers 1{60}", "'workers' must be a positive integer up to 1000"),
        ("sweep trajectory --scheduler tls://127.0.0.1:1", "'scheduler' must be an address tcp://HOST:PORT"),
        ("derive --depth 1{60}", "'depth' must be a positive integer up to 1000"),
        ("derive --widths 2,1{5000}", "of at most 1000 digits"),
        ("simulate --widths 2,1{60}", "fits into the memory"),
        ("simulate --batch 1{60}", "fits into the memory"),
        ("train --batch 1{5000}", "of at most 1000 digits"),
        ("train --steps 1{60}", "'steps' must be a positive integer up to 1000000000000"),
        ("invariants --degree 1{60}", "'degree' must be a positive integer up to 20"),
    ],
)
def test_the_command_line_refuses_them_in_the_words_of_the_user(run, command, message):
    """One line, status 2."""
    digits = [word.replace("{60}", "0" * 60).replace("{5000}", "0" * 5000) for word in command.split()]
    assert message in run(*digits, status=2).stderr
