"""Numbers that are given are checked: the type first, then the range, and both ends belong to it."""

import math

import numpy as np
import pytest

from tptheory.checking import (
    check_seconds,
    checked_integer,
    finite,
    positive,
    positive_or_zero,
    read_widths,
    widths_text,
)
from tptheory.errors import InvalidTypeError, InvalidValueError


def test_an_integer_of_any_kind_becomes_an_int():
    """NumPy's integers are integers."""
    assert type(checked_integer("steps", np.int64(3))) is int
    assert [checked_integer("l", l, highest=2) for l in (1, 2)] == [1, 2]
    assert checked_integer("seed", 0, lowest=0) == 0


def test_a_real_number_of_any_kind_becomes_a_float():
    """NumPy's floats, and integers, are real numbers."""
    assert [type(check("x", np.float32(0.5))) for check in (finite, positive, positive_or_zero)] == [float] * 3
    assert (finite("x", -1), positive("x", 1), positive_or_zero("x", 0)) == (-1.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("check", "value", "options", "error", "message"),
    [
        (checked_integer, 1.0, {}, InvalidTypeError, r"'n' must be a positive integer \(got 1\.0\)"),
        (checked_integer, True, {}, InvalidTypeError, "a positive integer"),
        (checked_integer, 0, {}, InvalidValueError, r"'n' must be a positive integer \(got 0\)"),
        (checked_integer, 1, {"lowest": 2}, InvalidValueError, "an integer, 2 or more"),
        (checked_integer, 4, {"highest": 3}, InvalidValueError, r"an integer in 1\.\.3"),
        (finite, "1", {}, InvalidTypeError, "'n' must be a finite number"),
        (finite, True, {}, InvalidTypeError, "a finite number"),
        (finite, math.nan, {}, InvalidValueError, r"a finite number \(got nan\)"),
        (finite, 10**400, {}, InvalidValueError, "a finite number"),
        (positive, 0.0, {}, InvalidValueError, "a positive finite number"),
        (positive, math.inf, {}, InvalidValueError, "a positive finite number"),
        (positive_or_zero, -1e-300, {}, InvalidValueError, "a finite number, 0 or more"),
    ],
)
def test_what_is_no_such_number_is_refused(check, value, options, error, message):
    """The error names the argument, what was expected and what came."""
    with pytest.raises(error, match=message):
        check("n", value, **options)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, "1", True])
def test_no_time_is_refused(seconds):
    """A search without an end, or without a beginning, is not begun."""
    with pytest.raises(InvalidValueError, match="'seconds' must be a positive number"):
        check_seconds(seconds)


@pytest.mark.parametrize("text", ["4-3-2", "4,3,2"])
def test_widths_are_read_in_both_spellings(text):
    """With dashes, as help shows them, and with commas."""
    assert read_widths("widths", text) == (4, 3, 2)
    assert widths_text((4, 3, 2)) == "4-3-2"


@pytest.mark.parametrize("text", ["", "4-", "4--3", "4,-3", "4-3,2", "4x3", "9" * 1001, " 4-3", "４-３"])
def test_other_widths_are_refused(text):
    """Text that mixes both, or holds anything else, is named."""
    with pytest.raises(InvalidValueError, match="'widths' must be widths such as 4-3-2"):
        read_widths("widths", text)
