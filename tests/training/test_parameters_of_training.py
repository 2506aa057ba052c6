"""A rule of one's own with a parameter trains at the value that it is given, and a resumed run must have the same."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Symbol
from training.mixed import Mixed

from tptheory.errors import InvalidTypeError, InvalidValueError, TptheoryError, UnknownNameError
from tptheory.training.trainer import TrainingRun, train

half = Mixed(Symbol("s", nonnegative=True))


def trained(rule: Any, **options: Any) -> TrainingRun:
    """Train for a few steps in float64."""
    return train(rule, **{"steps": 12, "dtype": "float64", "engine": "layerwise"} | options)


@pytest.mark.parametrize(("value", "twin"), [(1, "bp"), (0, "tp")])
def test_at_the_ends_it_trains_as_the_ends_do(value: int, twin: str) -> None:
    """From the same start on the same batches."""
    mixed, pure = trained(half, constants={"s": value}), trained(twin)
    for W, V in zip(mixed.weights, pure.weights, strict=True):
        np.testing.assert_allclose(W, V, rtol=1e-10, atol=1e-13)


def test_a_number_in_the_rule_and_one_that_is_given_are_the_same() -> None:
    """The symbol may be replaced when the rule is made, or when it is trained; a fraction is read as a number."""
    outside, inside = trained(half, constants={"s": Fraction(1, 4)}), trained(Mixed(0.25))
    for W, V in zip(outside.weights, inside.weights, strict=True):
        np.testing.assert_allclose(W, V, rtol=1e-12, atol=1e-14)


def test_a_resumed_run_has_the_same_value(tmp_path: Path) -> None:
    """Another value is another run, and is refused."""
    path = tmp_path / "run.safetensors"
    whole = trained(half, constants={"s": 0.3})
    trained(half, constants={"s": 0.3}, steps=5, checkpoint=path)
    resumed = trained(half, constants={"s": 0.3}, checkpoint=path, resume=True)
    for W, V in zip(resumed.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(W, V)
    with pytest.raises(TptheoryError, match="constants"):
        trained(half, constants={"s": 0.4}, steps=20, checkpoint=path, resume=True)


def test_damping_has_two_names_and_a_setting() -> None:
    """``lambda`` and ``damping`` are one; a constant goes before the setting."""
    runs = [
        trained("damped-tp", constants={"lambda": 2}),
        trained("damped-tp", constants={"damping": 2}, damping=5),
        trained("damped-tp", damping=2),
    ]
    for run in runs[1:]:
        np.testing.assert_array_equal(run.weights[0], runs[0].weights[0])


@pytest.mark.parametrize(
    ("rule", "constants", "error", "message"),
    [
        (half, {}, InvalidValueError, r"a number for s, which Mixed.s=s. uses .got none.*--set s="),
        (half, {"t": 1}, UnknownNameError, r"'constants' must be one of s .got 't'"),
        (half, {"s": -0.5}, InvalidValueError, r"'constants\[s\]' must be a number that s, declared nonnegative, may"),
        (half, {"s": "0.5"}, InvalidTypeError, r"'constants\[s\]' must be a real number"),
        ("damped-tp", {"lambda": -1}, InvalidValueError, r"'constants\[lambda\]' must be a number that lambda, decl"),
        ("tp", {"s": 1}, InvalidValueError, r"'constants' must be empty, since TargetProp.. holds nothing"),
    ],
)
def test_a_wrong_value_is_refused(rule: Any, constants: Any, error: type[TptheoryError], message: str) -> None:
    """In the words of all other functions that take constants."""
    with pytest.raises(error, match=message):
        trained(rule, constants=constants)
