"""Lemmas about a loss that falls, in a network of any depth.

Along a flow the loss changes at the rate ``<d_L, dx_L/dt>``. With the errors ``d_l`` that backpropagation sends down,
``<d_l, dx_l/dt>`` is minus a sum of squares over the layers up to ``l``, by induction: of ``|dW_k/dt|^2`` where the
flow is that of a gradient, and of ``|d_L x_{k-1}'|^2`` where the feedback undoes the weights. So the lemmas compare
the feedback of a rule with that of backpropagation, and then the rate with such sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from sympy import Dummy, Identity, S

from tptheory.claims.claim import Claim
from tptheory.claims.compound import ForAll
from tptheory.claims.goals import NonNegative, Rate, minus
from tptheory.claims.vocabulary import Equal
from tptheory.symbolic.dynamics import Flow
from tptheory.symbolic.expressions import Pinv, inner, matmul, squared_norm, transpose
from tptheory.symbolic.layers import Recursion, layer_symbols
from tptheory.symbolic.rules import Backprop, Rule


def falling_losses(claims: Iterable[Claim]) -> list[Rate]:
    """Return the rates of which claims say that they are not positive, in networks with the squared loss."""
    goals = (goal for claim in claims for goal in claim.goals() if isinstance(goal, NonNegative))
    rates = [goal.expression for goal in goals if isinstance(goal.expression, Rate)]
    nets = [rate.flow.net for rate in rates]
    squared = [net.any_depth and net.error == minus(net.output, net.target) for net in nets]
    return [rate for rate, is_squared in zip(rates, squared, strict=True) if is_squared]


Strategy = Literal["alike", "up", "down"]
"""How to prove what holds at every layer: by one proof for all layers alike, or by induction up or down."""


class DepthLemma(NamedTuple):
    """A claim at all layers, with the strategy by which it is tried."""

    claim: ForAll
    strategy: Strategy


class LossLemmas(NamedTuple):
    """Lemmas after which a loss is known to fall, and the sum of squares over the layers that they speak of."""

    total: Recursion
    lemmas: list[DepthLemma]


def loss_lemmas(flow: Flow, quantity: Any) -> Iterator[LossLemmas]:
    """Run through what may be shown on the way to a loss, perhaps with a penalty, that falls along a flow."""
    net, rule, gradient, L = flow.net, flow.rule, Backprop(), flow.net.depth
    l = Dummy("l", integer=True)
    signal = gradient.backward(net, l)
    rate = inner(matmul(signal, net.error), flow.derivative(net.activation(l)))
    rate += flow.derivative(_penalty_up_to(l, quantity - net.loss, net))

    def falling(total: Recursion) -> DepthLemma:
        return DepthLemma(ForAll(Equal(rate, -total(l)), (l, 0, L)), "up")

    moves = [flow[net.weight(l)], *([flow[net.bias(l)]] if net.biases else [])]
    total = _sum_over_layers("S", l, L, moves)
    if not isinstance(rule, Rule) or rule == gradient:
        yield LossLemmas(total, [falling(total)])
        return
    feedback = rule.backward(net, l)
    same = DepthLemma(ForAll(Equal(feedback, signal), (l, 1, L)), "down")
    yield LossLemmas(total, [same, falling(total)])
    inverse = ForAll(Equal(matmul(transpose(signal), feedback), Identity(net.widths[L])), (l, 1, L))
    seen = [transpose(net.activation(l - 1)), *([transpose(net.ones)] if net.biases else [])]
    total = _sum_over_layers("R", l, L, [matmul(net.error, x) for x in seen])
    yield LossLemmas(total, [DepthLemma(inverse, "down"), falling(total)])
    through = matmul(transpose(signal), feedback)
    projected = ForAll(Equal(matmul(transpose(through), through), through), (l, 1, L))
    total = _sum_over_layers("P", l, L, [matmul(through, net.error, x) for x in seen])
    product = net.product_to_the_last(l + 1)
    above = [Equal(transpose(signal), product), Equal(feedback, Pinv(product))]
    lemmas = [DepthLemma(ForAll(each, (l, 1, L)), "down") for each in above]
    yield LossLemmas(total, [*lemmas, DepthLemma(projected, "alike"), falling(total)])


def _penalty_up_to(l: Any, penalty: Any, net: Any) -> Any:
    """Return a penalty with the layers up to any layer in the place of all of them; 0 if it speaks of activations."""
    members = layer_symbols(penalty)
    if any(member.sequence == net.output.sequence for member in members):
        return S.Zero
    return penalty.xreplace({m: m.sequence(l) for m in members if m.index == net.depth})


def _sum_over_layers(name: str, l: Any, L: Any, matrices: list[Any]) -> Recursion:
    """Return the sum of squared norms over the layers up to any layer; the matrices are those at the layer ``l``."""
    norms = sum(map(squared_norm, matrices))
    return Recursion.defined(name, 0, L, 0, lambda k, total: total + norms.xreplace({l: k}), reason="a sum of squares")
