"""Irrational values as they are shown: the decimals that an interval certifies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq

MOST_DECIMALS = 6
"""So many decimals of an irrational number are shown at most."""
MOST_DIGITS = 60
"""A number with more digits than this before the point is shown by its leading digits and a power of ten."""


@dataclass(frozen=True)
class Enclosure:
    """An irrational number, known by an interval.

    >>> from flint import ctx
    >>> print(Enclosure(arb(2).log()), Enclosure(-arb(2).sqrt()))
    0.693147... -1.414213...
    """

    ball: arb

    def __str__(self) -> str:
        """Return the decimals that the interval certifies, cut and not rounded."""
        return self._digits("...")

    def latex(self) -> str:
        """Return the decimals in LaTeX, for math mode."""
        return self._digits(r"\ldots")

    def _digits(self, dots: str) -> str:
        shows = abs(self.ball) * 10**MOST_DECIMALS >= 1 and abs(self.ball) < 10**MOST_DIGITS
        if not shows:  # so small that no decimal would show, or so large that nobody would read all digits
            return self.ball.str(MOST_DECIMALS)
        sign = "-" if self.ball < 0 else ""
        for decimals in range(MOST_DECIMALS, -1, -1):
            scale = 10**decimals
            cut = (abs(self.ball) * scale).floor().unique_fmpz()
            if cut is not None:
                whole, part = divmod(int(cut), scale)
                return f"{sign}{whole}.{part:0{decimals}d}{dots}" if decimals else f"{sign}{whole}{dots}"
        return self.ball.str(MOST_DECIMALS)


@dataclass(frozen=True)
class EnclosedMatrix:
    """A matrix with irrational entries, known by intervals."""

    balls: arb_mat

    def tolist(self) -> list[list[Any]]:
        """Return the rows: rationals where an interval is one number, and enclosures."""
        return [[readable(x) for x in row] for row in self.balls.tolist()]

    def __str__(self) -> str:
        """Return the rows in brackets."""
        return "\n".join("[" + ", ".join(map(str, row)) + "]" for row in self.tolist())


def readable(value: Any) -> Any:
    """Return a value as it is shown: an integer that is not too long as it is, and the rest as an enclosure."""
    if isinstance(value, arb_mat):
        return EnclosedMatrix(value)
    if not isinstance(value, arb):
        return value
    if value.is_exact() and value.is_integer() and abs(value) < 10**MOST_DIGITS:
        return fmpq(int(value.unique_fmpz()))
    return Enclosure(value)
