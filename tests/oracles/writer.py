"""Random sizes, symbols and expressions, in the language of `oracles.terms`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oracles.terms import INDEX, POSITIVE, REAL, SIZE, Term, add, mul, neg, num, pinv, scale, shape, t, trace

PLAIN = ("A", "B", "C", "D", "E", "F", "G", "H")
STRANGE = (
    *(
        "A+",
        "A'",
        "A*B",
        "A.T",
        "A^-1",
        "W_1",
        "W_2",
        "k",
        "l",
        "n",
        "x",
        "I",
        "2",
        "u[A]",
        "v[A]",
        "1/|A|^2",
        "dW_1/dt",
    ),
    *("W[l]", "W[k+1]", "A+0]", "A]", "S", "eta", "Up", "tr(A)", "lambda", "[", "_", "M_bp", "<", ">"),
)
NUMBERS = ("s", "a", "c", "z", "x", "k", "l", "eta", "alpha", "tr(A)", "1", "n", "A", "1/|A|^2", "a+0]", "a]")
ASSUMED = (
    *(REAL, REAL, REAL, REAL, POSITIVE, POSITIVE, ("negative",), INDEX, ("even",), ("nonnegative",), ()),
    *(("integer", "positive"), ("nonzero", "real"), ("odd",)),
)


class Writer:
    """Write random terms.

    Args:
        rng: where they come from.
        strange: how likely a name is one that means something else elsewhere.
    """

    def __init__(self, rng: Any, strange: float) -> None:
        self.rng, self.strange = rng, strange
        self.matrices: list[Term] = []
        self.names: set[str] = set()
        self.pool: list[Term] = []

    def chance(self, p: float) -> bool:
        """Toss a coin."""
        return bool(self.rng.random() < p)

    def choose(self, options: Sequence[Any]) -> Any:
        """Choose one of several."""
        return options[int(self.rng.integers(len(options)))]

    def whole(self, low: int, high: int) -> int:
        """Choose an integer from low to high."""
        return int(self.rng.integers(low, high + 1))

    # Sizes and symbols.

    def size(self) -> Term:
        """Choose a size: a symbol, a small number, one that was used before, or a sum."""
        if self.pool and self.chance(0.5):
            return self.choose(self.pool)
        dice = self.rng.random()
        if dice < 0.5:
            found = ("S", self.choose(("n", "m", "p", "q")), SIZE)
            if self.chance(0.06):
                found = ("S", found[1], self.choose(((), INDEX, ("even", "positive"))))
        elif dice < 0.65:
            found = 1
        elif dice < 0.95:
            found = self.whole(1, 3)
        else:
            n = ("S", self.choose(("n", "m")), SIZE)
            found = self.choose((("n+", n, 1), ("n*", 2, n), ("n+", n, ("S", "p", SIZE))))
        self.pool.append(found)
        return found

    def name(self) -> str:
        """Choose a name that no matrix has, or rarely one that has."""
        for _ in range(20):
            found = self.choose(STRANGE if self.chance(self.strange) else PLAIN)
            if found not in self.names or self.chance(self.strange * 0.1):
                break
        else:
            found = f"Z{len(self.names)}"
        self.names.add(found)
        return found

    def fresh(self, rows: Term, columns: Term) -> Term:
        """Write a new matrix symbol."""
        found = ("M", self.name(), rows, columns)
        self.matrices.append(found)
        return found

    def symbol(self, rows: Term, columns: Term) -> Term:
        """Write a matrix symbol, often one that was there before."""
        known = [A for A in self.matrices if A[2:] == (rows, columns)]
        return self.choose(known) if known and self.chance(0.6) else self.fresh(rows, columns)

    def scalar_symbol(self) -> Term:
        """Write a symbol for a number."""
        name = self.choose(NUMBERS if self.chance(self.strange) else ("s", "a", "c"))
        return ("S", name, self.choose(ASSUMED) if self.chance(0.5) else REAL)

    # Expressions.

    def entries(self, rows: int, columns: int) -> Term:
        """Write a matrix of numbers."""
        return (
            "explicit",
            tuple(tuple((self.whole(-2, 2), self.whole(1, 2)) for _ in range(columns)) for _ in range(rows)),
        )

    def atom(self, rows: Term, columns: Term) -> Term:
        """Write a matrix that is not made of others."""
        dice = self.rng.random()
        if dice < 0.7:
            return self.symbol(rows, columns)
        if dice < 0.8:
            return t(self.symbol(columns, rows))
        if dice < 0.87 and rows == columns:
            return ("id", rows)
        if dice < 0.93:
            return ("ones", rows, columns)
        if dice < 0.95:
            return ("zero", rows, columns)
        if isinstance(rows, int) and isinstance(columns, int) and rows * columns <= 4:
            return self.entries(rows, columns)
        return self.symbol(rows, columns)

    def matrix(self, rows: Term, columns: Term, depth: int = 2) -> Term:
        """Write a matrix expression of a shape."""
        if depth == 0 or self.chance(0.25):
            return self.atom(rows, columns)
        dice, less = self.rng.random(), depth - 1
        if dice < 0.4:
            between = self.size()
            return mul(self.matrix(rows, between, less), self.matrix(between, columns, less))
        if dice < 0.58:
            return add(self.matrix(rows, columns, less), self.matrix(rows, columns, less))
        if dice < 0.68:
            return scale(self.number(less), self.matrix(rows, columns, less))
        if dice < 0.76:
            return neg(self.matrix(rows, columns, less))
        if dice < 0.88:
            return pinv(self.matrix(columns, rows, less))
        if rows == columns and dice < 0.93:
            return ("pow", self.matrix(rows, rows, less), self.whole(-1, 3))
        if rows == columns and dice < 0.97:
            return ("inv", self.matrix(rows, rows, less))
        return t(self.matrix(columns, rows, less))

    def number(self, depth: int = 2) -> Term:
        """Write a number."""
        dice, less = self.rng.random(), max(depth - 1, 0)
        if depth == 0 or dice < 0.3:
            if self.chance(0.35):
                return num(self.whole(-3, 3), self.whole(1, 2))
            return ("size", self.size()) if self.chance(0.2) else self.scalar_symbol()
        n = self.size()
        if dice < 0.5:
            return trace(self.matrix(n, n, less))
        if dice < 0.55:
            return ("norm2", self.matrix(n, self.size(), less))
        if dice < 0.6:
            return ("det", self.matrix(n, n, less))
        if dice < 0.63:
            return ("logpdet", self.atom(n, self.size()))
        if dice < 0.66:
            return ("entry", self.symbol(n, self.size()), 0, 0)
        if dice < 0.75:
            return ("spow", self.number(less), self.choose((0, 2, -1, 3, 1)))
        return (self.choose(("sadd", "smul")), self.number(less), self.number(less))


def square(A: Term) -> bool:
    """Tell whether a matrix term is square whatever its sizes are; one of unknown shape is not."""
    try:
        rows, columns = shape(A)
    except (KeyError, TypeError, ValueError):
        return False
    return rows == columns
