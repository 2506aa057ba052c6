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

_DTYPES: dict[str, RunArithmetic] = {
    "float32": FloatArithmetic(np.float32),
    "float64": FloatArithmetic(np.float64),
    "exact": ExactArithmetic(),
}


def arithmetic_named(name: str) -> RunArithmetic:
    """Return the arithmetic of a name: of those that `dtype_named` knows, or ``"float"``.

    ``"float"`` is NumPy in the precision of the given arrays.

    >>> arithmetic_named("mp30").digits
    30

    Raises:
        InvalidValueError: as `dtype_named` does.
        UnknownNameError: as `dtype_named` does.
    """
    return _named("arithmetic", name, {"float": FloatArithmetic(), **_DTYPES})


def dtype_named(name: str) -> RunArithmetic:
    """Return the arithmetic of a name that fixes the precision.

    ``"float32"`` and ``"float64"`` are NumPy, and convert arrays to that precision. ``"mp50"`` is mpmath with 50
    decimal digits; any number of digits from 15 to 1000 may stand there. ``"exact"`` is python-flint's rationals.

    Raises:
        InvalidValueError: if the digits are fewer than 15 or more than 1000.
        UnknownNameError: for any other name.
    """
    return _named("dtype", name, _DTYPES)


def _named(argument: str, name: str, plain: dict[str, RunArithmetic]) -> RunArithmetic:
    digits = re.fullmatch(r"mp([0-9]{1,9})", name) if isinstance(name, str) else None
    if not digits:
        if not isinstance(name, str) or name not in plain:
            raise unknown_name(argument, str(name), [*plain, "mp50"])
        return plain[name]
    if not LEAST_DIGITS <= int(digits[1]) <= MOST_DIGITS:
        expected = f"of {LEAST_DIGITS} to {MOST_DIGITS} digits"
        raise InvalidValueError(complain(argument, expected, f"mp{int(digits[1])}", "Try 'mp50'."))
    return _multiprecision(int(digits[1]))


_multiprecision = lru_cache(maxsize=16)(MultiprecisionArithmetic)
