"""The first term of the expansion of an expression in a small positive number, with a proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sympy import Float, MatrixBase, MatrixExpr, S, Symbol, ZeroMatrix, oo, sympify

from tptheory.checking import check_seconds
from tptheory.claims.claim import flatten_given
from tptheory.claims.goals import expressions
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.vocabulary import Equal, Zero
from tptheory.deciding.answers import decide, prove
from tptheory.deciding.boundedness import Bounded, bounded
from tptheory.deciding.verdicts import Proved, Refuted
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.keywords import known_keywords
from tptheory.refuting.counterexample import Counterexample
from tptheory.symbolic.arguments import as_expression, refuse_size
from tptheory.symbolic.expansions import Expander, Expansion, plus, times
from tptheory.symbolic.penrose_words import shortened, words_of
from tptheory.symbolic.substitution import substitute
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.spelling import text_of

MOST_TERMS = 6
"""Up to which power inverses are expanded before the search for a term that is not 0 ends."""


@dataclass(frozen=True)
class ProvedLeadingTerm(ShownAsMathematics):
    """``expression = coefficient s^power + s^(power + 1) R``, where ``R`` stays bounded as the number ``s`` tends to 0.

    ``s`` is ``parameter - at``, which tends to 0 from above; where ``at`` is infinite, it is ``1/parameter``.

    Attributes:
        expression: the expression.
        parameter: the positive number in it.
        at: where the number tends to.
        coefficient: the coefficient, free of the parameter; 0, or a zero matrix, of an expression that is 0.
        power: the power of ``s``; infinite for an expression that is 0. Where the parameter tends to infinity, it is
            minus the power of the parameter: -4 of ``eta**4``.
        remainder: the exact difference ``expression - coefficient s^power``, which is ``s^(power + 1) R``.
        bounded: why ``R`` stays bounded.
        verdict: the proof that the two sides are equal.
        nonzero_at: matrices at which the coefficient is not 0; None for an expression that is 0.
    """

    expression: Any
    parameter: Symbol
    at: Any
    coefficient: Any
    power: Any
    remainder: Any
    bounded: Bounded
    verdict: Proved
    nonzero_at: Counterexample | None

    @property
    def small(self) -> Any:
        """The number that tends to 0."""
        return 1 / self.parameter if self.at == oo else self.parameter - self.at

    @property
    def term(self) -> Any:
        """``coefficient s^power``."""
        return self.coefficient if self.power == oo else times(self.small**self.power, self.coefficient)

    def __str__(self) -> str:
        """Say the equation, and what the remainder is small against."""
        return f"{self.expression} = {self.term}{self._rest('O({})', str)}"

    def __repr__(self) -> str:
        """Show the equation, and what the remainder is small against."""
        return f"<{self}>"

    def explain(self) -> str:
        """Return the equation, its proof, why the remainder is as small as that, and why the term is not 0."""
        lines = [str(self)]
        if self.at != 0:
            lines.append(f"In the proof, {self.parameter} stands for {self.small}.")
        lines.append(self.verdict.explain().rstrip("\n"))
        if self.bounded.reasons:
            lines += ["The remainder is so small since", *(f"  {reason}" for reason in self.bounded.reasons)]
        if self.nonzero_at is not None and self.nonzero_at.values:
            lines += ["The term is not 0 for all values:", str(self.nonzero_at)]
        return "\n".join(lines)

    def latex(self) -> str:
        """Return the equation in LaTeX, for math mode."""
        rest = self._rest(r"\mathcal{{O}}\left({}\right)", latex_of)
        return rf"{latex_of(self.expression)} = {latex_of(self.term)}{rest}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def _rest(self, order: str, say: Any) -> str:
        zero = self.remainder == 0 or isinstance(self.remainder, ZeroMatrix)
        return "" if zero else " + " + order.format(say(self.small ** (self.power + 1)))


@known_keywords
def leading_term(
    expression: Any, parameter: Symbol, at: Any = 0, *, given: Any = (), seconds: float = 10.0
) -> ProvedLeadingTerm:
    """Return the first term that is not 0 of the expansion of an expression in a positive number, and prove it.

    The expression is made of sums, products, traces and entries of matrices and powers of the number, and of inverses:
    of matrices that have an inverse at the limit too, and of ``B + c s^m I`` with ``B = A A'`` or a sum of such, and
    ``c > 0``, whatever the rank of ``A``. What is returned is proved in three parts: that ``expression = coefficient
    s^power + s^(power + 1) R``, with a certificate; that ``R`` stays bounded, with a reason for each inverse in it; and
    that the coefficient is not 0 for all matrices, by an instance. It may be 0 for some.

    Args:
        expression: a matrix or scalar expression.
        parameter: a positive symbol in it, such as ``eta`` or ``damping``.
        at: where the number tends to, from above: 0, another number or symbol, or ``oo``.
        given: hypotheses that are free of the parameter, such as that a matrix is invertible. One that ties a matrix
            to the parameter would let the coefficient depend on it.
        seconds: how long to search for each proof.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import DampedTargetProp, DeepLinearNetwork, damping
    >>> found = leading_term(DampedTargetProp().feedback(DeepLinearNetwork(depth=2), 2), damping)
    >>> found
    <W_2.T*(lambda*I + W_2*W_2.T)**(-1) = Pinv(W_2) + O(lambda)>
    >>> found.power, str(found.remainder), found.verdict.proved
    (0, '-lambda*W_2.T*(lambda*I + W_2*W_2.T)**(-1)*Pinv(W_2).T*Pinv(W_2)', True)

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if the parameter is not positive, or a size, or ``at`` is negative or depends on it, or a
            hypothesis speaks of the parameter.
        UnsupportedExpressionError: where a part of the expression has no expansion here, or a proof was not found; it
            says which. A guess is never returned.
    """
    expression = as_expression("expression", expression)
    _check_parameter(parameter, expression)
    at, given = _limit(at, parameter), _free_of(parameter, given)
    check_seconds(seconds)
    near = _replaced(expression, parameter, 1 / parameter if at == oo else parameter + at)
    search = _Search(near, parameter, given, seconds)
    coefficient, power, rest, nonzero_at = search.first_term()
    if nonzero_at is None:
        claim = Equal(near, coefficient, given)
        remainder = coefficient
    else:
        remainder = times(parameter ** (power + 1), rest)
        claim = Equal(near, plus(times(parameter**power, coefficient), remainder), given)
    verdict = prove(claim, seconds)
    if not isinstance(verdict, Proved):
        raise _refusal(expression, f"the term {coefficient} at power {power} was found, not proved: {verdict.reason}")
    why = bounded(rest, search.expander(MOST_TERMS), given, seconds)
    back = 1 / parameter if at == oo else parameter - at
    remainder = _replaced(remainder, parameter, back)
    reasons = tuple(replace(r, inverse=_replaced(r.inverse, parameter, back)) for r in why.reasons)
    why = Bounded(reasons, why.proofs)
    return ProvedLeadingTerm(expression, parameter, at, coefficient, power, remainder, why, verdict, nonzero_at)


@dataclass(frozen=True)
class _Search:
    """The search for the first coefficient that is not 0."""

    expression: Any
    small: Symbol
    given: tuple[Any, ...]
    seconds: float

    def expander(self, terms: int) -> Expander:
        """Return what expands up to a power."""
        return Expander(self.small, terms, self._given_as("invertible", "orthogonal"), list(self._nonzero_numbers()))

    def _nonzero_numbers(self) -> Iterator[Any]:
        """Run through the numbers that hypotheses say are not 0; a sum with a matrix tells nothing of its terms."""
        for A in self._given_as("nonzero"):
            found = list(words_of(A))
            if A.shape == (1, 1) and len(found) == 1 and not found[0][1]:
                yield found[0][0]

    def _given_as(self, *names: str) -> list[Any]:
        """Return the matrices of the hypotheses of these names."""
        return [A for h in self.given if isinstance(h, Hypothesis) and h.name in names for A in h.matrices]

    def first_term(self) -> tuple[Any, Any, Any, Counterexample | None]:
        """Return the coefficient, its power, the factor of the next power, and an instance where the first is not 0."""
        zeros: set[Any] = set()
        for terms in range(MOST_TERMS + 1):
            found = self.expander(terms)(self.expression)
            left = dict(found.terms)
            for power in sorted(found.terms):
                coefficient = shortened(left.pop(power))
                if coefficient in zeros:
                    continue
                nonzero_at = self._nonzero_at(coefficient)
                if nonzero_at is not None:
                    rest = self._rest(Expansion(left, found.order, found.rest), power + 1)
                    return coefficient, power, rest, nonzero_at
                zeros.add(coefficient)
            if found.order is None:
                return self._zero(), oo, self._zero(), None
        if prove(Zero(self.expression, self.given), self.seconds).proved:
            return self._zero(), oo, self._zero(), None
        raise _refusal(self.expression, f"its terms up to power {MOST_TERMS} are all 0")

    def _zero(self) -> Any:
        matrix = isinstance(self.expression, MatrixExpr | MatrixBase)
        return ZeroMatrix(*self.expression.shape) if matrix else S.Zero

    def _rest(self, left: Expansion, power: int) -> Any:
        total = self._zero()
        for k, part in [*left.terms.items(), *([] if left.order is None else [(left.order, left.rest)])]:
            total = plus(total, times(self.small ** (k - power), part))
        return shortened(total)

    def _nonzero_at(self, coefficient: Any) -> Counterexample | None:
        """Return an instance at which a coefficient is not 0; None if it is proved to be 0.

        Raises:
            UnsupportedExpressionError: if neither is found.
        """
        if coefficient == 0 or isinstance(coefficient, ZeroMatrix):
            return None
        verdict = decide(Zero(coefficient, self.given), self.seconds)
        if isinstance(verdict, Refuted):
            return verdict.counterexample
        if not verdict.proved:
            raise _refusal(self.expression, f"whether {coefficient} is 0 is undecided")
        return None


def _check_parameter(parameter: Any, expression: Any) -> None:
    if not isinstance(parameter, Symbol):
        raise InvalidTypeError(complain("parameter", "a Symbol", parameter, "Try eta or damping."))
    if not parameter.is_positive:
        mend = f"Declare it as Symbol({parameter.name!r}, positive=True)."
        raise InvalidValueError(complain("parameter", "a positive symbol", parameter, mend))
    refuse_size("parameter", parameter, expression)


def _limit(at: Any, parameter: Symbol) -> Any:
    """Return where the parameter tends to, after a check that it can, from above."""
    value = as_expression("at", at)
    if isinstance(value, MatrixExpr) or value.has(Float):
        raise InvalidTypeError(complain("at", "an exact number, a symbol or oo", at))
    if value.has(parameter) or not (value == oo or (value.is_nonnegative and value.is_finite is not False)):
        mend = f"{parameter} is positive, and tends to it from above."
        raise InvalidValueError(complain("at", f"oo, or not negative and free of {parameter}", at, mend))
    return value


def _free_of(parameter: Symbol, given: Any) -> tuple[Any, ...]:
    """Return the hypotheses, after a check that none of them speaks of the parameter."""
    hypotheses = flatten_given(given)
    for h in hypotheses:
        if any(sympify(e).has(parameter) for e in (*h.expressions(), *expressions(h.goals()))):
            mend = "The coefficient must not depend on it: write what the hypothesis says into 'expression'."
            raise InvalidValueError(complain("given", f"free of {parameter}", h.conclusion(text_of), mend))
    return hypotheses


def _replaced(expression: Any, symbol: Symbol, value: Any) -> Any:
    return expression if value == symbol else substitute(expression, {symbol: value})


def _refusal(expression: Any, reason: str) -> UnsupportedExpressionError:
    return UnsupportedExpressionError(
        f"'expression' must have a leading term that is proved (got {expression}): {reason}."
    )
