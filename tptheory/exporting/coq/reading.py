"""Certificates as the checker reads them, with the number by which reflection.v knows each size and letter."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from tptheory.certificates import checker
from tptheory.certificates.checker import ONE, Goal, Name, Polynomial, Shape, Size, Terms
from tptheory.errors import UnsupportedExpressionError

LARGEST_NUMERAL = 10_000
"""The largest numerator, denominator or size of a statement: MathComp's numerals are unary."""


class CertificateReading(checker.Algebra):
    """The letters of one theorem, each with the number that it has in Coq.

    Matrices are numbered from 1, after the probe; scalars from 0; sizes from 0, which is the size 1.

    Args:
        names: what the certificate declares.
        own: the bases of indices at which letters of the proof itself may stand.
    """

    def __init__(self, names: checker.Names, own: str = "") -> None:
        """Start without letters; each is numbered when it is read for the first time."""
        super().__init__(names, checker.Work(), own)
        self.keys: list[tuple[Name, bool]] = []
        self.matrices: dict[Name, int] = {}
        self.scalars: dict[Name, int] = {}
        self.sizes: dict[Size, int] = {1: 0}

    def add(self, key: Name, shape: Shape, symmetric: bool, matrix: bool) -> int:
        """Number a letter, or a size that stands as a number; the probe of the checker has no name and no number."""
        number = super().add(key, shape, symmetric, matrix)
        self.keys += [(key, turned) for turned in (False, True)[: len(self.shapes) - number]]
        if not key[0]:
            return number
        for size in shape:
            self.size_number(size)
        if matrix:
            self.matrices[key] = len(self.matrices) + 1
        elif not self.is_size(key):
            self.scalars[key] = len(self.scalars)
        return number

    def is_size(self, key: Name) -> bool:
        """Return whether a scalar is a size that stands as a number."""
        return key[0] in self.names.sizes

    def shape(self, key: Name) -> Shape:
        """Return the shape of a letter that was read."""
        return self.shapes[self.numbers[key, False]]

    def size_number(self, size: Size) -> int:
        """Return the number of a size, which gets the next one when it is met for the first time.

        Raises:
            UnsupportedExpressionError: if an integer size is above `LARGEST_NUMERAL`.
        """
        if isinstance(size, int) and size > LARGEST_NUMERAL:
            raise UnsupportedExpressionError(f"A size must be at most {LARGEST_NUMERAL} for Coq (got {size}).")
        return self.sizes.setdefault(size, len(self.sizes))

    def symmetric(self) -> list[Name]:
        """Return the matrices that are declared symmetric."""
        return [key for key in self.matrices if self.adjoints[n := self.numbers[key, False]] == n]


class Equation(NamedTuple):
    """An equation ``left = right`` between sums of one shape."""

    left: Terms
    right: Terms
    shape: Shape

    @property
    def scalar(self) -> bool:
        """Whether the equation is one between numbers."""
        return self.shape == ONE


def equation(p: Polynomial) -> Equation:
    """Return ``p = 0`` as an equation with positive coefficients: terms with negative ones go to the right side."""
    terms, shape = p
    return Equation([t for t in terms if t[0] > 0], [(-c, s, w) for c, s, w in terms if c < 0], shape)


class CoqStatement(NamedTuple):
    """The polynomials that are assumed to be 0, the goal, and for each hypothesis its reason as a Coq comment."""

    hypotheses: list[Polynomial]
    goal: Goal
    reasons: list[str]


def remarks(data: dict[str, Any], count: int) -> list[str]:
    """Return the reasons of the hypotheses as comments; the remark may be any JSON, and a missing reason is empty."""
    found = data.get("reasons")
    given = [comment(r) if isinstance(r, str) else "" for r in found] if isinstance(found, list) else []
    return [*given, *[""] * count][:count]


def comment(text: str) -> str:
    r"""Return text without the characters that could end a Coq comment, nest another, or open a string.

    >>> comment('W *) Axiom cheat : "False". (* x')
    'W ) Axiom cheat : False. ( x'
    """
    return " ".join(re.sub(r"[^\w +=/|<>,.;:()\[\]{}^'-]", "", text, flags=re.ASCII).split())


def legend(called: dict[str, str]) -> str:
    """Return a comment that says for which names of the certificate the identifiers of a theorem stand.

    >>> legend({"n1": "n", "A1": "W*"})
    '(* n1: n; A1: W *)'
    """
    return f"(* {'; '.join(f'{identifier}: {comment(name)}' for identifier, name in called.items())} *)"
