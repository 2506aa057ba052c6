"""Hypothesis strategies for property tests about networks and matrices with a property.

Every strategy draws small exact matrices that have the property by construction, so that examples shrink to something
that a person can read; the constructions are those of the refuter and of cross-checks. It gives NumPy arrays of
float64, or python-flint's `fmpq_mat` with ``exact=True``. Needs the ``[test]`` extra.

>>> from hypothesis import given
>>> @given(full_row_rank(2, 3))
... def right_inverse(W):
...     assert np.allclose(W @ np.linalg.pinv(W), np.eye(2))
>>> right_inverse()
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from flint import fmpq_mat

from tptheory.checking import checked_integer
from tptheory.claims.claim import Claim
from tptheory.claims.ranges import at_small_depths, is_layered
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.errors import InvalidValueError, MissingLibraryError, complain
from tptheory.measuring import random_matrices
from tptheory.measuring.claim_at_values import parts_at
from tptheory.measuring.instances import Instances, as_floats, to_float
from tptheory.measuring.premises import Instance
from tptheory.measuring.random_matrices import Builder
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.typesetting.spelling import text_of

try:
    from hypothesis import assume
    from hypothesis import strategies as st
    from hypothesis.strategies import DrawFn, SearchStrategy
except ImportError as error:
    raise MissingLibraryError("tptheory.strategies needs Hypothesis: python -m pip install hypothesis.") from error

__all__ = [
    "full_column_rank",
    "full_row_rank",
    "instances",
    "invertible_matrices",
    "matrices",
    "networks",
    "orthogonal_matrices",
    "partial_isometries",
    "projections",
    "rank_at_most",
    "symmetric_matrices",
]

LARGEST_SIZE = 4
"""The largest size that is drawn where none is given."""

Size = int | SearchStrategy[int] | None


class _Drawn:
    """The integers that the constructions ask for, drawn and shrunk by Hypothesis."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw

    def integers(self, low: int, high: int, size: int | None = None) -> Any:
        numbers = st.integers(low, high - 1)
        return self.draw(numbers if size is None else st.lists(numbers, min_size=size, max_size=size))


def matrices(rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw matrices of small integers.

    Args:
        rows: a number, a strategy for one, or None for 1 to 4; ``columns`` likewise.
        columns: see ``rows``.
        exact: whether to give `fmpq_mat` instead of float64 arrays.
    """
    return _shaped(random_matrices.entries, rows, columns, exact)


def full_row_rank(rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw matrices with independent rows; where a size is not given there are at most as many rows as columns.

    Raises:
        InvalidValueError: when drawn, if there are more rows than columns.
    """
    return _full_rank(("rows", rows), ("columns", columns), exact)


def full_column_rank(rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw matrices with independent columns: transposes of `full_row_rank`.

    Raises:
        InvalidValueError: when drawn, if there are more columns than rows.
    """
    turned = _full_rank(("columns", columns), ("rows", rows), exact)
    return turned.map(lambda A: A.transpose())


def _full_rank(few: tuple[str, Size], many: tuple[str, Size], exact: bool) -> SearchStrategy[Any]:
    """Draw matrices with independent rows, given the names and values of the arguments that give their two sizes."""

    @st.composite
    def build(draw: DrawFn) -> Any:
        m = draw(_size(*few))
        n = draw(st.integers(m, max(m, LARGEST_SIZE)) if many[1] is None else _size(*many))
        if m > n:
            raise InvalidValueError(complain(few[0], f"at most {many[0]} = {n} for that rank", m))
        return _given(random_matrices.full_rank(_Drawn(draw), m, n, random_matrices.entries), exact)

    return build()


def rank_at_most(rank: int, rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw products of two factors with ``rank`` between them.

    Raises:
        InvalidTypeError: if ``rank`` is no integer.
        InvalidValueError: if ``rank`` is negative.
    """
    rank = checked_integer("rank", rank, lowest=0)
    return _shaped(lambda rng, m, n: random_matrices.of_rank_at_most(rng, m, n, rank), rows, columns, exact)


def partial_isometries(rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw matrices with ``W W' W = W``: ``U [I_r 0; 0 0] V'`` with orthogonal ``U``, ``V``."""
    return _shaped(random_matrices.partial_isometry, rows, columns, exact)


def invertible_matrices(size: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw square matrices that have an inverse."""
    return _square(lambda rng, m, n: random_matrices.full_rank(rng, m, n, random_matrices.entries), size, exact)


def orthogonal_matrices(size: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw orthogonal matrices: Cayley's ``(I - S)(I + S)^-1`` of a skew ``S``, with signs."""
    return _square(random_matrices.orthogonal, size, exact)


def symmetric_matrices(size: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw symmetric matrices: ``A + A'``."""
    return _square(random_matrices.symmetric, size, exact)


def projections(size: Size = None, *, orthogonal: bool = False, exact: bool = False) -> SearchStrategy[Any]:
    """Draw matrices with ``P P = P``, which are oblique in general; symmetric ones with ``orthogonal=True``.

    >>> from hypothesis import given
    >>> @given(projections(3, orthogonal=True, exact=True))
    ... def own_pseudo_inverse(P):
    ...     assert P * P == P == P.transpose()
    >>> own_pseudo_inverse()
    """
    build = random_matrices.orthogonal_projection if orthogonal else random_matrices.projection
    return _square(build, size, exact)


def instances(
    claim: Claim | Theorem, *, depth: int | None = None, largest: int = 3, exact: bool = False
) -> SearchStrategy[dict[Any, Any]]:
    """Draw instances of any claim: numbers for every symbol of it that meet its hypotheses exactly.

    What is drawn can be given to `tptheory.evaluate` and to `tptheory.holds`; symbolic sizes are in it too. Of a claim
    that is made of several, each with hypotheses of its own, an instance meets those of one of them.

    A claim about any depth is true or false at one depth, which `tptheory.holds` has to be told, and which an instance
    does not say: draw the depth first, and give it to both, as in the second example.

    Args:
        claim: a claim, or a theorem.
        depth: of a claim about any depth, the depth; without it the instances are of depth 1, 2 and 3, and are good
            for `tptheory.evaluate` alone.
        largest: the largest size drawn for a symbolic width.
        exact: whether to give exact rationals, for ``arithmetic="exact"``, instead of float64.

    >>> from hypothesis import given
    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Pinv, evaluate, partial_isometry
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> @given(instances(Equal(Pinv(A), A.T, given=[partial_isometry(A)]), exact=True))
    ... def they_agree(values):
    ...     assert evaluate(Pinv(A), values, arithmetic="exact") == values[A].transpose()
    >>> they_agree()

    >>> from sympy import Symbol
    >>> from tptheory import ForAll, holds, matmul
    >>> L, l = Symbol("L", integer=True), Symbol("l", integer=True)
    >>> deep = DeepLinearNetwork(depth=L)
    >>> forward = Equal(deep.activation(l), matmul(deep.product(l, 1), deep.input))
    >>> everywhere = ForAll(forward, (l, 1, L))
    >>> @given(st.data(), st.integers(1, 4))
    ... def holds_at_any_depth(data, depth):
    ...     assert holds(everywhere, data.draw(instances(everywhere, depth=depth)), depth=depth)
    >>> holds_at_any_depth()

    Raises:
        InvalidTypeError: if ``claim`` is no claim, or ``largest`` no integer.
        InvalidValueError: if ``largest`` or ``depth`` is not a positive integer; when drawn, if the hypotheses
            contradict each other, or nothing is found that meets them.
        UnsupportedExpressionError: if the claim speaks of no matrices, as a count of laws does.
    """
    checked_integer("largest", largest)
    claim = as_claim(claim)
    alike = depth is not None or not is_layered(claim)
    parts = list(parts_at(claim, depth) if alike else at_small_depths(claim))
    sources = [Instances(part) for part in parts]

    @cache
    def check() -> None:
        _check_met(parts, sources, largest)

    @st.composite
    def build(draw: DrawFn) -> dict[Any, Any]:
        check()
        rng = _Drawn(draw)
        source = sources[rng.integers(0, len(sources))]
        values = source.draw(rng, largest=largest, plain=bool(rng.integers(0, 2)), tries=TRIES)
        whole_claim = values if values is None or not alike else _completed(rng, values, sources, largest)
        assume(whole_claim is not None)
        return dict(whole_claim if exact else as_floats(whole_claim)) if whole_claim is not None else {}

    return build()


def _check_met(parts: Sequence[Claim], sources: Sequence[Instances], largest: int) -> None:
    """Refuse a claim if no attempt finds an instance that meets its hypotheses; say so if they contradict each other.

    Raises:
        InvalidValueError: if there is no instance of any part.
    """
    from tptheory.deciding.contradiction import unless_absurd  # the prover is needed for what cannot be met alone
    from tptheory.deciding.verdicts import Cause, Undecided

    rng = np.random.default_rng(0)
    drawn = (source.draw(rng, largest=largest, plain=plain) for source in sources for plain in (True, False))
    if any(values is not None for values in drawn):
        return
    absurd = all(unless_absurd(Undecided(part, ""), SECONDS).cause is Cause.CONTRADICTION for part in parts)
    why = "it is proved that they contradict each other" if absurd else "none was found in many attempts"
    given = "; ".join(h.conclusion(text_of) for part in parts[:1] for h in part.given)
    mend = "Leave one of them out." if absurd else "Give simpler hypotheses, or a larger 'largest'."
    expected = "one whose hypotheses are met by some matrices"
    raise InvalidValueError(complain("claim", expected, f"{given}, and {why}", mend))


def _completed(rng: _Drawn, values: Instance, sources: Iterable[Instances], largest: int) -> Instance | None:
    """Return an instance with numbers for the symbols of the other parts of a claim; None if a number has none."""
    found = dict(values)
    for source in sources:
        for n in source.sizes:
            admitted = source.admitted(n, largest)
            found.setdefault(n, admitted[rng.integers(0, len(admitted))])
        sizes = {n: found[n] for n in source.sizes}
        for A in source.matrices:
            if A not in found:
                found[A] = random_matrices.entries(rng, *source.shape(A, sizes))
        for s in source.scalars:
            if s not in found:
                found[s] = source.number(rng, s)
    return None if any(value is None for value in found.values()) else found


SECONDS = 1.0
"""For how long it is tried to prove that hypotheses contradict each other, where nothing meets them."""
TRIES = 10
"""How many attempts `instances` makes within one example before Hypothesis is told that it has none."""


@st.composite
def networks(
    draw: DrawFn,
    depth: Size = None,
    *,
    largest: int = LARGEST_SIZE,
    batches: bool = True,
    biases: bool | None = None,
    loss: str = "squared",
) -> DeepLinearNetwork:
    """Draw networks of fixed widths.

    Args:
        draw: given by Hypothesis.
        depth: a number, a strategy for one, or None for 1 to 4.
        largest: the largest width and batch.
        batches: whether batches are drawn beside single samples.
        biases: whether the networks have biases; None for either.
        loss: as for `DeepLinearNetwork`.
    """
    L = draw(_size("depth", depth))
    widths = draw(st.lists(st.integers(1, largest), min_size=L + 1, max_size=L + 1))
    batch = draw(st.none() | st.integers(1, largest)) if batches else None
    return DeepLinearNetwork(
        widths=widths, batch=batch, biases=draw(st.booleans()) if biases is None else biases, loss=loss
    )


def _size(argument: str, size: Size) -> SearchStrategy[int]:
    """Return the strategy for a size that an argument gives.

    Raises:
        InvalidValueError: if it is neither a positive integer nor a strategy.
    """
    if size is None:
        return st.integers(1, LARGEST_SIZE)
    if isinstance(size, SearchStrategy):
        return size
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise InvalidValueError(complain(argument, "a positive integer or a strategy for one", size))
    return st.just(size)


def _shaped(build: Builder, rows: Size, columns: Size, exact: bool) -> SearchStrategy[Any]:
    heights, widths = _size("rows", rows), _size("columns", columns)

    @st.composite
    def matrix(draw: DrawFn) -> Any:
        return _given(build(_Drawn(draw), draw(heights), draw(widths)), exact)

    return matrix()


def _square(build: Builder, size: Size, exact: bool) -> SearchStrategy[Any]:
    sizes = _size("size", size)

    @st.composite
    def matrix(draw: DrawFn) -> Any:
        n = draw(sizes)
        return _given(build(_Drawn(draw), n, n), exact)

    return matrix()


def _given(A: fmpq_mat, exact: bool) -> fmpq_mat | np.ndarray:
    return A if exact else to_float(A)
