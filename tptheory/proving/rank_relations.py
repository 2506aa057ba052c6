"""Inequalities between ranks: those that follow from the lemmas of `rank_lemmas`, and those that hypotheses state.

The former are that the rank of a product is at most that of a factor, that the rank of a sum is at most the sum of the
ranks, the inequality of Frobenius (1911), its reverse in the case of equality (Marsaglia and Styan, 1974), and that
two images have one sum, whichever of them is taken first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from tptheory.proving.rank_lemmas import LemmaUse, Namer, outside, part_killed
from tptheory.proving.rewriting import Cofactors, Combination
from tptheory.proving.words import Polynomial, Rational

RankSum = list[tuple[Rational, Polynomial]]
"""A sum of ranks: matrices with coefficients."""


class Relation(ABC):
    """A sum of ranks that is not negative."""

    @property
    @abstractmethod
    def ranks(self) -> RankSum:
        """The sum."""

    @abstractmethod
    def uses(self, names: Namer) -> list[LemmaUse]:
        """Return lemmas from which the relation follows, each after those that it needs.

        The sums of ranks that these lemmas say are not negative add up to that of the relation.
        """


@dataclass(frozen=True)
class GivenNumber:
    """A sum of ranks and other numbers of which hypotheses say that it is not negative, or that it is 0.

    Attributes:
        number: the sum.
        root: its square root; None where the sum is 0.
        origin: the combination of hypotheses that the square of the root is, less the sum.
    """

    number: Polynomial
    root: Polynomial | None
    origin: Combination


def product_of_given(x: GivenNumber, y: GivenNumber) -> GivenNumber:
    """Return the product of two sums that are not negative: it is not negative either.

    ``r^2 s^2 - x y = (r^2 - x) s^2 + x (s^2 - y)`` for the roots ``r`` and ``s`` of ``x`` and ``y``.
    """
    r, s = (each.root or each.number.scale(0) for each in (x, y))
    origin = [*_multiplied(s * s, x.origin), *_multiplied(x.number, y.origin)]
    return GivenNumber(x.number * y.number, r * s, origin)


def _multiplied(number: Polynomial, origin: Combination) -> Combination:
    """Multiply a combination of hypotheses that has no cofactors by a number."""
    return [(c * d, Cofactors(scalars, "", ""), k) for (scalars, _), c in number.terms.items() for d, _, k in origin]


@dataclass(frozen=True)
class Contained(Relation):
    """``rank L <= rank U`` where ``L = U X``."""

    U: Polynomial
    X: Polynomial
    L: Polynomial

    @property
    def ranks(self) -> RankSum:
        """``rank U - rank L``."""
        return [(1, self.U), (-1, self.L)]

    def uses(self, names: Namer) -> list[LemmaUse]:
        """Return the lemma that says so."""
        return [names.use("contained", {"U": self.U, "X": self.X, "L": self.L})]


def alike(M: Polynomial, X: Polynomial, Y: Polynomial, N: Polynomial) -> tuple[Contained, Contained]:
    """Return that two matrices have one rank, where ``N = M X`` and ``M = N Y``."""
    return Contained(M, X, N), Contained(N, Y, M)


def alike_from_the_left(A: Polynomial, P: Polynomial, M: Polynomial, N: Polynomial) -> tuple[Contained, Contained]:
    """Return that two matrices have one rank, where ``N = A M`` and ``M = P N``."""
    return alike(M.transpose(), A.transpose(), P.transpose(), N.transpose())


def no_less_than_zero(M: Polynomial) -> Contained:
    """Return ``0 <= rank M``."""
    return Contained(M, Polynomial.zero(M.alphabet, M.columns, M.columns), M.scale(0))


@dataclass(frozen=True)
class Summed(Relation):
    """``rank Z <= rank A + rank B`` where ``Z = A + B``."""

    Z: Polynomial
    A: Polynomial
    B: Polynomial

    @property
    def ranks(self) -> RankSum:
        """``rank A + rank B - rank Z``."""
        return [(1, self.A), (1, self.B), (-1, self.Z)]

    def uses(self, names: Namer) -> list[LemmaUse]:
        """Return lemmas for ``D = (I - A A+) Z``: ``D = (I - A A+) B``, and ``rank Z <= rank A + rank D``.

        The last is ``rank D <= rank B``.
        """
        Z, A, B = (names.name(M) for M in (self.Z, self.A, self.B))
        rows = outside(A, Polynomial.identity(A.alphabet, A.rows), names.pinv)
        D = names.name(outside(A, Z, names.pinv))
        return [
            names.use("summed", {"Z": Z, "A": A, "B": B, "D": D, "X": rows}),
            names.use("parts", {"A": A, "Z": Z, "D": D}),
            names.use("contained", {"U": B.transpose(), "X": rows.transpose(), "L": D.transpose()}),
        ]


@dataclass(frozen=True)
class Joined(Relation):
    """``rank Z + rank N <= rank A + rank D``, where ``D = (I - A A+) Z`` and ``N = (I - Z Z+) A``."""

    A: Polynomial
    Z: Polynomial
    D: Polynomial
    N: Polynomial

    @property
    def ranks(self) -> RankSum:
        """``rank A + rank D - rank Z - rank N``."""
        return [(1, self.A), (1, self.D), (-1, self.Z), (-1, self.N)]

    def uses(self, names: Namer) -> list[LemmaUse]:
        """Return the lemma that says so."""
        return [names.use("joined", {"A": self.A, "Z": self.Z, "D": self.D, "N": self.N})]


@dataclass(frozen=True)
class Frobenius(Relation):
    """``rank AB + rank BC <= rank B + rank ABC``, where ``F = A B``, ``G = B C`` and ``H = A B C``."""

    A: Polynomial
    B: Polynomial
    C: Polynomial
    F: Polynomial
    G: Polynomial
    H: Polynomial

    @property
    def ranks(self) -> RankSum:
        """``rank B + rank H - rank F - rank G``."""
        return [(1, self.B), (1, self.H), (-1, self.F), (-1, self.G)]

    def uses(self, names: Namer) -> list[LemmaUse]:
        """Return the lemmas for the parts ``K`` and ``k`` of the images of B and G that A kills.

        They say that ``rank F + rank K <= rank B``, ``rank k <= rank K`` and ``rank G <= rank H + rank k``.
        """
        A, B, C, F, G, H = (names.name(M) for M in (self.A, self.B, self.C, self.F, self.G, self.H))
        K, k, X = (names.name(part_killed(M, N, names.pinv)) for M, N in ((B, F), (G, H), (C, H)))
        return [
            names.use("larger kernel", {"B": B, "C": C, "F": F, "G": G, "H": H, "K": K, "k": k, "x": X}),
            _transposed(names, "whole", F, B, K, A),
            names.use("contained", {"U": K, "X": X, "L": k}),
            _transposed(names, "parts", H, G, k),
        ]


@dataclass(frozen=True)
class Coprime(Relation):
    """``rank B + rank ABC <= rank AB + rank BC`` where ``B = B C X + Y A B``, with the names of `Frobenius`."""

    A: Polynomial
    B: Polynomial
    F: Polynomial
    G: Polynomial
    H: Polynomial
    X: Polynomial
    Y: Polynomial

    @property
    def ranks(self) -> RankSum:
        """``rank F + rank G - rank B - rank H``."""
        return [(1, self.F), (1, self.G), (-1, self.B), (-1, self.H)]

    def uses(self, names: Namer) -> list[LemmaUse]:
        """Return the lemmas for the parts ``K`` and ``k`` of the images of B and G that A kills.

        They say that ``rank B <= rank F + rank K``, ``rank K <= rank k`` and ``rank H + rank k <= rank G``.
        """
        A, B, F, G, H, X, Y = (names.name(M) for M in (self.A, self.B, self.F, self.G, self.H, self.X, self.Y))
        K, k, x = (names.name(part_killed(M, N, names.pinv)) for M, N in ((B, F), (G, H), (X, F)))
        named = {"A": A, "B": B, "F": F, "G": G, "H": H, "X": X, "Y": Y, "K": K, "k": k, "x": x}
        return [
            names.use("equal kernels", named),
            _transposed(names, "parts", F, B, K),
            names.use("contained", {"U": k, "X": x, "L": K}),
            _transposed(names, "whole", H, G, k, A),
        ]


def _transposed(
    names: Namer, lemma: str, F: Polynomial, B: Polynomial, K: Polynomial, A: Polynomial | None = None
) -> LemmaUse:
    """Return a lemma for the transposes of ``F = A B``, of ``B`` and of the part ``K`` of its image that A kills."""
    matrices = {"A": F.transpose(), "Z": B.transpose(), "D": K.transpose()}
    return names.use(lemma, matrices if A is None else {**matrices, "X": A.transpose()})
