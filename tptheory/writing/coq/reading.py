"""The symbols and polynomials of one certificate, as the Coq file numbers and names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from tptheory.errors import UnsupportedExpressionError

Letter = tuple[int, bool]
Word = tuple[Letter, ...]
Size = str
ONE = ("1", "1")
PROBE: Letter = (0, False)
LARGEST = 10_000
"""The largest numerator or denominator of a statement: MathComp's numerals are unary."""


class Factor(NamedTuple):
    """A trace of a closed word, or where that is empty the number of rows of a size, or a scalar."""

    word: Word = ()
    size: Size = ""
    scalar: str = ""


class Term(NamedTuple):
    """A coefficient, the factors that commute, and a word."""

    coefficient: Fraction
    factors: tuple[Factor, ...]
    word: Word

    def __neg__(self) -> Term:
        """Return the opposite."""
        return self._replace(coefficient=-self.coefficient)


class Polynomial(NamedTuple):
    """The terms of a sum, none of them 0, and its shape; of shape 1x1 all terms are scalars."""

    terms: tuple[Term, ...]
    shape: tuple[Size, Size]

    @property
    def scalar(self) -> bool:
        """Whether it is read as a number."""
        return self.shape == ONE


class Equation(NamedTuple):
    """Two sides of one shape."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    shape: tuple[Size, Size]

    @property
    def scalar(self) -> bool:
        """Whether it is read as one between numbers."""
        return self.shape == ONE


def equation(p: Polynomial, left: int | None = None) -> Equation:
    """Bring the terms of p = 0 to two sides: the first ``left`` terms, or else the positive ones, to the left."""
    if left is None:
        first = tuple(t for t in p.terms if t.coefficient > 0)
        second = tuple(-t for t in p.terms if t.coefficient < 0)
    else:
        first, second = p.terms[:left], tuple(-t for t in p.terms[left:])
    return Equation(first, second, p.shape)


@dataclass
class Symbols:
    """The symbols of a certificate: matrices numbered from 1, sizes from 0, which is the size 1, scalars from 0."""

    data: dict[str, Any]
    matrices: dict[str, int] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    sizes: dict[Size, int] = field(default_factory=lambda: {"1": 0})
    scalars: dict[str, int] = field(default_factory=dict)
    symmetric: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Number what the certificate declares."""
        shapes = {a: tuple(shape) for a, shape in self.data["symbols"].items()}
        turned = {b: a for a, b in self.data["adjoints"] if a != b}
        self.symmetric = [a for a, b in self.data["adjoints"] if a == b and shapes[a]]
        for a, shape in shapes.items():
            if shape and a not in turned:
                self.matrices[a] = len(self.matrices) + 1
                self.letters[a] = (self.matrices[a], False)
            for n in shape:
                if n.isdecimal() and not (n.isascii() and int(n) <= LARGEST):
                    raise UnsupportedExpressionError(f"A size must be at most {LARGEST} for Coq (got {n[:40]}).")
                self.sizes.setdefault(n, len(self.sizes))
        for b, a in turned.items():
            self.letters[b] = (self.matrices[a], True)
        for a, shape in shapes.items():
            if not shape and a not in self.sizes:
                self.scalars[a] = len(self.scalars)

    def shape(self, a: str) -> tuple[Size, Size]:
        """Return the sizes of a symbol."""
        rows, columns = self.data["symbols"][a] or ONE
        return rows, columns

    def factor(self, items: Any) -> Factor:
        """Read a scalar, or the trace of a list of matrices."""
        alone = items if isinstance(items, str) else items[0] if len(items) == 1 else ""
        if alone and not self.data["symbols"][alone]:
            return Factor(size=alone) if alone in self.sizes else Factor(scalar=alone)
        return Factor(tuple(self.letters[a] for a in items))

    def polynomial(self, terms: list[Any]) -> Polynomial:
        """Read a polynomial, as the checker reads it."""
        read, shapes = [], set()
        for text, items, *size in terms:
            inner = [a for a in items if isinstance(a, str) and self.data["symbols"][a]]
            factors = [self.factor(a) for a in items if isinstance(a, list) or not self.data["symbols"][a]]
            shape = (self.shape(inner[0])[0], self.shape(inner[-1])[1]) if inner else (size[0], size[0])
            self.sizes.setdefault(shape[0], len(self.sizes))
            if inner and shape == ONE:
                factors, inner = [*factors, self.factor(inner)], []
            if coefficient := Fraction(text):
                read.append(Term(coefficient, tuple(factors), tuple(self.letters[a] for a in inner)))
            shapes.add(shape)
        (found,) = shapes
        return Polynomial(tuple(read), found)


WORDS = (
    "Prop Set Type SProp as at by cofix do else end exists exists2 fix for forall fun if in is let match of return "
    "then where with using lazymatch R I nat bool true false seq nth size conj erefl leqnn last move apply exact have "
    "rewrite split left right case elim suff wlog pose set under over L l k Z Z0 N Q S O None Some"
)
KEYWORDS = frozenset(WORDS.split())
"""What a variable is not called: words of Coq, and what the exported text itself uses."""


def named(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Give every name a Coq identifier of its own, near to what it is called.

    >>> named(["W_2", "W_2+", "*) Axiom", "forall"], [])
    {'W_2': 'W_2', 'W_2+': 'W_2_pinv', '*) Axiom': 'Axiom', 'forall': 'forall_'}

    A family has no index in its name.

    >>> named(["W[k]", "W"], [])
    {'W[k]': 'W', 'W': 'W_'}
    """
    found: dict[str, str] = {}
    used = KEYWORDS | set(taken)
    for name in names:
        text = re.sub(r"\++(?![0-9])", "_pinv", name.replace("[k]", "")).replace("^-1", "_inv")
        text = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")[:60] or "x"
        text = text if text[0].isalpha() else f"x{text}"
        while text in used:
            text += "_"
        used |= {text}
        found[name] = text
    return found


def identifiers(
    sizes: Iterable[str], others: Iterable[str], taken: Iterable[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Name sizes, and symbols, which may be called as a size is.

    >>> identifiers(["n", "1"], ["A", "n"], [])
    ({'n': 'size_n', '1': '1'}, {'A': 'A', 'n': 'n'})
    """
    others, variables = [*others], [n for n in sizes if not n.isdecimal()]
    apart = set(others).isdisjoint(variables)
    called = {n: n if apart else f"size {n}" for n in variables}
    every = named([*called.values(), *others], taken)
    numbers = {n: n for n in sizes if n.isdecimal()}
    return {n: every[text] for n, text in called.items()} | numbers, {a: every[a] for a in others}


def comment(text: str) -> str:
    r"""Return words as they may stand in a Coq comment: what could end it, or open another or a string, is left out.

    >>> comment('W *) Axiom cheat : "False". (* x')
    'W ) Axiom cheat : False. ( x'
    """
    return " ".join(re.sub(r"[^\w +=/|<>,.;:()\[\]{}^'-]", "", text, flags=re.ASCII).split())


def largest(terms: Sequence[Term]) -> None:
    """Refuse numbers that a statement cannot hold.

    Raises:
        UnsupportedExpressionError: if a numerator or denominator has more than four digits.
    """
    for t in terms:
        if max(abs(t.coefficient.numerator), t.coefficient.denominator) > LARGEST:
            raise UnsupportedExpressionError(
                f"A number of a statement must be at most {LARGEST} for Coq (got {t.coefficient})."
            )
