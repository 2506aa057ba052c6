"""The values that a user gives for the symbols of a claim, by symbol or name, and how an arithmetic reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Rational
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import Basic, Integer, Symbol

from tptheory.claims.claim import Claim
from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.measuring.premises import Instance, Premises, Unknowns
from tptheory.numeric.arithmetic import RunArithmetic
from tptheory.numeric.array_printer import read_widths
from tptheory.numeric.assumptions import admits
from tptheory.numeric.constants import name_of_constant
from tptheory.numeric.evaluation import lacking_symbols
from tptheory.symbolic.one_meaning import declared


class GivenValues:
    """The values that a user gives, by symbol, before any arithmetic has read them.

    Attributes:
        is_rational: whether every one of them is rational.
    """

    def __init__(self, parts: Iterable[Claim], values: Mapping[Any, Any]) -> None:
        unknowns = Unknowns.of([e for part in parts for e in Premises.of(part).expressions])
        self.matrices, self.scalars, self.sizes = unknowns.matrices, unknowns.scalars, unknowns.sizes
        self.values = self._by_symbol(values)
        self._refuse_lacking(values)
        self.is_rational = all(map(_is_rational, (self.values[s] for s in (*self.matrices, *self.scalars))))

    def _by_symbol(self, values: Mapping[Any, Any]) -> dict[Any, Any]:
        """Return the values by symbol, without those of symbols of which no part speaks.

        Raises:
            InvalidTypeError: if a key is neither a symbol nor a name.
            InvalidValueError: if a symbol has two values.
            UnknownNameError: if no symbol has a name.
        """
        known = {str(s): s for s in (*self.matrices, *self.scalars, *self.sizes)}
        found: dict[Any, Any] = {}
        for key, value in values.items():
            if not isinstance(key, str | Basic):
                raise InvalidTypeError(complain("values", "a mapping from symbols or names to matrices", key))
            name = str(key) if str(key) in known else name_of_constant(key)
            if name in known:
                if known[name] in found:
                    raise InvalidValueError(complain("values", f"a mapping that gives {name} once", list(values)))
                found[known[name]] = value
            elif isinstance(key, str):
                raise unknown_name("values", name, known)
        return found

    def _refuse_lacking(self, values: Mapping[Any, Any]) -> None:
        """Refuse values that give none for a matrix or a number.

        Raises:
            InvalidValueError: if one is lacking; it says which ones, and of which shapes.
        """
        lacking = [s for s in (*self.matrices, *self.scalars) if s not in self.values]
        if lacking:
            raise lacking_symbols("values", "claim", lacking, values)

    def read(self, kind: RunArithmetic) -> Instance:
        """Return the values as an arithmetic has them, with the sizes that the matrices have as integers.

        Raises:
            InvalidTypeError: if a value is no matrix, or no number.
            InvalidValueError: if a symbol does not admit its value, or a size is missing.
            ShapeError: if a matrix does not fit its symbol, or the others.
        """
        read: Instance = {}
        for A in self.matrices:
            read[A] = kind.read_finite(str(A), self.values[A], column=A.cols == 1)
        told = {n: Integer(int(self.values[n])) for n in self.sizes if n in self.values}
        widths = read_widths({A: kind.shape(read[A]) for A in self.matrices}, told)
        lacking = [n for n in self.sizes if n not in widths]
        if lacking:
            mend = f"Add {', '.join(map(str, lacking))}."
            raise InvalidValueError(complain("values", "given for every size of the claim", list(self.values), mend))
        for s in self.scalars:
            read[s] = kind.scalar(str(s), self.values[s])
            _check_admitted(s, self.values[s])
        for n in self.sizes:
            read[n] = int(widths[n])
            _check_admitted(n, read[n])
        return read


def _check_admitted(symbol: Symbol, value: Any) -> None:
    if not admits(symbol, value):
        raise InvalidValueError(complain(str(symbol), f"a number that {symbol},{declared(symbol)}, may be", value))


def _is_rational(value: Any) -> bool:
    """Whether a value is a rational number, or a matrix of rational numbers."""
    if isinstance(value, fmpq_mat):
        return True
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return all(map(_is_rational, value))
    return isinstance(value, Rational | fmpq)
