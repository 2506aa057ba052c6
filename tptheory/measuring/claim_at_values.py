"""A claim on given matrices: whether the hypotheses are met, whether the conclusion is true, by how much it fails.

Rational values are judged exactly. Floats are judged up to a tolerance, and so are rational values of a claim that
holds logarithms, exponentials or roots, in fifty digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from numbers import Rational
from typing import Any

import numpy as np
from sympy import Integer

from tptheory.checking import positive_or_zero
from tptheory.claims.claim import Claim
from tptheory.claims.ranges import at_numbers, depth_symbols
from tptheory.claims.tacit import AtLeastOne, ConstantRank, words
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedExpressionError, complain
from tptheory.keywords import known_keywords
from tptheory.measuring.defects import Defect, RoundedDefects, exact_defect, worst
from tptheory.measuring.given_values import GivenValues
from tptheory.measuring.goal_values import AsTyped, rank_of
from tptheory.measuring.premises import Instance
from tptheory.numeric.arithmetic_names import arithmetic_named
from tptheory.numeric.evaluation import evaluate
from tptheory.typesetting.claims import sentence_tex, words_html, words_tex
from tptheory.typesetting.spelling import text_of
from tptheory.typesetting.tables import Sentence, ShownAsTable, Table

TOLERANCES = {"exact": 0.0, "float": 1e-6, "mp50": 1e-25}
"""By arithmetic, up to which size a defect counts as 0, relative to the largest term that was added up."""


@dataclass(frozen=True)
class PartAtValues:
    """One conjunct of a claim, at one depth and one index of its range, on given matrices.

    Attributes:
        claim: what is claimed there.
        hypotheses: each hypothesis in words, and whether it is met. What the claim takes for granted stands among them.
        conclusion: whether the conclusion is true; None where it has no value, because a hypothesis is not met.
        defect: by how much it fails, 0 if it is exactly true; None where it has no value.
    """

    claim: Claim
    hypotheses: tuple[tuple[str, bool], ...]
    conclusion: bool | None
    defect: Any

    @property
    def hypotheses_met(self) -> bool:
        """Whether every hypothesis is met."""
        return all(met for _, met in self.hypotheses)

    @property
    def holds(self) -> bool:
        """Whether the conclusion is true, or a hypothesis is not met, so that nothing is claimed."""
        return bool(self.conclusion) or not self.hypotheses_met


@dataclass(frozen=True, repr=False)
class ClaimAtValues(ShownAsTable):
    """What a claim comes to on given matrices.

    Attributes:
        claim: the claim.
        parts: its conjuncts, each at every index of its range; none if it speaks of an empty range.
        arithmetic: ``"exact"``, ``"float"``, or ``"mp50"`` where rational values make irrational numbers.
        tolerance: up to which relative size a defect counts as 0; 0 where all is exact.
    """

    claim: Claim
    parts: tuple[PartAtValues, ...]
    arithmetic: str
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether each part holds: its conclusion is true, or its hypotheses are not met."""
        return all(part.holds for part in self.parts)

    @property
    def hypotheses_met(self) -> bool:
        """Whether all hypotheses of all parts are met; if not, a part that holds may claim nothing here."""
        return all(part.hypotheses_met for part in self.parts)

    @property
    def conclusion(self) -> bool:
        """Whether every conclusion is true, whatever the hypotheses."""
        return all(part.conclusion is True for part in self.parts)

    @property
    def defect(self) -> Any:
        """The largest defect of a part: the largest entry of what should vanish, or the excess of a rank.

        Of a number that should not be negative, it is how far below 0 it is; of a matrix that should be positive
        semidefinite, its asymmetry, or how far its least eigenvalue is below 0.
        """
        return max((part.defect for part in self.parts if part.defect is not None), default=0)

    def __bool__(self) -> bool:
        """Return whether the claim holds, so that ``assert holds(claim, values)`` says what it seems to say."""
        return self.holds

    def __repr__(self) -> str:
        """Show the answers."""
        return (
            f"ClaimAtValues(holds={self.holds}, hypotheses_met={self.hypotheses_met}, conclusion={self.conclusion}, "
            f"defect={_short(self.defect)}, arithmetic={self.arithmetic!r}, tolerance={self.tolerance:g})"
        )

    def table(self) -> Table:
        """Return a row for each hypothesis and conclusion."""
        rows: list[tuple[Any, ...]] = []
        for part in self.parts:
            rows += [("hypothesis", said, met, None) for said, met in part.hypotheses]
            rows.append(("conclusion", _sentence(part.claim), part.conclusion, _short(part.defect)))
        how = "exactly" if self.arithmetic == "exact" else f"{self.arithmetic}, tolerance {self.tolerance:g}"
        caption = f"The claim {self._answer()} ({how})"
        return Table(caption, rows, ("", "", "true", "defect"))

    def latex(self) -> str:
        """Return the statement and the answer in LaTeX text mode."""
        return rf"{sentence_tex(self.claim)} \emph{{({self._answer()})}}"

    def _answer(self) -> str:
        """Say whether the claim holds, and if it does whether its hypotheses are met."""
        if not self.holds:
            return "does not hold on these matrices"
        return "holds on these matrices" + ("" if self.hypotheses_met else ", which do not meet all of its hypotheses")


def _sentence(claim: Claim) -> Sentence:
    """Return a conclusion as a cell of a table."""
    return Sentence(claim.conclusion(text_of), words_html(claim.conclusion), words_tex(claim.conclusion))


LARGEST_SHOWN = 10**6
"""Fractions of smaller numbers are shown as they are."""


def _short(defect: Any) -> Any:
    """Return a defect as it is shown: fractions as they are, unless they are long."""
    if defect is None:
        return None
    if not isinstance(defect, Rational):
        return f"{float(defect):.3g}"
    numerator, denominator = int(defect.numerator), int(defect.denominator)
    if max(abs(numerator), denominator) < LARGEST_SHOWN:
        return defect
    return f"{Decimal(numerator) / Decimal(denominator):.3g}"  # it may be too large for a float


@known_keywords
def holds(
    claim: Claim | Theorem,
    values: Mapping[Any, Any],
    *,
    depth: int | Mapping[Any, int] | None = None,
    tolerance: float | None = None,
) -> ClaimAtValues:
    """Evaluate a claim on given matrices: whether it holds, whether its hypotheses are met, and by how much it fails.

    Integers, fractions, and SymPy's and integer matrices are evaluated exactly; in 50 digits where they make irrational
    numbers, such as logarithms. If anything is a float, all is evaluated in float64; in float32 if a matrix is given
    so, since what rounding left of it would else count as entries beside a float64 matrix. In these ways what is below
    the tolerance counts as 0. Along a flow, symbols move with the rule's own velocities. Nothing is proved by this.

    Args:
        claim: a claim, or a theorem.
        values: by symbol or name, a matrix for each matrix symbol and a number for each other symbol. Sizes are read
            off the matrices. Symbols that the claim does not speak of are ignored.
        depth: of a claim about any depth, the depth; or a mapping, if several such symbols are free in it.
        tolerance: up to which relative size a defect counts as 0; 1e-6 in floats unless given, and 1e-25 where rational
            values make irrational numbers. A defect of an equation is taken relative to the largest term that was added
            up, or to 1 where that is larger, and along a flow to the largest slope; of a matrix that should be
            semidefinite relative to its largest entry, or to 1; of a number that should not be negative, and of a rank,
            it is taken as it is.

    Raises:
        InvalidTypeError: if a value is no number or matrix, or ``claim`` no claim.
        InvalidValueError: if a symbol has no value, or one that it does not admit; or if the depth is missing.
        ShapeError: if a matrix does not fit its symbol, or the others.
        UnknownNameError: if a name is given that the claim does not speak of.
        UnsupportedExpressionError: if the claim speaks of no matrices, as a count of laws does.

    >>> from sympy import Matrix
    >>> from tptheory import DeepLinearNetwork, Equal, Pinv, full_row_rank, matmul
    >>> W = DeepLinearNetwork(depth=1).weight(1)
    >>> claim = Equal(matmul(W, Pinv(W)), 2 * matmul(W, Pinv(W), W, Pinv(W)), given=[full_row_rank(W)])
    >>> found = holds(claim, {W: Matrix([[1, 2]])})
    >>> found.holds, found.hypotheses_met, found.conclusion, found.defect
    (False, True, False, Fraction(1, 1))
    >>> holds(claim, {"W_1": [[0, 0]]}).hypotheses_met
    False
    """
    claim = as_claim(claim)
    if not isinstance(values, Mapping):
        raise InvalidTypeError(complain("values", "a mapping from symbols or names to matrices", values))
    parts = list(parts_at(claim, depth))
    if not parts:
        return ClaimAtValues(claim, (), "exact", 0.0)
    given = GivenValues(parts, values)
    if given.is_rational:
        try:
            return ClaimAtValues(claim, _judged(parts, _Exact(given)), "exact", 0.0)
        except UnsupportedExpressionError:  # irrational: in many digits, then
            pass
    arithmetic = "mp50" if given.is_rational else "float"
    accepted = TOLERANCES[arithmetic] if tolerance is None else positive_or_zero("tolerance", tolerance)
    return ClaimAtValues(claim, _judged(parts, _Rounded(given, arithmetic, accepted)), arithmetic, accepted)


def parts_at(claim: Claim, depth: Any = None) -> Iterator[Claim]:
    """Run through what a claim says at the given depth: its conjuncts, at every index of their ranges.

    Raises:
        InvalidValueError: if a depth is missing, or one is given that there is no symbol for.
        UnsupportedExpressionError: if the claim speaks of no matrices, as a count of laws does.
    """
    numbers = _depths(claim, depth)
    for conjunct in claim.conjuncts():
        yield from (part for part, _ in at_numbers(conjunct, numbers))


def _depths(claim: Claim, depth: Any) -> dict[Any, int]:
    """Return the number of each symbol that stands for a depth, or for a layer that nothing binds."""
    free = sorted(depth_symbols(claim), key=str)
    if isinstance(depth, int) and len(free) == 1:
        depth = {free[0]: depth}
    by_name = _numbers_by_name(depth)
    if sorted(by_name) != list(map(str, free)) or not all(map(_is_positive_integer, by_name.values())):
        raise _wrong_depth([str(symbol) for symbol in free], depth)
    return {symbol: by_name[str(symbol)] for symbol in free}


def _numbers_by_name(depth: Any) -> dict[str, Any]:
    """Return the numbers that are given for symbols, by name; one that is given for none has an empty name."""
    if isinstance(depth, Mapping):
        return {str(key): number for key, number in depth.items()}
    return {} if depth is None else {"": depth}


def _is_positive_integer(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool) and n > 0


def _wrong_depth(names: list[str], depth: Any) -> InvalidValueError:
    """Return the error for a depth that is given for other symbols than those of a claim, or is no positive integer."""
    if not names:
        return InvalidValueError(complain("depth", "left out, for the claim has no depth", depth))
    mend = f"Try depth={{{', '.join(f'{name!r}: 2' for name in names)}}}."
    return InvalidValueError(complain("depth", f"positive integers for {', '.join(names)}", depth, mend))


class _Exact:
    """Judge goals exactly."""

    def __init__(self, given: GivenValues) -> None:
        self.values = given.read(arithmetic_named("exact"))
        self.value = AsTyped().at(self.values)

    def defect(self, goals: Iterable[Any]) -> tuple[Any, bool]:
        """Return the largest defect of goals, and whether all of them hold."""
        found = max((exact_defect(goal, self.value, self.values) for goal in goals), default=0)
        return found, found == 0

    def rank(self, A: Any) -> int:
        """Return the rank of an expression."""
        return rank_of(self.value(A))


class _OverflowError(InvalidValueError):
    """Raised where rounded arithmetic has no answer."""


class _Rounded:
    """Judge goals in rounded arithmetic, up to a tolerance."""

    def __init__(self, given: GivenValues, arithmetic: str, tolerance: float) -> None:
        self.kind, self.arithmetic, self.tolerance = arithmetic_named(arithmetic), arithmetic, tolerance
        self.values = _in_one_precision(given.read(self.kind))
        self.defects = RoundedDefects(self.values, arithmetic)

    def defect(self, goals: Iterable[Any]) -> tuple[Any, bool]:
        """Return the defect that is largest relative to its scale, and whether it is within the tolerance.

        Raises:
            _OverflowError: if something overflows, so that there is no answer.
        """
        with self._within_range():
            found: Defect = worst(map(self.defects.of, goals))
            return found.size, found.relative <= self.tolerance

    @contextmanager
    def _within_range(self) -> Iterator[None]:
        """Refuse values of which something infinite is made: neither a difference nor an order of it means anything."""
        try:
            with np.errstate(over="raise", invalid="raise", divide="ignore", under="ignore"):
                yield
        except (FloatingPointError, OverflowError) as error:
            mend = "Give smaller numbers, or integers and fractions, which are evaluated exactly."
            expected = f"such that what is made of them does not overflow in {self.arithmetic}"
            raise _OverflowError(complain("values", expected, str(error), mend)) from error

    def rank(self, A: Any) -> int:
        """Return the rank of an expression, as the arithmetic decides it."""
        with self._within_range():
            return int(self.kind.inverted(evaluate(A, self.values, arithmetic=self.arithmetic))[1])


def _in_one_precision(values: Instance) -> Instance:
    """Return values whose arrays are all of the lowest precision among them."""
    if not any(isinstance(value, np.ndarray) and value.dtype == np.float32 for value in values.values()):
        return values
    with np.errstate(over="ignore"):  # what overflows becomes infinite, and is refused as such
        rounded = {s: v.astype(np.float32) if isinstance(v, np.ndarray) else v for s, v in values.items()}
    for symbol, value in rounded.items():
        if isinstance(value, np.ndarray) and not np.isfinite(value).all():
            raise InvalidValueError(complain(str(symbol), "within float32, as another matrix is", values[symbol]))
    return rounded


def _judged(parts: Iterable[Claim], judge: _Exact | _Rounded) -> tuple[PartAtValues, ...]:
    return tuple(_judged_part(part, judge) for part in parts)


def _judged_part(part: Claim, judge: _Exact | _Rounded) -> PartAtValues:
    """Judge the hypotheses of a part, what it takes for granted, and its conclusion.

    Raises:
        InvalidValueError: if the hypotheses are met, and the conclusion has no value nevertheless.
    """
    told = zip(part.said_given(text_of), part.given, strict=True)
    hypotheses = [(said, _is_met(h, judge)) for said, h in told]
    for each in part.tacit():
        (said,) = words([each], text_of, part.symbols())
        if isinstance(each, ConstantRank):
            hypotheses.append((said, _has_full_rank(each.subject, judge)))
        else:  # the sizes of matrices that were given are at least 1
            hypotheses.append((said, isinstance(each, AtLeastOne) or _is_met(each.as_hypothesis(), judge)))
    conclusion: bool | None
    try:
        defect, conclusion = judge.defect(part.goals())
    except (InvalidValueError, ShapeError):
        if all(met for _, met in hypotheses):
            raise
        defect, conclusion = None, None
    return PartAtValues(part, tuple(hypotheses), conclusion, defect)


def _is_met(hypothesis: Any, judge: _Exact | _Rounded) -> bool:
    """Whether a hypothesis is met; it is not where it inverts a singular matrix."""
    try:
        return judge.defect(hypothesis.goals())[1]
    except _OverflowError:
        raise
    except (InvalidValueError, ShapeError):
        return False


def _has_full_rank(A: Any, judge: _Exact | _Rounded) -> bool:
    """Whether the rank of a matrix is the largest that its sizes admit, so that it stays for a while."""
    sizes = {n: Integer(k) for n, k in judge.values.items() if isinstance(k, int)}
    return judge.rank(A) == min(int(size.xreplace(sizes)) for size in A.shape)
