"""Lemmas on ranks, proved once over letters of their own, and how they are put to use for given matrices.

The rank of ``A`` is the trace of the projection ``A A+`` on its image. So if a matrix that is a sum of such
projections, some of them with the sign -1, is a projection itself, then its squared norm is its trace, which is the sum
of the ranks with the same signs. That sum is therefore not negative.

Each lemma is proved by completion. For given matrices the letters in this proof are replaced by polynomials, which
keeps every identity.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from functools import cache, reduce
from itertools import product
from operator import mul
from typing import NamedTuple

from sympy import MatrixSymbol, symbols

from tptheory.proving.completion import Completion
from tptheory.proving.contents import Inversion
from tptheory.proving.limits import Limits
from tptheory.proving.rewriting import Cofactors, Combination
from tptheory.proving.term_order import Monomial
from tptheory.proving.translating import Reason
from tptheory.proving.translation import Translator
from tptheory.proving.words import Alphabet, Polynomial, Rational, summed

LIMITS = Limits(seconds=60.0, effort=500_000)
"""What a lemma may cost; each is proved with a fraction of this."""
LINK: Reason = ("definition", "the letters of a lemma on ranks")
LemmaMatrices = Mapping[str, Polynomial]
"""The matrices of a lemma, by the names of its letters."""


class Conclusion(NamedTuple):
    """What a lemma shows: that a polynomial is zero.

    Attributes:
        zero: the polynomial.
        projection: a matrix whose trace is a sum of ranks, where the polynomial is its squared norm less this trace;
            None in other lemmas.
    """

    zero: Polynomial
    projection: Polynomial | None = None


class RankLemma(NamedTuple):
    """A statement about matrices that are named by letters.

    Attributes:
        shapes: the letters and their shapes.
        links: returns the polynomials that vanish by the hypotheses of the lemma.
        conclusion: returns what the lemma shows.
    """

    shapes: Mapping[str, str]
    links: Callable[[LemmaMatrices, Inversion], list[Polynomial]]
    conclusion: Callable[[LemmaMatrices, Inversion], Conclusion]


def _projections(*signed: str) -> Callable[[LemmaMatrices, Inversion], Conclusion]:
    """Return the conclusion that a signed sum of projections on images has its trace as its squared norm."""

    def conclusion(M: LemmaMatrices, pinv: Inversion) -> Conclusion:
        signs = [(-1 if name.startswith("-") else 1, M[name.lstrip("-")]) for name in signed]
        projection = summed([(A * pinv(A)).scale(sign) for sign, A in signs])
        return Conclusion(projection.norm() - projection.trace(), projection)

    return conclusion


def outside(A: Polynomial, Z: Polynomial, pinv: Inversion) -> Polynomial:
    """Return ``(I - A A+) Z``: what of Z is not in the image of A."""
    return Z - A * pinv(A) * Z


def part_killed(B: Polynomial, F: Polynomial, pinv: Inversion) -> Polynomial:
    """Return ``B (I - F+ F)``, whose image is that part of the image of B which A kills, for ``F = A B``."""
    return B - B * pinv(F) * F


LEMMAS = {
    "contained": RankLemma(
        {"U": "mk", "X": "kn", "L": "mn"}, lambda M, _: [M["L"] - M["U"] * M["X"]], _projections("U", "-L")
    ),
    "parts": RankLemma(
        {"A": "mk", "Z": "mn", "D": "mn"},
        lambda M, pinv: [M["D"] - outside(M["A"], M["Z"], pinv)],
        _projections("A", "D", "-Z"),
    ),
    "whole": RankLemma(
        {"A": "mk", "Z": "mn", "D": "mn", "X": "nk"},
        lambda M, pinv: [M["D"] - outside(M["A"], M["Z"], pinv), M["A"] - M["Z"] * M["X"]],
        _projections("Z", "-A", "-D"),
    ),
    "joined": RankLemma(
        {"A": "mk", "Z": "mn", "D": "mn", "N": "mk"},
        lambda M, pinv: [M["D"] - outside(M["A"], M["Z"], pinv), M["N"] - outside(M["Z"], M["A"], pinv)],
        _projections("A", "D", "-Z", "-N"),
    ),
    "summed": RankLemma(
        {"Z": "mn", "A": "mn", "B": "mn", "D": "mn", "X": "mm"},
        lambda M, pinv: [
            M["Z"] - M["A"] - M["B"],
            M["D"] - outside(M["A"], M["Z"], pinv),
            M["X"] * M["B"] - outside(M["A"], M["B"], pinv),
        ],
        lambda M, _: Conclusion(M["D"] - M["X"] * M["B"]),
    ),
    "larger kernel": RankLemma(
        {"B": "mk", "C": "kn", "F": "pk", "G": "mn", "H": "pn", "K": "mk", "k": "mn", "x": "kn"},
        lambda M, pinv: [
            M["G"] - M["B"] * M["C"],
            M["H"] - M["F"] * M["C"],
            M["K"] - part_killed(M["B"], M["F"], pinv),
            M["k"] - part_killed(M["G"], M["H"], pinv),
            M["x"] - part_killed(M["C"], M["H"], pinv),
        ],
        lambda M, _: Conclusion(M["k"] - M["K"] * M["x"]),
    ),
    "equal kernels": RankLemma(
        {"A": "pm", "B": "mk", "F": "pk", "G": "mn", "H": "pn", "X": "nk", "Y": "mp", "K": "mk", "k": "mn", "x": "nk"},
        lambda M, pinv: [
            M["F"] - M["A"] * M["B"],
            M["H"] - M["A"] * M["G"],
            M["B"] - M["G"] * M["X"] - M["Y"] * M["F"],
            M["K"] - part_killed(M["B"], M["F"], pinv),
            M["k"] - part_killed(M["G"], M["H"], pinv),
            M["x"] - part_killed(M["X"], M["F"], pinv),
        ],
        lambda M, _: Conclusion(M["K"] - M["k"] * M["x"]),
    ),
}
"""The lemmas, by name.

Let ``D = (I - A A+) Z`` be the part of ``Z`` outside the image of ``A``, and ``K`` and ``k`` the parts of the images of
``B`` and of ``G = B C`` that a matrix ``A`` kills.

- "contained": ``rank L <= rank U`` where ``L = U X``.
- "parts": ``rank Z <= rank A + rank D``.
- "whole": ``rank A + rank D <= rank Z`` where ``A = Z X``.
- "joined": ``rank Z + rank N <= rank A + rank D`` for the part ``N = (I - Z Z+) A`` of A outside the image of Z: both
  sides are the dimension of the sum of the images.

The others are equations, from which "contained" goes on:

- "summed": ``D = (I - A A+) B`` where ``Z = A + B``.
- "larger kernel": ``k`` is ``K`` times a matrix.
- "equal kernels": ``K`` is ``k`` times a matrix where ``B = G X + Y A B``.
"""


class _ProvedLemma(NamedTuple):
    """A lemma over letters of its own, and the combination of hypotheses that its conclusion is."""

    translator: Translator
    letters: LemmaMatrices
    origin: Combination


@cache
def proved_lemma(name: str) -> _ProvedLemma:
    """Prove a lemma over letters of its own.

    Raises:
        AssertionError: if no proof is found.
    """
    sizes = dict(zip("mnkp", symbols("m n k p", integer=True, positive=True), strict=True))
    translator, lemma = Translator(cuts=False), LEMMAS[name]
    letters = {
        letter: translator(MatrixSymbol(letter, *(sizes[size] for size in shape)))
        for letter, shape in lemma.shapes.items()
    }
    zero = lemma.conclusion(letters, translator.pinv).zero
    for link in lemma.links(letters, translator.pinv):
        translator.assume(link, LINK)
    found = Completion(translator.alphabet, translator.known(), LIMITS).prove(zero, whole=True)
    if found is None:
        raise AssertionError(name)
    return _ProvedLemma(translator, letters, found.origin)


FindHypothesis = Callable[[Polynomial], tuple[int, Rational]]
"""A function that returns, for a polynomial that vanishes, a hypothesis and a factor whose product it is.

The hypothesis is given by its number.
"""


class Namer(ABC):
    """Gives names to matrices that are sums, and to pseudo-inverses."""

    @abstractmethod
    def name(self, M: Polynomial) -> Polynomial:
        """Return a multiple of a letter in the place of a matrix that is a sum; any other stands for itself."""

    @abstractmethod
    def pinv(self, M: Polynomial) -> Polynomial:
        """Return the pseudo-inverse of a matrix."""

    def use(self, lemma: str, matrices: LemmaMatrices) -> LemmaUse:
        """Return a lemma for matrices, those that are sums by their names."""
        return LemmaUse(lemma, {letter: self.name(M) for letter, M in matrices.items()})


class LemmaUse(NamedTuple):
    """A lemma for given matrices, by the names of its letters."""

    lemma: str
    matrices: LemmaMatrices

    def conclusion(self, pinv: Inversion) -> Conclusion:
        """Return what the lemma shows of the matrices."""
        return LEMMAS[self.lemma].conclusion(self.matrices, pinv)

    def origin(self, pinv: Inversion, find_hypothesis: FindHypothesis) -> Combination:
        """Return the combination of hypotheses that the conclusion is.

        Args:
            pinv: returns the pseudo-inverse of a matrix.
            find_hypothesis: says which multiple of which hypothesis a polynomial is.
        """
        lemma = proved_lemma(self.lemma)
        images = _Substitution(lemma.translator.alphabet)
        for name, letter in lemma.letters.items():
            images.add(letter, self.matrices[name])
            if (inverse := lemma.translator.known_pinv(letter)) is not None:
                images.add(inverse, pinv(self.matrices[name]))
        found: Combination = []
        for c, where, number in lemma.origin:
            zero = images.of(lemma.translator.hypotheses[number].polynomial)
            if zero:
                hypothesis, factor = find_hypothesis(zero)
                found += [(c * factor * d, at, hypothesis) for at, d in images.around(where)]
        return found


class _Substitution:
    """Polynomials in the place of letters.

    Args:
        alphabet: the letters.
    """

    def __init__(self, alphabet: Alphabet) -> None:
        self.alphabet = alphabet
        self._images: dict[str, Polynomial] = {}

    def add(self, letter: Polynomial, image: Polynomial) -> None:
        """Put a polynomial in the place of a letter, and its transpose in that of the transposed letter."""
        ((_, character),) = letter.terms
        self._images |= {self.alphabet.adjoints[character]: image.transpose(), character: image}

    def of(self, p: Polynomial) -> Polynomial:
        """Return a polynomial, none of whose terms is a number, with the letters replaced."""
        return summed([self._product(word).scale(c) for (_, word), c in p.terms.items()])

    def around(self, where: Cofactors) -> Iterator[tuple[Cofactors, Rational]]:
        """Multiply out the cofactors of a hypothesis, whose trace may be taken."""
        for ((s, left), c), ((t, right), d) in product(self._terms(where.left), self._terms(where.right)):
            yield Cofactors(tuple(sorted((*s, *t))), left, right, where.outer), c * d

    def _terms(self, word: str) -> list[tuple[Monomial, Rational]]:
        return [*self._product(word).terms.items()] if word else [(((), ""), 1)]

    def _product(self, word: str) -> Polynomial:
        return reduce(mul, (self._images[character] for character in word))
