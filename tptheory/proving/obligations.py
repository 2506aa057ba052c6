"""What must be proved for a claim, in polynomials: one obligation for each equation, bound or sign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from sympy import Determinant, MatPow, MatrixExpr, MatrixSymbol, S, postorder_traversal, sympify

from tptheory.claims import goals
from tptheory.claims.claim import Claim
from tptheory.claims.compound import AnyOf
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.motions import motion_text
from tptheory.claims.tacit import existence_premises
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.alternatives import assume_fails, has_signs, one_equation
from tptheory.proving.cancellation import unit_factors
from tptheory.proving.cauchy_schwarz import completed_squares
from tptheory.proving.differences import differences
from tptheory.proving.equations import descent, either, equal
from tptheory.proving.idempotent_sums import with_idempotent_sums
from tptheory.proving.kept_ranks import with_kept_ranks
from tptheory.proving.letters import Letter, Size
from tptheory.proving.norm_products import norms_of_products
from tptheory.proving.rank_additivity import with_additive_ranks
from tptheory.proving.rank_sums import rank_descent, rank_equation, rank_vanishing
from tptheory.proving.ranks import blocks, rank_at_most
from tptheory.proving.residual_squares import equal_by_residual
from tptheory.proving.root_comparison import descent_by_roots, squares_below_roots
from tptheory.proving.searching import Attempt, Proof, common_scalars, divided
from tptheory.proving.square_roots import (
    assume_positive_integers,
    assume_principal_roots,
    assume_roots,
    equation_of_root,
)
from tptheory.proving.translating import refuse_nonreal
from tptheory.proving.translation import Reason, Translator, Velocity
from tptheory.proving.words import Polynomial
from tptheory.symbolic.differentiation import differential
from tptheory.symbolic.rank import Rank


class Obligation(NamedTuple):
    """One thing to prove: that two sides are equal, that a rank has a bound, or that a number is not above 0.

    ``right`` is the other side or the bound of the rank (a size or a matrix), and None for a number.
    """

    left: Polynomial
    right: Polynomial | Size | None = None
    bounded: bool = False

    def attempt(self, setting: SearchSetting) -> Attempt:
        """Return the attempt that proves this kind of obligation in a setting."""
        if setting.of_ranks and not self.bounded and not isinstance(self.right, int | Letter):
            return _by_ranks(self.left, self.right)
        if self.right is None:
            return partial(_descent, self.left)
        if self.bounded or not isinstance(self.right, Polynomial):
            return partial(rank_at_most, self.left, self.right)
        return either(partial(equal, self.left, self.right), partial(equal_by_residual, self.left, self.right))


def _descent(number: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show that a number is at most 0, if everything that was translated is real."""
    refuse_nonreal(translator.maybe_nonreal)
    return either(partial(descent, number), partial(descent_by_roots, number))(translator, deadline)


def _by_ranks(left: Polynomial, right: Polynomial | None) -> Attempt:
    """Show that sums of ranks compare, or that a matrix vanishes, by relations between ranks."""
    if right is None:
        return partial(rank_descent, left)
    if left.is_scalar:
        return partial(rank_equation, left, right)
    plain = partial(equal, left, right)
    with_lemmas = [partial(each, plain) for each in (with_additive_ranks, with_kept_ranks, with_idempotent_sums)]
    return either(partial(rank_vanishing, left, right), *with_lemmas)


def obligations(claim: Claim, translator: Translator, setting: SearchSetting) -> Iterator[Obligation]:
    """Return what must be proved, one thing after the other.

    Args:
        claim: the claim.
        translator: the translator that knows the hypotheses.
        setting: how to put the claim to the search.

    Raises:
        UnsupportedExpressionError: for alternatives that exist only there, or whose failure cannot be said.
    """
    for goal in goals.ranks_in_numbers(claim.goals()) if setting.ranks_in_numbers else claim.goals():
        yield from _of_goal(goal, claim, translator, setting.alternative)


def _of_goal(goal: goals.Goal, claim: Claim, translator: Translator, alternative: int) -> Iterator[Obligation]:
    """Return what must be proved for one goal of a claim."""
    if isinstance(goal, goals.NonNegative):
        yield from _of_sign(goal, translator)
    elif isinstance(goal, goals.RankAtMost):
        matrix = translator(goal.expression)
        for bound in goal.bounds:
            yield Obligation(matrix, _bound(bound, translator), bounded=True)
    elif isinstance(goal, goals.Vanishes):
        yield Obligation(*_sides(goal, translator))
    else:
        yield from _of_several(goal, claim, translator, alternative)


def _of_several(several: goals.OneOf, claim: Claim, translator: Translator, alternative: int) -> Iterator[Obligation]:
    """Return what must be proved for one of several: a product of equations, or one of them where the others fail."""
    _refuse_uncertain(several, claim)
    if not has_signs(several):
        product = translator(one_equation(several))
        refuse_nonreal(translator.maybe_nonreal)
        yield Obligation(product, translator(0))
        return
    chosen = several.alternatives[alternative]
    for other in several.alternatives:
        if other is not chosen:
            assume_fails(other, translator)
    refuse_nonreal(translator.maybe_nonreal)
    for goal in chosen:
        yield from _of_goal(goal, claim, translator, alternative)


def _of_sign(goal: goals.NonNegative, translator: Translator) -> Iterator[Obligation]:
    """Return what must be proved of an expression that is not below 0: a matrix is symmetric, and ``z'Az >= 0``."""
    expression = _translated(goal.expression, translator)
    if not expression.is_scalar:
        yield Obligation(expression, expression.transpose())
    number = quadratic_form(expression, translator)
    assume_roots(translator)
    assume_positive_integers(translator, number)
    yield Obligation(number.scale(-1))


def _refuse_uncertain(several: goals.OneOf, claim: Claim) -> None:
    """Refuse alternatives that invert what the claim does not invert outside of them.

    Raises:
        UnsupportedExpressionError: if there is such an alternative.
    """
    certain = {each for e in claim.certain() for each in existence_premises(e)}
    if not {each for term in several.terms() for each in existence_premises(goals.symbolic(term))} <= certain:
        raise UnsupportedExpressionError("what an alternative inverts exists there only")


def quadratic_form(A: Polynomial, translator: Translator) -> Polynomial:
    """Return ``z' A z`` as a trace, for a column ``z`` that may be any; of what has one row, the number itself."""
    if A.is_scalar:
        return A.trace()
    z = translator.direction(A)
    return (z.transpose() * A * z).trace()


def _sides(goal: goals.Vanishes, translator: Translator) -> tuple[Polynomial, Polynomial]:
    """Translate both sides of an equation; a 0 stands for a matrix of zeros where the other side is a matrix."""
    if goal.left == 0 and goal.right != 0:
        right = _translated(goal.right, translator)
        return right.scale(0), right
    left = _translated(goal.left, translator)
    return left, left.scale(0) if goal.right == 0 else _translated(goal.right, translator)


def _bound(bound: Any, translator: Translator) -> Polynomial | Size:
    """Translate the bound of a rank; the rank of an identity is its size."""
    if not isinstance(bound, MatrixExpr):
        return translator.size(bound)
    through = translator(bound)
    return through.rows if through.terms == {((), ""): 1} else through


def _translated(term: Any, translator: Translator) -> Polynomial:
    """Translate a term; in a rate for a network of fixed depth, the velocities become letters of their own."""
    if not isinstance(term, goals.Rate) or term.flow.net.any_depth:
        return translator(goals.symbolic(term))
    velocities = {W: Velocity(W) for W in goals.moving_symbols(term.quantity, term.flow)}
    for W, velocity in velocities.items():
        translator.define_velocity(velocity, term.flow[W], ("motion", motion_text(term.flow)))
    return translator(differential(term.quantity, velocities, term.invertible)).scale(term.sign)


@dataclass(frozen=True)
class SearchSetting:
    """A way to put a claim to the search.

    Attributes:
        transposes_last: which of the two term orders to use.
        cuts: whether a part of a product between two sizes 1 is a number.
        traces_as_words: whether a trace that passes through a size 1 is a product of shape 1x1.
        named: whether what is inverted becomes a letter of its own.
        eliminated: whether a symbol that a hypothesis says what it equals is replaced by that everywhere.
        inverses: whether to bring in the pseudo-inverses of all matrices.
        with_lemmas: whether to look for lemmas by cancellation.
        alternative: which of several alternatives is shown where the others fail.
        residual_letters: whether a residual ``W x - y`` gets a letter of its own, in terms of which ``y`` is written.
        completing: whether to complete the square of a trace, and to compare norms of products with those of factors.
        squares_twice: whether ``D'D`` may take the place of a difference ``D`` that is to vanish.
        of_ranks: whether sums of ranks, and matrices that are to be equal, are compared by relations between ranks;
            lemmas are not looked for.
        ranks_in_numbers: whether a bound of a rank is stated as a number that is not below 0.
    """

    transposes_last: bool = False
    cuts: bool = True
    traces_as_words: bool = False
    named: bool = False
    eliminated: bool = False
    inverses: bool = False
    with_lemmas: bool = False
    alternative: int = 0
    residual_letters: bool = False
    completing: bool = False
    squares_twice: bool = True
    of_ranks: bool = False
    ranks_in_numbers: bool = False

    @property
    def for_translation(self) -> SearchSetting:
        """The setting without what the search alone reads: two settings with the same one translate a claim alike."""
        return replace(self, with_lemmas=False, squares_twice=True, of_ranks=False)


def translated(claim: Claim, setting: SearchSetting) -> tuple[Translator, list[Obligation]]:
    """Return a translator that knows the hypotheses of a claim, and what must be proved.

    Raises:
        UnsupportedExpressionError: if the claim is outside the language of the prover.
    """
    translator = translator_of(claim, setting)
    translator.squares_twice = setting.squares_twice
    found = list(obligations(claim, translator, setting))
    if setting.completing:
        basis = translator.short_completion()
        for each in found:
            if each.right is None:
                number = basis.rewritten(each.left)
                translator.completed += completed_squares(number, translator)
                translator.completed += norms_of_products(number, translator)
                translator.completed += squares_below_roots(number, translator)
    if setting.inverses:
        _bring_in_inverses(translator, found)
    return translator, found


def _bring_in_inverses(translator: Translator, found: list[Obligation]) -> None:
    """Bring in the pseudo-inverses of all matrices, and what else inverses make of ranks and bounds."""
    for each in found:
        _bring_in_bound(each, translator)
    for h in [*translator.hypotheses]:
        for factor in unit_factors(h.polynomial):
            translator.bring_in_inverse(factor)
    translator.bring_in_inverses()


def _bring_in_bound(each: Obligation, translator: Translator) -> None:
    """Bring in the inverse of a matrix that bounds a rank, and coordinates for a product through a size."""
    if each.bounded and isinstance(each.right, Polynomial):
        translator.bring_in_inverse(each.right)
    elif isinstance(each.right, int | Letter):
        for parts in islice(blocks(divided(each.left, common_scalars(each.left)), each.right), 2):
            translator.bring_in_coordinates([left.columns for left, _ in parts], each.right)


def speaks_of_ranks(claim: Claim) -> bool:
    """Whether a rank stands as a number in a claim, or in what it assumes, or has a bound there."""
    bounds = (goal for h in claim.given if isinstance(h, Claim) for goal in h.goals())
    return any(isinstance(goal, goals.RankAtMost) for goal in bounds) or any(
        sympify(e).has(Rank) for part in (claim, *claim.given) for e in part.expressions()
    )


def translator_of(claim: Claim, setting: SearchSetting, replaced: Iterable[MatrixSymbol] = ()) -> Translator:
    """Return a translator that knows the hypotheses of a claim.

    Args:
        claim: the claim.
        setting: how to translate.
        replaced: symbols that rewriting replaces wherever a hypothesis says what they equal.
    """
    translator = Translator(
        setting.cuts, setting.transposes_last, named=setting.named, traces_as_words=setting.traces_as_words
    )
    _declare_witnesses(claim, translator)
    for inverse in _inverses_beside_determinants(claim):
        translator(inverse)
    named = differences(claim) if setting.residual_letters else {}
    for symbol in (*replaced, *(defined_symbols(claim) if setting.eliminated else ()), *named):
        translator.define(symbol)
    _assume_hypotheses(claim, translator)
    for symbol, difference in named.items():
        residual, y = translator(difference), translator(symbol)
        ((_, letter),) = y.terms
        name = translator.name(residual, ("definition", "the name of a difference"))
        translator.residuals[letter] = residual + y - name
    return translator


def _assume_hypotheses(claim: Claim, translator: Translator) -> None:
    """Assume what hypotheses say: alternatives, equations, and roots for what is not below 0."""
    for h in claim.given:
        if isinstance(h, AnyOf):
            translator.assume_one_of([_vanishing_in(c, translator) for c in h.claims])
    for h in claim.given:
        for expression, reason in assumed_of(h, translator):
            translator.assume(translator(expression), reason)
        for expression in goals.nonnegative(h.goals()):
            translator.assume(*equation_of_root(translator, translator(expression)))
    spoken = [expression for h in claim.given for expression in goals.nonnegative(h.goals())]
    assume_principal_roots(translator, map(translator, spoken))


def _inverses_beside_determinants(claim: Claim) -> Iterator[MatrixExpr]:
    """Run through the inverses in a claim that speaks of determinants, which are found from inverses."""
    spoken = [S(e) for part in (claim, *claim.given) for e in part.expressions()]
    if any(e.has(Determinant) for e in spoken):
        yield from (M for e in spoken for M in postorder_traversal(e) if isinstance(M, MatPow) and M.exp == -1)


def _vanishing_in(alternative: Any, translator: Translator) -> list[Polynomial]:
    """Return the polynomials that vanish in an alternative, with roots for what is not below 0 in it."""
    signs = map(translator, goals.nonnegative(alternative.goals()))
    roots = [equation_of_root(translator, A)[0] for A in signs]
    return [*map(translator, alternative.residuals()), *roots]


def _declare_witnesses(claim: Claim, translator: Translator) -> None:
    """Declare the matrices that hypotheses say exist, and remark which factor of which matrix each of them is."""
    for h in claim.given:
        if isinstance(h, Hypothesis):
            for witness, A in h.owners():
                factor = "u" if witness.rows == A.rows else "v"
                translator.witness(witness, {"factor": factor, "of": translator(A).data()})


def defined_symbols(claim: Claim) -> Iterator[MatrixSymbol]:
    """Run through the matrix symbols that a hypothesis says what they equal, such as S by ``S = G G'``.

    A hypothesis that S is positive semidefinite says that, too.
    """
    for h in claim.given:
        yield from (A for A in goals.nonnegative(h.goals()) if isinstance(A, MatrixSymbol))
        for goal in h.goals() if isinstance(h, Claim) else ():
            if isinstance(goal, goals.Vanishes):
                for symbol, value in ((goal.left, goal.right), (goal.right, goal.left)):
                    known = symbol.atoms(MatrixSymbol) if isinstance(symbol, MatrixSymbol) else set()
                    if isinstance(value, MatrixExpr) and known and known.isdisjoint(value.atoms(MatrixSymbol)):
                        yield symbol
                        break


def assumed_of(h: Any, translate: Callable[[Any], Polynomial]) -> Iterator[tuple[Any, Reason]]:
    """Run through the expressions that a hypothesis says vanish, each with the reason as a certificate remarks it."""
    if isinstance(h, Hypothesis):
        each = len(h.equations) // len(h.matrices)
        for number, expression in enumerate(h.equations):
            yield expression, ("property", h.name, translate(h.matrices[number // each]).data())
        return
    kind, *parts = h.reason()
    reason = (kind, *(translate(p).data() if isinstance(p, MatrixExpr) else p for p in parts))
    for expression in h.residuals():
        yield expression, reason
