"""Claims that are made of others: all of several, one of several, a claim at every layer, a hypothesis as a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sympy import MatrixSymbol, S, Symbol

from tptheory.claims.claim import Claim, flatten_given
from tptheory.claims.goals import Goal, OneOf, product_of_residuals, ranks_in_numbers
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.mapping import with_expressions_changed
from tptheory.claims.tacit import words
from tptheory.claims.vocabulary import RankAtMost
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.symbolic.bound import free_symbols
from tptheory.symbolic.expressions import size_symbols
from tptheory.symbolic.layers import LayerScalar, LayerSymbol, index_parts, occurrences
from tptheory.symbolic.one_meaning import refuse_two_of_one_name, refuse_two_of_one_name_across
from tptheory.typesetting.spelling import text_of


@dataclass(frozen=True, init=False)
class AllOf(Claim):
    """Several claims, or hypotheses, at once, each under its own hypotheses and those that are given for all of them.

    >>> from tptheory import DeepLinearNetwork, RankAtMost, TargetProp, decide
    >>> net, rule = DeepLinearNetwork(depth=2), TargetProp()
    >>> decide(AllOf(RankAtMost(rule.update(net, 1), 1), RankAtMost(rule.update(net, 2), 1))).proved
    True
    """

    claims: tuple[Claim, ...]
    given: Any = ()

    def __init__(self, *claims: Claim, given: Any = ()) -> None:
        given_as = claims[0] if len(claims) == 1 and isinstance(claims[0], list | tuple) else claims
        flat = [Holds(c) if isinstance(c, Hypothesis) else c for c in given_as]
        if not flat or not all(isinstance(c, Claim) for c in flat):
            raise InvalidTypeError(complain("claims", "one or more claims", claims))
        shared = flatten_given(given)
        object.__setattr__(self, "claims", tuple(c.assuming(shared) if shared else c for c in flat))
        object.__setattr__(self, "given", ())
        refuse_two_of_one_name_across(self.claims)

    def under(self, given: Any) -> Any:
        """Return the same claims, each under these hypotheses instead of its own."""
        return AllOf(*(claim.under(given) for claim in self.claims))

    def assuming(self, more: Iterable[Any]) -> Any:
        """Return the same claims, each under its own hypotheses and more."""
        return AllOf(*(claim.assuming(more) for claim in self.claims))

    @property
    def is_hypothesis(self) -> bool:  # type: ignore[override]
        """Whether other claims may assume it: every claim in it may be assumed."""
        return all(c.is_hypothesis and not c.given for c in self.claims)

    def goals(self) -> tuple[Goal, ...]:
        """Return the goals of every claim."""
        return tuple(goal for claim in self.claims for goal in claim.goals())

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the equations of every claim."""
        return tuple(equation for claim in self.claims for equation in claim.equations())

    def tacit(self) -> tuple[Any, ...]:
        """Return nothing: each claim says in its own statement what it takes for granted."""
        return ()

    def expressions(self) -> tuple[Any, ...]:
        """Return the expressions of every claim."""
        return tuple(e for claim in self.claims for e in claim.expressions())

    def as_hypotheses(self) -> tuple[Any, ...]:
        """Return the claims, each of which is assumed."""
        return self.claims

    def conjuncts(self) -> Iterator[Claim]:
        """Run through the claims, taken apart."""
        for claim in self.claims:
            yield from claim.conjuncts()

    def declared(self) -> dict[Symbol, tuple[str, ...]]:
        """Return nothing: each claim says in its own statement what was declared of its numbers."""
        return {}

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return all claims, one after the other; neighbours under the same hypotheses name these once.

        What holds under the same hypotheses is joined by a comma, and all else by a semicolon.
        """
        said: list[str] = []
        for (given, tacit), group in groupby(self.claims, key=lambda c: _premises(c, say)):
            conclusions = [c.conclusion(say) for c in group]
            if given or tacit:
                conclusions = [", ".join([", and ".join(conclusions), *tacit])]
            opening = "if" if said or say is text_of else "If"
            before = f"{opening} {'; '.join(given)}, then " if given else ""
            said += [before + text for text in conclusions]
        return "; and ".join(said)


def _premises(claim: Claim, say: Callable[[Any], str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say the hypotheses of a claim, and what it takes for granted beside them."""
    return claim.hypotheses(say), tuple(words(claim.tacit(), say))


@dataclass(frozen=True, init=False)
class AnyOf(Claim):
    """At least one of several claims or hypotheses holds.

    Where every alternative is a set of equations, take the sum of the squared norms of its residuals: the claim says
    that the product of these sums is zero. A proof that assumes the claim treats each alternative as a case. A matrix
    that one alternative inverts is assumed to have an inverse in that alternative only. Where it has none, the
    alternative does not hold, and a proof has to do without it; but no counterexample rests on that.

    >>> from sympy import MatrixSymbol
    >>> from tptheory.claims.hypotheses import full_row_rank
    >>> from tptheory.claims.vocabulary import Zero
    >>> A = MatrixSymbol("A", 2, 3)
    >>> AnyOf(Zero(A), full_row_rank(A)).statement()
    'A = 0, or A has full row rank'
    """

    claims: tuple[Any, ...]
    given: Any = ()

    is_hypothesis = True

    def __init__(self, *claims: Any, given: Any = ()) -> None:
        good = all(
            isinstance(c, Hypothesis) or (isinstance(c, Claim) and c.is_hypothesis and not c.given) for c in claims
        )
        if len(claims) < 2 or not good:
            raise InvalidTypeError(complain("claims", "two or more equations or hypotheses", claims))
        object.__setattr__(self, "claims", claims)
        object.__setattr__(self, "given", flatten_given(given))
        refuse_two_of_one_name(self)

    def under(self, given: Any) -> Any:
        """Return the same alternatives under other hypotheses."""
        return AnyOf(*self.claims, given=given)

    def goals(self) -> tuple[Goal, ...]:
        """Return that one of the alternatives holds."""
        return (OneOf(tuple(tuple(ranks_in_numbers(c.goals())) for c in self.claims)),)

    def alternatives(self) -> tuple[tuple[Any, ...], ...]:
        """Return, for each alternative, the expressions that vanish in it."""
        return tuple(c.residuals() for c in self.claims)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the product of the sums of squared norms, and 0."""
        return ((product_of_residuals(self.alternatives()), S.Zero),)

    def expressions(self) -> tuple[Any, ...]:
        """Return the expressions that the alternatives speak of, without the witnesses of hypotheses."""
        return tuple(e for c in self.claims for e in c.expressions())

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return the claims with "or" between them."""
        return ", or ".join(c.conclusion(say) for c in self.claims)


MOST_WRITTEN_OUT = 6
"""A range of at most so many layers is written out, if their number is the same at every depth."""


@dataclass(frozen=True)
class ForAll(Claim):
    """A claim or a hypothesis that holds at every layer from first to last, in a network of any depth.

    Args:
        claim: the claim, or hypothesis, about a layer ``l`` that is a symbol.
        limits: ``(l, first, last)``, as SymPy's sums have them.
        given: the hypotheses; the claim inside must have none of its own.

    >>> from tptheory import DeepLinearNetwork, Equal, matmul
    >>> l, L = Symbol("l", integer=True), Symbol("L", integer=True)
    >>> net = DeepLinearNetwork(depth=L)
    >>> ForAll(Equal(net.activation(l), matmul(net.product(l, 1), net.input)), (l, 1, L)).statement()
    'x[l] = Up[l]*x for l = 1, ..., L'
    """

    claim: Any
    limits: Any
    given: Any = ()

    def check(self) -> None:
        """Check the claim and its limits."""
        if not isinstance(self.claim, Claim | Hypothesis) or isinstance(self.claim, ForAll):
            raise InvalidTypeError(complain("claim", "a claim about one layer, or a hypothesis", self.claim))
        for part in self.claim.conjuncts() if isinstance(self.claim, Claim) else ():
            if isinstance(part, ForAll):
                raise InvalidTypeError(complain("claim", "a claim about one layer, or a hypothesis", self.claim))
            if part.given:
                mend = "Give them to ForAll."
                raise InvalidValueError(complain("claim", "without hypotheses of its own", self.claim, mend))
        limits = self.limits
        if not isinstance(limits, tuple) or len(limits) != 3 or not isinstance(limits[0], Symbol):
            raise InvalidTypeError(complain("limits", "a triple (l, first, last) with a symbol l", limits))
        for end in limits[1:]:
            index_parts(end)
            if S(end).has(limits[0]):
                raise InvalidValueError(complain("limits", f"a range whose ends do not speak of {limits[0]}", limits))
        self._refuse_index_in_hypotheses()
        self._refuse_declared_index()
        self._refuse_what_is_another_at_each_layer()

    def declared(self) -> dict[Symbol, tuple[str, ...]]:
        """Return what was declared of the numbers, but of the index, of which the range says what it is."""
        return {number: kinds for number, kinds in super().declared().items() if number != self.index}

    def _refuse_index_in_hypotheses(self) -> None:
        """Refuse a hypothesis in ``given`` that speaks of the bound index: it would be read as one inside the range.

        Raises:
            InvalidValueError: if there is one.
        """
        index, first, last = self.limits
        for h in self.given:
            if index in _free_in(h):
                mend = f"Write ForAll(h, ({index}, {first}, {last})) for every layer, or use another letter."
                raise InvalidValueError(complain("given", f"free of {index}, which the claim binds", h, mend))

    def _refuse_declared_index(self) -> None:
        """Refuse an index with a declared property, such as ``even=True``, that some number of the range may lack.

        Raises:
            InvalidValueError: if there is such a declaration.
        """
        index, first, _ = self.limits
        least = S(first) if S(first).is_Integer else None
        said = {name for name, truth in index._assumptions_orig.items() if truth} - {"integer", "real", "rational"}
        fits = {"positive": 1, "nonnegative": 0, "nonzero": 1}
        if any(name not in fits or least is None or least < fits[name] for name in said - {"commutative", "finite"}):
            mend = "Use Symbol(name, integer=True)."
            raise InvalidValueError(complain("limits", f"an index {index} that may be any of its range", index, mend))

    def _refuse_what_is_another_at_each_layer(self) -> None:
        """Refuse a definition that depends on the bound index, and a symbol whose size depends on it.

        Raises:
            InvalidValueError: if there is one; under its one name, it would be a different matrix at each layer.
        """
        for expression in map(S, self.expressions()):
            for A in occurrences(expression, LayerSymbol, LayerScalar):
                if self.index in A.sequence.free_symbols:
                    free = f"free of definitions that depend on {self.index}"
                    mend = f"Define {A.sequence.name} for all layers, and take its member."
                    raise InvalidValueError(complain("claim", free, A, mend))
            for A in occurrences(expression, MatrixSymbol):
                if not isinstance(A, LayerSymbol) and self.index in size_symbols(A):
                    free = f"free of symbols whose size depends on {self.index}"
                    mend = "A matrix at each layer is a member of net.layer_matrix(name, l, shape)."
                    raise InvalidValueError(complain("claim", free, A, mend))

    @property
    def is_hypothesis(self) -> bool:  # type: ignore[override]
        """Whether other claims may assume it."""
        return isinstance(self.claim, Hypothesis) or self.claim.is_hypothesis

    @property
    def index(self) -> Symbol:
        """The symbol that stands for the layer."""
        return self.limits[0]

    @property
    def is_empty(self) -> bool:
        """Whether the range has no layer, whatever the depth is."""
        _, first, last = self.limits
        return bool((S(last) - S(first)).is_negative)

    def at_each_layer(self) -> list[Claim]:
        """Return what the claim says at each layer; itself if they are many or not as many at every depth.

        Itself, too, if a part of the claim binds the index.
        """
        index, first, last = self.limits
        count = S(last) - S(first) + 1
        if not (count.is_Integer and count <= MOST_WRITTEN_OUT) or _binds(self.claim, index):
            return [self]
        claim = Holds(self.claim) if isinstance(self.claim, Hypothesis) else self.claim

        def at(layer: Any) -> Claim:
            put: Claim = with_expressions_changed(claim, lambda e: e.xreplace({index: layer}))
            return put.under(self.given)

        return [at(S(first) + number) for number in range(int(count))]

    def goals(self) -> tuple[Goal, ...]:
        """Return the goals of the claim inside, at the index that is bound."""
        return self.claim.goals()

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the equations that hold at the layer that the index stands for."""
        if isinstance(self.claim, Hypothesis):
            return tuple((e, S.Zero) for e in self.claim.equations)
        return self.claim.equations()

    def expressions(self) -> tuple[Any, ...]:
        """Return the expressions of the claim inside."""
        return self.claim.expressions()

    def conjuncts(self) -> Iterator[Claim]:
        """Run through the claims that make up the claim inside, each at every layer."""
        claim = Holds(self.claim) if isinstance(self.claim, Hypothesis) else self.claim
        parts = list(claim.conjuncts())
        if parts == [self.claim]:
            yield self
        else:
            yield from (ForAll(part, self.limits, self.given) for part in parts)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return the claim, and the layers at which it holds; say so if there are none."""
        l, first, last = map(say, self.limits)
        none = " (no layer)" if self.is_empty else ""
        return f"{self.claim.conclusion(say)} for {l} = {first}, ..., {last}{none}"


def _binds(claim: Any, index: Symbol) -> bool:
    """Whether a part of a claim binds an index itself."""
    if isinstance(claim, ForAll):
        return claim.index == index or _binds(claim.claim, index)
    return any(_binds(part, index) for part in getattr(claim, "claims", ()))


@dataclass(frozen=True)
class Holds(Claim):
    """A hypothesis as a claim: where it says that something exists, a proof has to show that it does.

    >>> from sympy import MatrixSymbol
    >>> from tptheory import decide, rank_one, transpose
    >>> u = MatrixSymbol("u", 3, 1)
    >>> decide(Holds(rank_one(u * transpose(u)))).proved
    True
    """

    hypothesis: Hypothesis
    given: Any = ()

    is_hypothesis = True

    def as_hypotheses(self) -> tuple[Any, ...]:
        """Return the hypothesis."""
        return (self.hypothesis,)

    def goals(self) -> tuple[Goal, ...]:
        """Return the goals of the hypothesis, which do not speak of its witnesses."""
        return self.hypothesis.goals()

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the equations of the hypothesis, with its witnesses."""
        return tuple((e, S.Zero) for e in self.hypothesis.equations)

    def expressions(self) -> tuple[Any, ...]:
        """Return the matrices that are spoken of."""
        return self.hypothesis.matrices

    def conjuncts(self) -> Iterator[Claim]:
        """Run through the bounds on the ranks that ``rank_one`` is made of; any other hypothesis stays one claim."""
        if self.hypothesis.name == "rank_one":
            yield from (RankAtMost(A, 1, self.given) for A in self.hypothesis.matrices)
        else:
            yield self

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Say the hypothesis."""
        return self.hypothesis.conclusion(say)


def _free_in(item: Any) -> set[Any]:
    """Return the symbols that are free in a claim or a hypothesis."""
    if isinstance(item, ForAll):
        ends = {symbol for end in item.limits[1:] for symbol in S(end).free_symbols}
        return (_free_in(item.claim) - {item.index}) | ends
    if isinstance(item, AllOf | AnyOf):
        return set().union(*map(_free_in, item.claims))
    return set().union(*(free_symbols(S(e)) for e in item.expressions()))
