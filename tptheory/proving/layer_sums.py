"""Inequalities at every layer: a number that begins not above 0, and rises at no layer, is nowhere above 0.

A certificate's inductions are about equations. So the squares that a number loses from layer to layer are added up:
with ``P_{k-1} - P_k`` a sum of squares ``|Q_k|^2``, let ``s_k`` be the root of ``s_{k-1}^2 + |Q_k|^2``. It exists,
whatever the matrices are. Then ``P_k + s_k^2 = 0`` is shown by induction, and ``P_k = -s_k^2`` is not above 0. For a
number that rises at no layer on the way down, ``k + 1`` stands in the place of ``k - 1``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any, Literal, NamedTuple

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.proving.certificate_terms import indices_in, moved_terms, names_in, terms_at
from tptheory.proving.depth_lemmas import Strategy
from tptheory.proving.indexed import LayerLaw
from tptheory.proving.letters import Family, Index, Letter
from tptheory.proving.near_laws import HERE
from tptheory.proving.searching import StuckError
from tptheory.proving.theory import LayerGoal, Theory
from tptheory.proving.translation import Reason
from tptheory.proving.words import Polynomial, summed

SUM_OF_SQUARES = "sum of squares"
"""The kind of the letters for roots of sums of squares over the layers, and the remark that says of which."""
ADDED: Reason = ("definition", "the root of a sum of squares over the layers")
Direction = Literal["up", "down"]
DIRECTIONS: tuple[Direction, ...] = ("up", "down")
WeightedTerms = list[list[Any]]
"""Weighted squares as a certificate writes them: pairs of a rational above 0 and the terms of a polynomial."""


class SumOfSquares(NamedTuple):
    """The squares that are added up from layer to layer.

    Attributes:
        direction: whether the sum grows upward or downward.
        first: the first layer at which it has a value.
        last: the last one.
        begins: the squares with which it begins, at the layer at which that is.
        adds: the squares that are added at the layer ``k``.
    """

    direction: Direction
    first: Index
    last: Index
    begins: WeightedTerms
    adds: WeightedTerms

    @property
    def remark(self) -> dict[str, Any]:
        """The sum as a certificate remarks it."""
        return {SUM_OF_SQUARES: [self.direction, list(self.first), list(self.last), self.begins, self.adds]}

    def letter(self, at: Index) -> Letter:
        """Return the letter of the root at an index."""
        subject = (self.direction, self.first, self.last, str(self.begins), str(self.adds))
        return Letter(Family(SUM_OF_SQUARES, subject, "s", self.remark), at)

    def laws(self, theory: Theory) -> tuple[LayerLaw, LayerLaw]:
        """Return what defines the root: its square where it begins, and at each layer from the one before."""
        start, before, inner = _course(self.direction, self.first, self.last)
        beginning = self._square(theory, start) - _added(theory, self.begins)
        step = self._square(theory, BOUND_INDEX) - self._square(theory, before) - _added(theory, self.adds)
        return LayerLaw(beginning.data(), None, None, ADDED), LayerLaw(step.data(), *inner, ADDED)

    def square(self, theory: Theory) -> Polynomial:
        """Return the square of the root at ``k``."""
        return self._square(theory, BOUND_INDEX)

    def _square(self, theory: Theory, at: Index) -> Polynomial:
        """Return the square of the root at an index, and declare the root as a number."""
        letter = self.letter(at)
        theory.schema.shapes[letter.family] = None
        root = Polynomial.scalar(theory.schema.alphabet, letter)
        return root * root


def bring_in_sums(theory: Theory, meanings: dict[str, Any]) -> None:
    """Add the laws of the sums that the remarks of a stored proof propose: any sum of squares has a root.

    The squares are of what the claim speaks of, and of nothing that a remark brings in: then the root of a layer is
    made of that of the layer before, and exists.

    Raises:
        ValueError: if what a remark proposes is no such sum.
    """
    known = {*theory.schema.alphabet.named.families}
    for remark in meanings.values():
        if SUM_OF_SQUARES in remark:
            direction, first, last, begins, adds = remark[SUM_OF_SQUARES]
            total = SumOfSquares(direction, tuple(first), tuple(last), begins, adds)
            _refuse_unfit(total, known)
            theory.extend(total.laws(theory))


def _refuse_unfit(total: SumOfSquares, known: set[str]) -> None:
    """Refuse a sum of squares of unknown letters, one whose ends or beginning speak of the layer, and wrong weights.

    Raises:
        ValueError: if it is such a one.
    """
    ends = [total.first, total.last, *(index for _, terms in total.begins for index in indices_in(terms))]
    names = {name for _, terms in (*total.begins, *total.adds) for name in names_in(terms)}
    if not (
        total.direction in DIRECTIONS
        and names <= known
        and all(base in ("", "L") and type(offset) is int for base, offset in ends)
    ):
        raise ValueError("a remark proposes what is no sum of squares over the layers")


def _course(direction: Direction, first: Index, last: Index) -> tuple[Index, Index, tuple[Index, Index]]:
    """Return where a sum begins, the layer before ``k``, and the range of the layers at which something is added."""
    if direction == "up":
        return first, ("k", -1), ((first[0], first[1] + 1), last)
    return last, ("k", 1), (first, (last[0], last[1] - 1))


def read_terms(theory: Theory, terms: list[Any]) -> Polynomial:
    """Return the polynomial of terms, over the letters of a theory."""
    return theory.catalogue().polynomial(theory.schema.alphabet, terms)


def _added(theory: Theory, squares: WeightedTerms) -> Polynomial:
    """Return a sum of weighted squared norms.

    Raises:
        ValueError: if a weight is not above 0.
    """
    none = Polynomial.identity(theory.schema.alphabet, 1).scale(0)
    norms = [read_terms(theory, terms).norm().scale(_weight(c)) for c, terms in squares]
    return summed(norms) if norms else none


def _weight(c: str) -> Fraction:
    """Read a weight.

    Raises:
        ValueError: if it is not above 0.
    """
    weight = Fraction(c)
    if weight <= 0:
        raise ValueError(f"'weight' must be above 0 (got {c}).")
    return weight


Prove = Callable[[LayerGoal, Strategy], list[dict[str, Any]]]
"""A function that proves a goal by a strategy, and returns its cases."""


def shown_by_sums(theory: Theory, goal: LayerGoal, prove: Prove) -> list[tuple[LayerGoal, list[dict[str, Any]]]]:
    """Show that a number is at no layer above 0: it is minus a sum of squares that grows from layer to layer.

    A number at the first layer or at the last one alone is shown to be so at all layers.

    Args:
        theory: the theory, to which the laws of the sum are added.
        goal: the goal.
        prove: proves what is needed on the way.

    Raises:
        StuckError: if the number is not shown to begin below 0 and to rise at no layer, in either direction.
    """
    stuck = StuckError("no sum of squares over the layers was found")
    for (everywhere, at), direction in product(_at_all_layers(goal), DIRECTIONS):
        try:
            total = _sum_of_squares(theory, everywhere, direction, prove)
            equation = read_terms(theory, everywhere.terms) + total.square(theory)
            theory.extend(total.laws(theory))
            shown = everywhere._replace(kind="zero", terms=equation.data(), left=len(equation.data()))
            cases = prove(shown, direction)
        except StuckError as error:
            stuck = error
            continue
        number = len(theory.laws) + len(theory.proved)
        root = [theory.schema.alphabet.named.item(total.letter(at))]
        case: dict[str, Any] = {"at": list(HERE), "after": None, "uses": [[number, list(at)]], "left": goal.left}
        case |= {"method": "descent", "cofactors": [["1", [], 0, []]], "squares": [["1", [["1", root, 1]]]]}
        return [(shown, cases), (goal, [case])]
    raise stuck


def _at_all_layers(goal: LayerGoal) -> Iterator[tuple[LayerGoal, Index]]:
    """Run through goals at all layers, each with the layer at which it is the goal."""
    if goal.first is not None:
        yield goal, HERE
        return
    first, last = ("", 1), ("L", 0)
    for end in [index for index in (first, last) if index in {*indices_in(goal.terms)}]:
        terms = terms_at(goal.terms, partial(_bound_where, end))
        yield goal._replace(terms=terms, first=first, last=last), end


def _bound_where(end: Index, index: Index) -> Index:
    """Return the layer ``k`` in the place of an end; any other index is left as it is."""
    return BOUND_INDEX if index == end else index


def _sum_of_squares(theory: Theory, goal: LayerGoal, direction: Direction, prove: Prove) -> SumOfSquares:
    """Return the squares of the proofs that the number is at most 0 where it begins, and rises at no layer.

    Raises:
        StuckError: if there are no such proofs.
    """
    first, last = goal.first, goal.last
    if first is None or last is None or first == last:
        raise StuckError("a sum over the layers needs two ends")
    start, before, inner = _course(direction, first, last)
    rises = read_terms(theory, goal.terms) - read_terms(theory, moved_terms(goal.terms, BOUND_INDEX, before))
    begins = _squares(prove(goal._replace(terms=goal.at(start).terms, first=None, last=None), "alike"))
    adds = _squares(prove(LayerGoal("nonpositive", rises.data(), *inner, len(rises.terms)), "alike")) if rises else []
    return SumOfSquares(direction, first, last, begins, adds)


def _squares(cases: list[dict[str, Any]]) -> WeightedTerms:
    """Return the squares of a proof at the layer ``l``, at the layer ``k``.

    Raises:
        StuckError: if the proof distinguishes cases.
    """
    (case,) = cases
    last = case["proof"] if case["method"] == "lemmas" else case
    if last["method"] != "descent":
        raise StuckError("the squares of a proof by cases are not added up")
    return [[c, moved_terms(terms, HERE, BOUND_INDEX)] for c, terms in last["squares"]]
