"""The values that a user gives to the constants of a rule: parameters, fixed matrices, and the starts of states.

Everything that takes ``constants={"s": 0.3}`` reads them here, so that an unknown name, a parameter without a value, a
sign that is not admitted and a wrong shape are refused everywhere in the same words.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from sympy import Basic, MatrixSymbol, Symbol

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain, unknown_name
from tptheory.files import read_whole
from tptheory.numeric.arithmetic import RunArithmetic
from tptheory.numeric.assumptions import admits
from tptheory.symbolic.one_meaning import declared
from tptheory.symbolic.rule_scalars import damping

NUMBER = re.compile(r"[+-]?(\d{1,400}/\d{1,400}|(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,3})?)")
"""A rational number as people write it. The lengths are bounded, so that no text makes a number of endless digits."""

MOST_BYTES = 1 << 28
"""The most bytes of a file that holds a matrix: 256 MiB."""

Rows = list[list[Fraction]]
"""A matrix of fractions, as its rows."""


class Settings(dict[str, Fraction | Rows]):
    """Numbers and matrices that were set on the command line; errors call them by its option, ``set``."""


class Constants:
    """Values by the names of symbols, each of them a name that is known.

    >>> given = Constants({"damping": Fraction(1, 3)}, [damping], "DampedTargetProp()")
    >>> from tptheory.numeric.rationals import ExactArithmetic
    >>> given.number(damping, ExactArithmetic())
    1/3

    Args:
        given: the values, by symbol or name; ``damping`` is a name of ``lambda`` too. None for no values.
        known: the symbols that may be given a value.
        holder: how the errors call what has these constants.

    Raises:
        InvalidTypeError: if ``given`` is no mapping, or a key is neither a symbol nor a name.
        InvalidValueError: if one constant is given twice, or any where there are none to give.
        UnknownNameError: if a name is not known; the nearest is suggested.
    """

    def __init__(self, given: Mapping[Any, Any] | None, known: Iterable[Basic], holder: str) -> None:
        check_mapping(given)
        typed = isinstance(given, Settings)
        self._argument, self._one_value = ("set", "set {}") if typed else ("constants", "constants[{}]")
        self._holder, names = holder, [str(symbol) for symbol in known]
        self._values: dict[str, Any] = {}
        for key, value in (given or {}).items():
            if not isinstance(key, str | Basic):
                raise InvalidTypeError(complain("constants", "a mapping from symbols or names to values", key))
            name = str(key) if str(key) in names else name_of_constant(key)
            if not names:
                raise InvalidValueError(complain(self._argument, f"empty, since {holder} holds nothing", name))
            if name not in names:
                raise unknown_name(self._argument, name, names)
            if name in self._values:
                expected = f"one setting of {name}" if typed else f"a mapping that gives {name} once"
                raise InvalidValueError(complain(self._argument, expected, list(given or {})))
            self._values[name] = value

    def __contains__(self, symbol: Basic) -> bool:
        """Whether a symbol is given a value."""
        return str(symbol) in self._values

    def given(self, symbol: Basic | str, default: Any = None) -> Any:
        """Return the value of a symbol as it was given, or the default."""
        return self._values.get(str(symbol), default)

    def _named(self, symbol: Basic) -> str:
        """Return how errors call the value of a symbol: ``constants[s]``, or ``set s`` on the command line."""
        return self._one_value.format(symbol)

    def _missing(self, symbol: Symbol) -> str:
        """Say that a scalar has no value, in the words of a call or of the command line."""
        if self._argument == "set":
            given = ", ".join(sorted(self._values)) or "nothing"
            return f"'set' must give a number for {symbol}, which {self._holder} uses (got {given}). " + (
                f"Add --set {symbol}=0.5, or another number."
            )
        given = f"numbers for {', '.join(sorted(self._values))}" if self._values else "none"
        mend = f"Give constants={{'{symbol}': 0.5}}, or another number; on the command line --set {symbol}=0.5."
        return (
            f"'constants' must be a mapping with a number for {symbol}, which {self._holder} uses (got {given}). {mend}"
        )

    def number(self, symbol: Symbol, kind: RunArithmetic, default: Any = None) -> Any:
        """Return the value of a scalar symbol as a number of an arithmetic.

        Raises:
            InvalidTypeError: if it is no number, or none of this arithmetic.
            InvalidValueError: if it has no value, or one that the assumptions of the symbol do not admit.
        """
        value = self.given(symbol, default)
        if value is None:
            raise InvalidValueError(self._missing(symbol))
        argument = self._named(symbol)
        if isinstance(value, bool | str):
            raise InvalidTypeError(complain(argument, "a real number", value))
        number = kind.scalar(argument, value)
        if not admits(symbol, value):
            expected = f"a number that {symbol},{declared(symbol)}, may be"
            raise InvalidValueError(complain(argument, expected, value, "Give another number."))
        return number

    def matrix(self, symbol: MatrixSymbol, kind: RunArithmetic, default: Any = None) -> Any:
        """Return the value of a matrix symbol, or the default, as a matrix of an arithmetic.

        Raises:
            InvalidTypeError: if it is not made of numbers of this arithmetic.
            InvalidValueError: if a number is not finite.
            ShapeError: if it has another shape than the symbol.
        """
        argument = self._named(symbol)
        A = kind.read_finite(argument, self.given(symbol, default), column=symbol.cols == 1)
        if tuple(kind.shape(A)) != tuple(symbol.shape):
            expected = f"of shape {tuple(symbol.shape)}"
            raise ShapeError(complain(argument, expected, kind.shape(A), f"Give {symbol} that shape."))
        return A


def name_of_constant(key: Any) -> str:
    """Return the name of the symbol that a key of ``constants`` means: ``damping`` is ``lambda``."""
    return str(damping) if str(key) == "damping" else str(key)


def check_mapping(given: Any) -> None:
    """Refuse constants that are no mapping.

    Raises:
        InvalidTypeError: if they are not None, and no mapping.
    """
    if given is not None and not isinstance(given, Mapping):
        mend = "Try constants={'s': 0.3}."
        raise InvalidTypeError(complain("constants", "a mapping from symbols or names to values", given, mend))


def read_number(argument: str, text: str) -> Fraction:
    """Read a number such as ``0.3``, ``1e-3`` or ``1/3`` as the fraction that it says; nothing is evaluated.

    >>> read_number("set", "0.3"), read_number("set", "-1/3")
    (Fraction(3, 10), Fraction(-1, 3))

    Raises:
        InvalidValueError: if the text is no such number.
    """
    found = NUMBER.fullmatch(text)
    if found is None or (found[1].partition("/")[2] or "1").strip("0") == "":
        raise InvalidValueError(complain(argument, "a number such as 0.3, 1e-3 or 1/3", text))
    return Fraction(text)


def read_value(argument: str, text: str) -> Fraction | Rows:
    """Read a number, or a matrix: its rows in JSON, or the name of a file that holds them; nothing is evaluated.

    A file is in JSON (``.json``), or NumPy's (``.npy``), of which only plain numbers are read.

    >>> read_value("set", "1/3"), read_value("set", '[[1, 0.5], ["1/3", 2]]')
    (Fraction(1, 3), [[Fraction(1, 1), Fraction(1, 2)], [Fraction(1, 3), Fraction(2, 1)]])

    Raises:
        InvalidFileError: if the file cannot be read, is no regular file, or is larger than `MOST_BYTES`.
        InvalidValueError: if the text is no number, and what it holds or names no matrix of numbers.
    """
    path = Path(text)
    if path.suffix == ".npy":
        return _checked_rows(argument, text, _rows_of_array(argument, path))
    if path.suffix == ".json":
        return _checked_rows(
            argument, text, _rows_of_json(argument, read_whole(path, MOST_BYTES, argument).decode(errors="replace"))
        )
    return _checked_rows(argument, text, _rows_of_json(argument, text)) if "[" in text else read_number(argument, text)


def _rows_of_array(argument: str, path: Path) -> Any:
    content = io.BytesIO(read_whole(path, MOST_BYTES, argument))
    try:
        array = np.load(content, allow_pickle=False)
        return [[Fraction(float(entry)) for entry in row] for row in np.asarray(array, dtype=np.float64)]
    except (ValueError, TypeError, EOFError, OverflowError):
        raise InvalidValueError(complain(argument, "an array of numbers with two axes", str(path))) from None


def _rows_of_json(argument: str, text: str) -> Any:
    def number(text: str) -> Fraction:
        return read_number(argument, text)

    try:
        return json.loads(text, parse_int=number, parse_float=number, parse_constant=number)
    except (json.JSONDecodeError, RecursionError):
        raise InvalidValueError(complain(argument, "rows of numbers such as [[1, 2], [3, 4]]", text)) from None


def _checked_rows(argument: str, text: str, found: Any) -> Rows:
    """Return the rows of a matrix, with fractions that were written as text.

    Raises:
        InvalidValueError: if they are no rows of one length of numbers.
    """
    if not _are_rows(found) or not all(isinstance(entry, str | Fraction) for row in found for entry in row):
        raise InvalidValueError(complain(argument, "rows of numbers such as [[1, 2], [3, 4]]", text))
    return [[read_number(argument, a) if isinstance(a, str) else a for a in row] for row in found]


def _are_rows(found: Any) -> bool:
    """Whether what a text or a file holds is a list of lists of one length, which is at least 1."""
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        return False
    lengths = {len(row) for row in found}
    return len(lengths) == 1 and lengths != {0}
