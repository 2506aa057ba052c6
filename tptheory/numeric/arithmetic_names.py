"""The kinds of numbers by name."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from tptheory.errors import InvalidValueError, complain, unknown_name
from tptheory.numeric.arithmetic import RunArithmetic
from tptheory.numeric.floats import FloatArithmetic
from tptheory.numeric.multiprecision import LEAST_DIGITS, MOST_DIGITS, MultiprecisionArithmetic
from tptheory.numeric.rationals import ExactArithmetic

_ARITHMETICS: dict[str, RunArithmetic] = {
    "float": FloatArithmetic(),
    "float32": FloatArithmetic(np.float32),
    "float64": FloatArithmetic(np.float64),
    "exact": ExactArithmetic(),
}


def arithmetic_named(name: str) -> RunArithmetic:
    """Return the arithmetic of a name.

    ``"float"`` is NumPy in the precision of the given arrays; ``"float32"`` and ``"float64"`` convert arrays to that
    precision. ``"mp50"`` is mpmath with 50 decimal digits; any number of digits from 15 to 1000 may stand there.
    ``"exact"`` is python-flint's rationals.

    >>> arithmetic_named("mp30").digits
    30

    Raises:
        InvalidValueError: if the digits are fewer than 15 or more than 1000.
        UnknownNameError: for any other name.
    """
    return _named("arithmetic", name, _ARITHMETICS)


def dtype_named(name: str) -> RunArithmetic:
    """Return the arithmetic of a name that fixes the precision: of any name but ``"float"``.

    Raises:
        InvalidValueError: as `arithmetic_named` does.
        UnknownNameError: as `arithmetic_named` does.
    """
    return _named("dtype", name, {known: kind for known, kind in _ARITHMETICS.items() if known != "float"})


def _named(argument: str, name: str, plain: dict[str, RunArithmetic]) -> RunArithmetic:
    digits = re.fullmatch(r"mp([0-9]{1,9})", name) if isinstance(name, str) else None
    if digits:
        return _multiprecision(argument, int(digits[1]))
    if not isinstance(name, str) or name not in plain:
        raise unknown_name(argument, str(name), [*plain, "mp50"])
    return plain[name]


@lru_cache(maxsize=16)
def _multiprecision(argument: str, digits: int) -> RunArithmetic:
    if not LEAST_DIGITS <= digits <= MOST_DIGITS:
        expected = f"of {LEAST_DIGITS} to {MOST_DIGITS} digits"
        raise InvalidValueError(complain(argument, expected, f"mp{digits}", "Try 'mp50'."))
    return MultiprecisionArithmetic(digits)
