"""Why an expression stays bounded as a positive number in it tends to 0: a reason for every inverse that it holds.

Sums and products of bounded parts are bounded, and so are traces and entries. An inverse that exists at the limit is
bounded near it, since inverting is continuous there. The inverse of ``G = s^q (B + c s^m I)``, ``B`` positive
semidefinite, is bounded after multiplication by ``s^q`` on the image of ``B``: with ``B = sum of b_i v_i v_i'``, the
matrix ``s^q G^-1 B B+`` is ``sum of v_i v_i' / (b_i + c s^m)`` over the ``b_i > 0``, which is at most ``B+``. So each
such inverse must stand before a product whose columns lie in the image of ``B``, or after one whose rows do, and this
is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import Any

from sympy import Add, Inverse, MatrixBase, MatrixExpr, Mul, Pow, Trace
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.claims.vocabulary import Equal
from tptheory.deciding.answers import prove
from tptheory.deciding.verdicts import Proved
from tptheory.errors import UnsupportedExpressionError
from tptheory.symbolic.expansions import Damped, Expander
from tptheory.symbolic.expressions import matmul
from tptheory.symbolic.penrose_words import words_of


@dataclass(frozen=True)
class Continuous:
    """An inverse is continuous at the limit, where the matrix ``limit``, or the number, has an inverse."""

    inverse: Any
    limit: Any

    def __str__(self) -> str:
        """Say it."""
        return f"{self.inverse}, times a power, is continuous at the limit, where {self.limit} has an inverse"


@dataclass(frozen=True)
class OnImage:
    """Times a power of the small number, an inverse stays bounded on the image of ``base``: it is at most ``base+``."""

    inverse: Any
    base: Any
    bound: Any

    def __str__(self) -> str:
        """Say it."""
        image = f"the image of {self.base}"
        return f"{self.inverse}, times a power, stays bounded on {image}, where it is at most {self.bound}"


@dataclass(frozen=True)
class Bounded:
    """Why an expression stays bounded.

    Attributes:
        reasons: one for each inverse in it; none where it is a polynomial.
        proofs: that what stands beside the inverses lies in the images where they are bounded.
    """

    reasons: tuple[Continuous | OnImage, ...]
    proofs: tuple[Proved, ...]


def bounded(expression: Any, expander: Expander, given: tuple[Any, ...], seconds: float) -> Bounded:
    """Return why an expression stays bounded as the number of the expander tends to 0.

    Raises:
        UnsupportedExpressionError: if a part may grow without bound.
    """
    search = _Reasons(expander, given, seconds, {}, [])
    search.check(expression)
    return Bounded(tuple(search.reasons), tuple(search.proofs))


@dataclass(frozen=True)
class _Reasons:
    """The reasons that were found so far."""

    expander: Expander
    given: tuple[Any, ...]
    seconds: float
    reasons: dict[Continuous | OnImage, None]
    proofs: list[Proved]

    def check(self, e: Any) -> None:
        """Require that a part is bounded."""
        if not e.has(self.expander.small):
            return
        if isinstance(e, MatrixExpr | MatrixBase):
            for coefficient, word in words_of(e):
                self._word(self._power(coefficient), word)
        else:
            for part in Add.make_args(e):
                if self._power(part) < 0:
                    self._refuse(part)

    def _power(self, number: Any) -> int:
        """Return by which power of the small number a product starts; its other factors are bounded."""
        small, total = self.expander.small, 0
        for factor in Mul.make_args(number):
            base, exponent = factor.as_base_exp()
            if base == small and exponent.is_Integer:
                total += int(exponent)
            elif not factor.has(small):
                continue
            elif isinstance(factor, Trace):
                self.check(factor.arg)
            elif isinstance(factor, MatrixElement):
                self.check(factor.parent)
            elif isinstance(factor, Pow) and exponent.is_Integer and exponent < 0:
                total += int(exponent) * self._divisor(base)
            elif isinstance(factor, Add | Pow) and exponent.is_Integer:
                self.check(base)
            else:
                self._refuse(factor)
        return total

    def _divisor(self, D: Any) -> int:
        """Return by which power a divisor starts, with a coefficient that is known not to be 0."""
        found = self.expander(D)
        d = found.terms.get(found.low)
        if d is None or not self.expander.is_nonzero(d):
            self._refuse(1 / D)
        self.reasons[Continuous(1 / D, d)] = None
        return found.low

    def _word(self, power: int, word: Sequence[MatrixExpr]) -> None:
        """Require that a product is bounded, which has a power of the small number in front."""
        for i, letter in enumerate(word):
            if not letter.has(self.expander.small):
                continue
            if not isinstance(letter, Inverse):
                self._refuse(letter)
            kind = self.expander.classified(letter.arg)
            power -= kind.power
            if not isinstance(kind, Damped):
                self.reasons[Continuous(letter, kind.start)] = None
            elif not self._beside(kind, word, i):
                self._refuse(matmul(*word))
            else:
                self.reasons[OnImage(letter, kind.base, kind.pinv)] = None
        if power < 0:
            self._refuse(matmul(*word))

    def _beside(self, kind: Damped, word: Sequence[MatrixExpr], i: int) -> bool:
        """Prove that what follows an inverse, or precedes it, lies in the image of the matrix that is damped."""
        right = _neighbours(word[i + 1 :], word[i], self.expander.small)
        left = _neighbours(word[:i][::-1], word[i], self.expander.small)[::-1]
        B, P = kind.base, kind.pinv
        for X, projected in (
            (right, lambda: matmul(B, P, *right)),
            (left, lambda: matmul(*left, B, P)),
        ):
            if X:
                verdict = prove(Equal(projected(), matmul(*X), self.given), self.seconds)
                if isinstance(verdict, Proved):
                    self.proofs.append(verdict)
                    return True
        return False

    def _refuse(self, part: Any) -> None:
        raise UnsupportedExpressionError(
            f"'expression' must have a remainder that is shown to stay bounded (got {part}, which may grow)."
        )


def _neighbours(word: Sequence[MatrixExpr], inverse: MatrixExpr, small: Any) -> list[MatrixExpr]:
    """Return the letters that follow an inverse and its repetitions, up to the next one with the small number in it.

    The projection on the image commutes with the inverse, so that repetitions of it do not matter.
    """
    following = dropwhile(lambda letter: letter == inverse, word)
    return list(takewhile(lambda letter: not letter.has(small), following))
