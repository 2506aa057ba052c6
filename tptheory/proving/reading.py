"""Certificates read for people: the checker's polynomials with like terms collected, each a word and its scalars."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tptheory.certificates.checker import ONE, PROBE, TURNED, WORK, Checker

Letters = tuple[str, ...]
Monomial = tuple[tuple[Letters, ...], Letters]
"""Its scalars and traces, sorted; then a word."""
Polynomial = tuple[dict[Monomial, Any], tuple[str, str]]
"""Coefficients, and the shape."""


class Reader:
    """What `Checker` does, with every result in normal form."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._checker = Checker(data, [WORK])
        self.adjoints = self._checker.adjoints
        self.shapes = {a: () if a in self._checker.scalars else shape for a, shape in self._checker.shapes.items()}

    def polynomial(self, terms: list[Any], size: str = "") -> Polynomial:
        """Read terms of one shape; scalars alone are of ``size`` where they name none."""
        sized = [[*term, size] if len(term) == 2 and size else term for term in terms]
        return self._normal(self._checker.polynomial(sized))

    def product(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """Multiply; a 1x1 polynomial is a scalar."""
        return self._normal(self._checker.product(_raw(p), _raw(q)))

    def adjoint(self, p: Polynomial) -> Polynomial:
        """Return the transpose."""
        return self._normal(self._checker.transpose(_raw(p)))

    def closed(self, p: Polynomial) -> Polynomial:
        """Take the trace."""
        return self._normal(self._checker.trace(_raw(p)))

    def norm(self, p: Polynomial) -> Polynomial:
        """Return ``tr(p' p)``."""
        return self._normal(self._checker.norm(_raw(p)))

    def target(self, data: dict[str, Any]) -> Polynomial:
        """Return what `parts` sum to."""
        return self._normal(next(self._checker.summands(data))[1])

    def parts(self, data: dict[str, Any]) -> Iterator[tuple[Fraction, Polynomial]]:
        """Run through all that sums to the target: a product of factors, minus the squares, the cofactors."""
        summands = self._checker.summands(data)
        next(summands)
        for coefficient, p in summands:
            yield -Fraction(coefficient), self._normal(p)

    def _normal(self, p: Any) -> Polynomial:
        total = self._checker.total(iter([(1, p)]))
        return {self._opened(m, p[1]): c for m, c in total.items()}, p[1]

    def _opened(self, traces: tuple[tuple[str, ...], ...], shape: tuple[str, str]) -> Monomial:
        """Take the probe out of the trace in which it stands: what is left of that one is the word."""
        at = next(i for i, w in enumerate(traces) if PROBE in w or TURNED in w)
        scalars, word = traces[:at] + traces[at + 1 :], traces[at]
        if TURNED in word:
            word = tuple(self._checker.adjoints[a] for a in reversed(word))
        i = word.index(PROBE)
        return scalars, word[i + 1 :] + word[:i] if shape != ONE else ()


def _raw(p: Polynomial) -> Any:
    return [(c, list(scalars), word) for (scalars, word), c in p[0].items()], p[1]
