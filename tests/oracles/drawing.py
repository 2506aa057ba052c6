"""Exact instances of random claims: every symbol gets its value when it is first asked for.

What a hypothesis says of a symbol is met by construction; everything else is left to the judge, who rejects. Sweeps run
through all small integers at the smallest sizes, where most false claims break.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from oracles.duals import full, identity
from oracles.evaluating import layer_key
from oracles.readings import Reading, has
from oracles.terms import Term, any_depth, width

NUMBERS = tuple(
    fmpq(p, q)
    for p, q in (
        *((p, 1) for p in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5)),
        (1, 2),
        (-1, 2),
        (2, 3),
        (-3, 2),
        (1, 5),
        (7, 3),
    )
)
ADMITS = {
    "positive": lambda a: a > 0,
    "negative": lambda a: a < 0,
    "nonnegative": lambda a: a >= 0,
    "nonzero": lambda a: a != 0,
    "integer": lambda a: a.q == 1,
    "even": lambda a: a.q == 1 and a.p % 2 == 0,
    "odd": lambda a: a.q == 1 and a.p % 2 == 1,
    "real": lambda _: True,
}


def admitted(assumptions: tuple[str, ...], a: Any) -> bool:
    """Tell whether a number is what a symbol is declared to be."""
    return all(ADMITS[word](fmpq(a)) for word in assumptions)


class Drawn:
    """Values that are drawn at random when they are asked for.

    Args:
        rng: where the numbers come from.
        sizes: the sizes to draw from.
        wanted: the names of the hypotheses that are made about a matrix, by its key.
        wanted_sizes: the symbols that are sizes of matrices, which are small positive integers.
    """

    def __init__(self, rng: Any, sizes: tuple[int, ...], wanted: dict[Term, set[str]], wanted_sizes: set[Term]) -> None:
        self.rng, self.sizes, self.wanted, self.wanted_sizes = rng, sizes, wanted, wanted_sizes
        self.style = str(rng.choice(["zeros", "units", "integers", "low rank", "fractions", "integers", "mixed"]))
        self.values: dict[Term, Any] = {}

    def number(self, key: Term) -> Any:
        """Return a number, or a size."""
        if key not in self.values:
            self.values[key] = self.draw_number(key)
        return self.values[key]

    def draw_number(self, key: Term) -> Any:
        """Draw a number that a symbol is declared to be."""
        if key[0] == "width" or key in self.wanted_sizes:
            fitting = [n for n in self.sizes if key[0] == "width" or admitted(key[2], n)]
            return int(self.rng.choice(fitting or [n for n in (1, 2, 3, 4) if admitted(key[2], n)] or [1]))
        fitting = [a for a in NUMBERS if admitted(key[2], a)]
        return fitting[int(self.rng.integers(len(fitting)))]

    def matrix(self, key: Term, rows: int, columns: int) -> fmpq_mat:
        """Return a matrix that has the properties that hypotheses name."""
        if key not in self.values:
            names = self.wanted.get(key, set())
            A = self.draw(rows, columns, names)
            for _ in range(12):
                if all(has(name, A) for name in names):
                    break
                A = self.draw(rows, columns, names)
            self.values[key] = A
        return self.values[key]

    def entry(self, *_: int) -> fmpq:
        """Draw an entry."""
        style = self.style if self.style != "mixed" else str(self.rng.choice(["zeros", "units", "integers"]))
        if style == "zeros":
            return fmpq(int(self.rng.random() < 0.3))
        if style == "units":
            return fmpq(int(self.rng.integers(-1, 2)))
        if style == "fractions":
            return fmpq(int(self.rng.integers(-3, 4)), int(self.rng.integers(1, 4)))
        return fmpq(int(self.rng.integers(-3, 4)))

    def draw(self, rows: int, columns: int, names: set[str]) -> fmpq_mat:
        """Draw a matrix that is likely to have the properties."""
        if names & {"orthogonal", "partial_isometry"} and ("projection" not in names or rows != columns):
            return self.isometry(rows, columns, names)
        if "projection" in names and rows == columns:
            return self.projection(rows, names)
        if "rank_one" in names:
            return full(rows, 1, self.entry) * full(1, columns, self.entry)
        if names & {"full_row_rank", "full_column_rank", "invertible", "nonzero"}:
            A = full(rows, columns, lambda *_: int(self.rng.integers(-2, 3)))
            return A + A.transpose() if "symmetric" in names and rows == columns else A
        if self.style == "low rank":
            r = int(self.rng.integers(0, min(rows, columns) + 1))
            A = full(rows, r, self.entry) * full(r, columns, self.entry) if r else fmpq_mat(rows, columns)
        else:
            A = full(rows, columns, self.entry)
        return A + A.transpose() if "symmetric" in names and rows == columns else A

    def isometry(self, rows: int, columns: int, names: set[str]) -> fmpq_mat:
        """Draw a matrix whose singular values are 0 and 1: rotations about one with units on its diagonal."""
        top = min(rows, columns)
        rank = top if names - {"partial_isometry", "symmetric"} else int(self.rng.integers(0, top + 1))
        signs = [int(self.rng.choice([-1, 1])) for _ in range(top)]
        middle = full(rows, columns, lambda i, j: signs[i] if i == j < rank else 0)
        if "symmetric" in names:
            Q = self.rotation(rows)
            return Q * middle * Q.transpose() if rows == columns else middle
        return self.rotation(rows) * middle * self.rotation(columns)

    def rotation(self, n: int) -> fmpq_mat:
        """Draw an orthogonal matrix: Cayley's, of a skew matrix, with its rows in another order."""
        A = full(n, n, lambda *_: int(self.rng.integers(-1, 2)))
        skew = A - A.transpose()
        order = [int(i) for i in self.rng.permutation(n)]
        Q = (identity(n) - skew) * (identity(n) + skew).inv()
        return full(n, n, lambda i, j: Q[order[i], j])

    def projection(self, n: int, names: set[str]) -> fmpq_mat:
        """Draw a projection, orthogonal where it is symmetric as well."""
        rank = n if names & {"invertible", "full_row_rank", "full_column_rank", "orthogonal"} else -1
        rank = int(self.rng.integers(0, n + 1)) if rank < 0 else rank
        middle = full(n, n, lambda i, j: int(i == j < rank))
        if names & {"symmetric", "partial_isometry"}:
            Q = self.rotation(n)
            return Q * middle * Q.transpose()
        A = full(n, n, lambda *_: int(self.rng.integers(-1, 2)))
        return A * middle * A.inv() if A.det() != 0 else middle


class Swept(Drawn):
    """Values that run through small integers at one size, in the order in which they are asked for.

    Args:
        count: which of all combinations this is.
        size: the value of every size.
    """

    DIGITS = (1, 0, -1, 2)

    def __init__(self, count: int, size: int, wanted: dict[Term, set[str]], wanted_sizes: set[Term]) -> None:
        super().__init__(np.random.default_rng(count), (size,), wanted, wanted_sizes)
        self.count = count

    def digit(self) -> int:
        """Take the next digit of the count."""
        self.count, found = divmod(self.count, len(self.DIGITS))
        return found

    def draw_number(self, key: Term) -> Any:
        """Take the next number that the symbol may be."""
        if key[0] == "width" or key in self.wanted_sizes:
            return super().draw_number(key)
        fitting = sorted((a for a in NUMBERS if admitted(key[2], a)), key=lambda a: (abs(a.p) + a.q, a < 0))
        return fitting[self.digit() % len(fitting)]

    def matrix(self, key: Term, rows: int, columns: int) -> fmpq_mat:
        """Take the next entries, whatever the hypotheses say."""
        if key not in self.values:
            self.values[key] = full(rows, columns, lambda *_: self.DIGITS[self.digit()])
        return self.values[key]


def named_properties(claim: Term, bound: dict[str, int]) -> dict[Term, set[str]]:
    """Return which named hypotheses are made about which matrices, by key, at depths that are numbers."""
    found: dict[Term, set[str]] = {}

    def note(h: Term, at: dict[str, int]) -> None:
        if h[0] == "ForAll":
            reading = Reading(None, at)  # type: ignore[arg-type]  indices need no values
            name, first, last = h[2]
            for i in reading.range(first, last):
                note(h[1], {**at, name: i})
        elif h[0] == "Hyp":
            for A in h[2]:
                for key in key_of(A, at):
                    found.setdefault(key, set()).add(h[1])

    for part in claim[1] if claim[0] == "AllOf" else (claim,):
        for h in part[-1] if part[0] != "Hyp" and part[0] != "AllOf" else ():
            note(h, bound)
    return found


def key_of(A: Term, bound: dict[str, int]) -> list[Term]:
    """Return the key of a matrix that is a symbol, or a weight; nothing for any other."""
    if A[0] == "M":
        return [A]
    if A[0] != "weight":
        return []
    net = A[1]
    l = Reading(None, bound).index(A[2])  # type: ignore[arg-type]
    if not any_depth(net) and not 1 <= l <= (net[1] or len(net[2]) - 1):
        return []
    return [layer_key(net, "W", l, width(net, l), width(net, l - 1))]
