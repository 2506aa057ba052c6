"""Claims made of claims: all of several, one of several, one at every layer; and what they say of fixed depths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import product
from typing import Any

from sympy import Expr, MatrixExpr, MatrixSymbol, S, Symbol, preorder_traversal
from sympy.core.function import AppliedUndef

from tptheory.claims import hypotheses
from tptheory.claims.claim import Claim, flatten_given
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.symbols import refuse_two_of_one_name
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.symbolic.bound import BoundIndex
from tptheory.symbolic.depths import at_depth
from tptheory.symbolic.dynamics import Motion, Step
from tptheory.symbolic.expressions import squared_norm
from tptheory.symbolic.layers import LayerScalar, LayerSymbol, Sequence, index_parts, standing


@dataclass(frozen=True, init=False)
class AllOf(Claim):
    """Several claims at once, each under its own hypotheses.

    >>> from tptheory import DeepLinearNetwork, RankAtMost, TargetProp, decide
    >>> net, rule = DeepLinearNetwork(depth=2), TargetProp()
    >>> decide(AllOf(RankAtMost(rule.update(net, 1), 1), RankAtMost(rule.update(net, 2), 1))).proved
    True
    """

    claims: tuple[Claim, ...]
    given: Any = ()

    def __init__(self, *claims: Claim) -> None:
        flat = claims[0] if len(claims) == 1 and isinstance(claims[0], list | tuple) else claims
        if not flat or not all(isinstance(c, Claim) for c in flat):
            raise InvalidTypeError(complain("claims", "one or more claims", claims))
        object.__setattr__(self, "claims", tuple(flat))  # each about its own network: names are looked at in each
        object.__setattr__(self, "given", ())

    def assumptions(self) -> tuple[tuple[Any, str], ...]:
        """Return the assumptions of every claim."""
        return tuple(dict.fromkeys(a for claim in self.claims for a in claim.assumptions()))

    def expressions(self) -> tuple[Any, ...]:
        """Return the expressions of every claim."""
        return tuple(e for claim in self.claims for e in claim.expressions())

    def conjuncts(self) -> Iterator[Claim]:
        """Run through the claims, taken apart."""
        for claim in self.claims:
            yield from claim.conjuncts()

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return all claims, one after the other."""
        return "; and ".join((c.statement() if say is str else c.latex().removesuffix(".")) for c in self.claims)


@dataclass(frozen=True, init=False)
class AnyOf(Claim):
    """One of several claims holds, or hypotheses: the product of the sums of their squared norms is zero.

    As a hypothesis it is proved from in cases.

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

    def alternatives(self) -> tuple[tuple[Any, ...], ...]:
        """Return what vanishes in each case."""
        return tuple(c.equations if isinstance(c, Hypothesis) else c.residuals() for c in self.claims)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the product of the sums of squared norms, and 0."""
        product = S.One
        for residuals in self.alternatives():
            product *= sum((squared_norm(r) if isinstance(r, MatrixExpr) else r**2 for r in residuals), S.Zero)
        return ((product, S.Zero),)

    def names(self) -> tuple[str, ...]:
        """Return each claim in words."""
        return tuple(c.statement() for c in self.claims)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return the claims with "or" between them."""
        return ", or ".join(c.conclusion(say) for c in self.claims)


@dataclass(frozen=True)
class ForAll(Claim):
    """A claim, or as a hypothesis any hypothesis, at every layer from first to last of a network of any depth.

    Args:
        claim: the claim, or hypothesis, about a layer ``l`` that is a symbol.
        limits: ``(l, first, last)``, as SymPy's sums have them.
        given: hypotheses; the claim inside has none of its own.

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
        if isinstance(self.claim, Claim) and self.claim.given:
            raise InvalidValueError(
                complain("claim", "without hypotheses of its own", self.claim, "Give them to ForAll.")
            )
        limits = self.limits
        if not isinstance(limits, tuple) or len(limits) != 3 or not isinstance(limits[0], Symbol):
            raise InvalidTypeError(complain("limits", "a triple (l, first, last) with a symbol l", limits))
        for end in limits[1:]:
            index_parts(end)
        self._refuse_what_is_another_at_each_layer()

    def _refuse_what_is_another_at_each_layer(self) -> None:
        """Refuse a definition that depends on the layer of the claim, and a symbol whose size does.

        Raises:
            InvalidValueError: if there is one; it would be another one at each layer, under one name.
        """
        for expression in self.expressions():
            for A in standing(S(expression), LayerSymbol, LayerScalar):
                if self.index in A.sequence.free_symbols:
                    mend = f"Define {A.sequence.name} for all layers, and take its member."
                    raise InvalidValueError(
                        complain("claim", f"free of definitions that depend on {self.index}", A, mend)
                    )
            for A in standing(S(expression), MatrixSymbol):
                if not isinstance(A, LayerSymbol) and self.index in {s for n in A.shape for s in n.free_symbols}:
                    mend = "A matrix at each layer is a member of net.layer_matrix(name, l, shape)."
                    raise InvalidValueError(
                        complain("claim", f"free of symbols whose size depends on {self.index}", A, mend)
                    )

    @property
    def is_hypothesis(self) -> bool:  # type: ignore[override]
        """Whether other claims may assume it."""
        return isinstance(self.claim, Hypothesis) or self.claim.is_hypothesis

    @property
    def index(self) -> Symbol:
        """The symbol that stands for the layer."""
        return self.limits[0]

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return what holds at the layer that the symbol stands for."""
        if isinstance(self.claim, Hypothesis):
            return tuple((e, S.Zero) for e in self.claim.equations)
        return self.claim.equations()

    def expressions(self) -> tuple[Any, ...]:
        """Return what the claim speaks of."""
        return self.claim.matrices if isinstance(self.claim, Hypothesis) else self.claim.expressions()

    def conjuncts(self) -> Iterator[Claim]:
        """Run through the claims that make up the claim inside, each at every layer."""
        if isinstance(self.claim, AllOf):
            for part in self.claim.conjuncts():
                yield ForAll(part, self.limits, self.given)
        else:
            yield self

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return the claim, and for which layers."""
        l, first, last = map(say, self.limits)
        return f"{self.claim.conclusion(say)} for {l} = {first}, ..., {last}"


HYPOTHESES = {name: getattr(hypotheses, name) for name in hypotheses.WORDS}
DEEPEST = 3
"""Up to which depth claims about any depth are measured, and counterexamples to them are looked for."""


def is_layered(claim: Any) -> bool:
    """Whether a claim speaks of a network whose depth is a symbol."""
    return bool(depth_symbols(claim))


def depth_symbols(claim: Claim) -> set[Symbol]:
    """Return the symbols that stand for depths in a claim: those of indices and of ranges, without those bound."""
    found = {s for e in claim.expressions() for s in _index_symbols(S(e))}
    if isinstance(claim, ForAll):
        found = found - {claim.index} | {s for end in claim.limits[1:] for s in S(end).free_symbols}
    for h in claim.given:
        if isinstance(h, ForAll):
            found |= depth_symbols(h)
        else:
            found |= {
                s for A in (h.matrices if isinstance(h, Hypothesis) else h.expressions()) for s in _index_symbols(A)
            }
    return found


def _index_symbols(expression: Any) -> set[Symbol]:
    """Return the symbols of the indices of members and widths in an expression, and of the ends of its sequences."""
    found: set[Symbol] = set()
    nodes = preorder_traversal(expression)
    seen: set[Any] = set()
    for node in nodes:
        if isinstance(node, Sequence):
            if node in seen:
                nodes.skip()
            seen.add(node)
            found |= node.first.free_symbols | node.last.free_symbols
        elif isinstance(node, LayerSymbol | LayerScalar):
            found |= node.index.free_symbols
        elif isinstance(node, AppliedUndef):
            found |= node.free_symbols
    return {symbol for symbol in found if not isinstance(symbol, BoundIndex)}


def finite(claim: Claim) -> Iterator[Claim]:
    """Run through what a claim says of networks whose depth is a number, shallow ones first; else its conjuncts."""
    for part in claim.conjuncts():
        symbols = sorted(depth_symbols(part), key=str)
        for depths in product(range(1, DEEPEST + 1), repeat=len(symbols)):
            values = dict(zip(symbols, depths, strict=True))
            if not isinstance(part, ForAll):
                yield concrete(part, values) if values else part
                continue
            given = [h for item in part.given for h in _instances(item, values)]
            for l in _range(part, values):
                inside = concrete(part.claim, {**values, part.index: l})
                object.__setattr__(inside, "given", flatten_given(given))
                yield inside


def _instances(item: Any, values: Mapping[Any, int]) -> list[Any]:
    if isinstance(item, ForAll):
        return [concrete(item.claim, {**values, item.index: k}) for k in _range(item, values)]
    return [concrete(item, values)]


def _range(claim: ForAll, values: Mapping[Any, int]) -> range:
    first, last = (int(S(end).xreplace(dict(values))) for end in claim.limits[1:])
    return range(first, last + 1)


def concrete(claim: Any, values: Mapping[Any, int]) -> Any:
    """Return a claim or hypothesis with numbers for its indices: recursions are multiplied out, motions made anew."""
    if isinstance(claim, Hypothesis):
        return HYPOTHESES[claim.name](*(at_depth(A, values) for A in claim.matrices))

    def value(item: Any) -> Any:
        if isinstance(item, MatrixExpr | Expr):
            return at_depth(item, values)
        if isinstance(item, Motion):
            net = item.net.at_depth(values)
            return item.rule.step(net) if isinstance(item, Step) else item.rule.flow(net)
        if isinstance(item, Claim | Hypothesis):
            return concrete(item, values)
        return tuple(map(value, item)) if isinstance(item, tuple) else item

    found = {f.name: value(getattr(claim, f.name)) for f in fields(claim) if f.name != "given"}
    found["given"] = tuple(h for item in claim.given for h in _instances(item, values))
    several = found.pop("claims", ())
    return type(claim)(*several, **found) if not isinstance(claim, AllOf) else AllOf(*several)
