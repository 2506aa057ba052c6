"""The ways to prove a claim: each turns it into identities that completion settles and the checker replays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import reduce
from operator import and_
from time import perf_counter
from typing import Any

from sympy import MatrixExpr

from tptheory.claims.theorem import Theorem, as_claim
from tptheory.claims.vocabulary import Claim, Nonincreasing, RankAtMost
from tptheory.errors import UnsupportedExpressionError, check_seconds
from tptheory.proving.certificate import identity, together
from tptheory.proving.completion import Completion, Limits, Origin, without
from tptheory.proving.squares import squares_of
from tptheory.proving.translation import Translator
from tptheory.proving.verdicts import Proved, Undecided
from tptheory.proving.words import AUXILIARY, Monomial, Polynomial, Rational, Terms, divide


class _StuckError(Exception):
    """No proof was found; says how far the search got."""

    def __init__(self, reason: str, **evidence: Any) -> None:
        super().__init__(reason)
        self.reason, self.evidence = reason, evidence


def prove(claim: Claim | Theorem, seconds: float = 10.0) -> Proved | Undecided:
    """Search for a proof of a claim, and return it only if the checker accepts its certificate.

    Args:
        claim: a claim, or a theorem.
        seconds: how long to search.

    Returns:
        `Proved` with a certificate, or `Undecided` with how far the search got.

    Raises:
        InvalidTypeError: if ``claim`` is no claim.
        InvalidValueError: if ``seconds`` is not a positive number.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory.claims.vocabulary import Equal
    >>> from tptheory.symbolic.expressions import Pinv
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> prove(Equal(A.T * A * Pinv(A), A.T)).proved
    True
    """
    title = claim.title if isinstance(claim, Theorem) else ""
    claim = as_claim(claim)
    check_seconds(seconds)
    started = perf_counter()
    title = title or claim.statement()
    parts: list[dict[str, Any]] = []
    for part in claim.conjuncts():
        try:
            parts += _first_that_works(part, title, started + seconds)
        except _StuckError as stuck:
            return Undecided(claim, stuck.reason, stuck.evidence, perf_counter() - started)
        except UnsupportedExpressionError as error:
            return Undecided(claim, f"outside the language of the prover: {error}", {}, perf_counter() - started)
    certificate = together(parts, title)
    checked = certificate.check()
    if not checked:
        raise AssertionError(f"the checker refused a certificate that the prover made: {checked.reason}")
    return Proved(claim, certificate, perf_counter() - started)


def _first_that_works(claim: Claim, title: str, deadline: float) -> list[dict[str, Any]]:
    """Try the term orders one after the other, the first for half of the time; keep the shorter proof."""
    orders = (True, False) if isinstance(claim, Nonincreasing) else (False, True)
    started = perf_counter()
    try:
        first = list(_certify(claim, title, started + (deadline - started) / 2, orders[0]))
    except _StuckError as stuck:
        try:
            return list(_certify(claim, title, deadline, orders[1]))
        except _StuckError:
            raise stuck from None
    if _length(first) <= SHORT:
        return first
    again = perf_counter() + 2 * (perf_counter() - started)
    try:
        return min(first, list(_certify(claim, title, min(again, deadline), orders[1])), key=_length)
    except _StuckError:
        return first


SHORT = 12
"""A proof with more cofactors than this is searched for in the other term order too, and the shorter one kept."""


def _length(parts: list[dict[str, Any]]) -> int:
    return sum(len(part["cofactors"]) for part in parts)


def _certify(claim: Claim, title: str, deadline: float, transposes_last: bool) -> Iterator[dict[str, Any]]:
    translator = _translator(claim, not isinstance(claim, Nonincreasing), transposes_last)
    if isinstance(claim, Nonincreasing):
        yield _descent(claim, translator, title, deadline)
        return
    if isinstance(claim, RankAtMost):
        for bound in claim.bound:
            yield _rank(claim, bound, translator, title, deadline)
        return
    for lhs, rhs in claim.equations():
        left = translator(lhs)
        right = left.scale(0) if rhs == 0 else translator(rhs)
        left, right = _without_common_scalars(left, right)
        yield _equation(left, right, translator, title, deadline)


SQUARED = 12
"""A difference with more terms than this is not squared: its square has that many terms squared."""


def _equation(
    left: Polynomial, right: Polynomial, translator: Translator, title: str, deadline: float
) -> dict[str, Any]:
    """Show ``left = right`` by membership; failing that, that ``D'D`` or ``DD'`` vanishes for the difference ``D``.

    The second way reaches what no combination of the hypotheses gives: a real matrix with ``D'D = 0`` is zero.
    """
    half = perf_counter() + (deadline - perf_counter()) / 2
    try:
        return identity(translator, [left, right.scale(-1)], _search(translator, left - right, half), title)
    except _StuckError as stuck:
        if len((left - right).terms) > SQUARED:
            raise
        for L, R in ((left, right), (left.transpose(), right.transpose())):
            square = (L - R).transpose() * (L - R)
            try:
                origin = _search(translator, square, deadline)
            except _StuckError:
                continue
            return identity(translator, [L, R.scale(-1)], origin, title, method="cancellation")
        raise stuck from None


def _translator(claim: Claim, thin: bool, transposes_last: bool) -> Translator:
    """Return a translator that knows the hypotheses of a claim."""
    translator = Translator(thin, transposes_last)
    for symbol in claim.witnesses():
        translator.witness(symbol)
    for symbol, expression, reason in claim.definitions():
        translator.define(symbol, expression, reason)
    for equation, reason in claim.assumptions():
        translator.assume(translator(equation), reason)
    return translator


def _search(translator: Translator, goal: Polynomial, deadline: float) -> Origin:
    """Return the goal as a combination of the hypotheses.

    Raises:
        _StuckError: if none is found.
    """
    return _member(_completion(translator, deadline), goal)


def _completion(translator: Translator, deadline: float) -> Completion:
    """Return a completion of the hypotheses that ends by the deadline."""
    limits = Limits(seconds=max(deadline - perf_counter(), 0.01))
    return Completion(translator.alphabet, [h.polynomial for h in translator.hypotheses], limits)


def _member(completion: Completion, goal: Polynomial) -> Origin:
    origin = completion.prove(goal)
    if origin is None:
        statistics = completion.statistics
        reason = {
            "": "the goal does not follow from the hypotheses by algebra alone",
            "time": "the time was up",
            "length": f"words grew longer than {completion.limits.length} letters",
            "elements": f"the basis grew beyond {completion.limits.elements} elements",
        }[statistics.stopped]
        raise _StuckError(
            reason,
            remainder=repr(completion.remainder),
            basis=statistics.elements,
            overlaps=statistics.overlaps,
            longest_overlap=statistics.longest,
        )
    return origin


def _without_common_scalars(*polynomials: Polynomial) -> list[Polynomial]:
    """Divide by the scalars that all terms share, such as ``-eta``: the claim follows from what is left."""
    every = [(scalars, coefficient) for p in polynomials for (scalars, _), coefficient in p.terms.items()]
    if not every:
        return list(polynomials)
    common = list(reduce(and_, (Counter(scalars) for scalars, _ in every)).elements())
    if not common:
        return list(polynomials)
    divisor = every[0][1]
    return [
        Polynomial(
            p.alphabet,
            p.rows,
            p.columns,
            {(without(scalars, common) or (), word): divide(c, divisor) for (scalars, word), c in p.terms.items()},
        )
        for p in polynomials
    ]


def _descent(claim: Nonincreasing, translator: Translator, title: str, deadline: float) -> dict[str, Any]:
    """Write minus the derivative as a sum of squares."""
    rate = translator(claim.rate_in_velocities())
    completion = _completion(translator, deadline)
    completion.prove(rate)

    def normal(p: Polynomial) -> Polynomial:
        return Polynomial(p.alphabet, p.rows, p.columns, completion.reduce(p.terms)[0])

    squares = squares_of(rate.scale(-1), normal)
    if squares is None:
        raise _StuckError("minus the derivative was not found to be a sum of squares", derivative=repr(normal(rate)))
    rest = rate
    for weight, Q in squares:
        rest = rest + (Q * Q.transpose()).trace().scale(weight)
    data = [[str(weight), Q.data()] for weight, Q in squares]
    return identity(translator, [rate], _member(completion, rest), title, method="descent", squares=data)


def _rank(claim: RankAtMost, bound: Any, translator: Translator, title: str, deadline: float) -> dict[str, Any]:
    """Write the matrix as a product that passes through the bound: a size, or a matrix."""
    (matrix,) = _without_common_scalars(translator(claim.matrix))
    middle = translator(bound)
    if middle.terms == {((), ""): 1} and isinstance(bound, MatrixExpr):
        bound = bound.rows
    if isinstance(bound, MatrixExpr):
        for through in (middle, middle.transpose()):
            for factors in _through_matrix(translator, matrix, through, deadline):
                return _rank_certificate(translator, matrix, factors, through.data(), title, deadline)
        raise _StuckError(f"no factorisation through {bound} was found", matrix=repr(matrix))
    for factors in _through_size(translator, matrix, str(bound), deadline):
        return _rank_certificate(translator, matrix, factors, str(bound), title, deadline)
    raise _StuckError(f"no factorisation through the size {bound} was found", matrix=repr(matrix))


def _rank_certificate(
    translator: Translator, matrix: Polynomial, factors: list[Polynomial], bound: Any, title: str, deadline: float
) -> dict[str, Any]:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    origin = _search(translator, matrix - product, deadline)
    data = [factor.data() for factor in factors]
    return identity(translator, [matrix], origin, title, method="rank", factors=data, bound=bound)


def _through_size(translator: Translator, A: Polynomial, size: str, deadline: float) -> Iterator[list[Polynomial]]:
    """Find ``A = L R`` with ``size`` between the factors."""
    identity_of = Polynomial.identity
    if size == A.rows:
        yield [identity_of(translator.alphabet, size), A]
    if size == A.columns:
        yield [A, identity_of(translator.alphabet, size)]
    shapes = translator.alphabet.shapes
    for candidate in _forms(translator, A, deadline):
        places = {m: [i for i in range(1, len(m[1])) if shapes[m[1][i]][0] == size] for m in candidate.terms}  # type: ignore[index]
        for cut in _cuts(places):
            split = {m: ((m[0], m[1][: cut[m]]), m[1][cut[m] :]) for m in cut}
            if factors := _rank_one(candidate, split, size, size):
                yield factors


def _through_matrix(
    translator: Translator, A: Polynomial, F: Polynomial, deadline: float
) -> Iterator[list[Polynomial]]:
    """Find ``A = L F R``: name ``F`` by a letter, rewrite ``A`` with it, and cut there."""
    alphabet = translator.alphabet
    letter = alphabet.matrix(f"[{F!r}]", F.rows, F.columns, level=AUXILIARY)
    definition = F - Polynomial.word(alphabet, letter)
    named = Completion(alphabet, [definition, definition.transpose()])
    for candidate in _forms(translator, A, deadline):
        terms, _ = named.reduce(candidate.terms)
        rewritten = Polynomial(alphabet, A.rows, A.columns, terms)
        places = {m: [i for i, a in enumerate(m[1]) if a == letter] for m in terms}
        for cut in _cuts(places):
            split = {m: ((m[0], m[1][: cut[m]]), m[1][cut[m] + 1 :]) for m in cut}
            if factors := _rank_one(rewritten, split, F.rows, F.columns):
                yield [factors[0], F, factors[1]]


def _forms(translator: Translator, A: Polynomial, deadline: float) -> Iterator[Polynomial]:
    """Return the polynomial as it is, then as the hypotheses rewrite it."""
    yield A
    if translator.hypotheses:
        terms, _ = _completion(translator, deadline).reduce(A.terms)
        yield Polynomial(translator.alphabet, A.rows, A.columns, terms)


def _cuts(places: dict[Monomial, list[int]]) -> Iterator[dict[Monomial, int]]:
    """Choose one place in every word: the k-th from the left in all, or the k-th from the right in all."""
    most = min(map(len, places.values()), default=0)
    for k in range(most):
        yield {m: at[k] for m, at in places.items()}
        yield {m: at[-1 - k] for m, at in places.items()}


def _rank_one(A: Polynomial, split: dict[Monomial, tuple[Monomial, str]], rows: str, columns: str) -> list[Polynomial]:
    """Write the sum of ``c * left * right`` as (sum of lefts) times (sum of rights), if its coefficients allow it."""
    table: dict[Monomial, dict[str, Rational]] = {}
    for m, (left, right) in split.items():
        table.setdefault(left, {})[right] = A.terms[m]
    first = next(iter(table.values()))
    pivot = next(iter(first))
    lefts: Terms = {}
    for left, row in table.items():
        if row.keys() != first.keys():
            return []
        ratio = divide(row[pivot], first[pivot])
        if any(row[r] != ratio * first[r] for r in row):
            return []
        lefts[left] = ratio
    rights: Terms = {((), right): c for right, c in first.items()}
    return [
        Polynomial(A.alphabet, A.rows, rows, lefts),
        Polynomial(A.alphabet, columns, A.columns, rights),
    ]
