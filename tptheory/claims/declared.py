"""What was declared of the numbers of a claim, on which it rests as on its hypotheses: their signs, and integers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sympy import Dummy, MatrixSymbol, Symbol, sympify

from tptheory.claims.tacit import SHAPED, nodes
from tptheory.symbolic.bound import BoundIndex
from tptheory.symbolic.dynamics import Motion
from tptheory.symbolic.equilibrium_rules import nudging
from tptheory.symbolic.expressions import size_symbols
from tptheory.symbolic.layers import LayerScalar, LayerSymbol
from tptheory.symbolic.rule_scalars import alpha, damping, decay, eta, friction, noise

Say = Callable[[Any], str]

OF_RULES = frozenset({eta, alpha, damping, friction, decay, noise, nudging})
"""The numbers of the rules of this library, which are positive: what a flow or a step is says so of them.

The step size ``eta`` is positive wherever it stands, in updates too.
"""

KINDS = {
    "positive integer": ("is a positive integer", "are positive integers"),
    "prime": ("is a prime number", "are prime numbers"),
    "composite": ("is a composite number", "are composite numbers"),
    "integer": ("is an integer", "are integers"),
    "positive": ("is positive", "are positive"),
    "negative": ("is negative", "are negative"),
    "nonnegative": ("is not negative", "are not negative"),
    "nonpositive": ("is not positive", "are not positive"),
    "nonzero": ("is not 0", "are not 0"),
    "even": ("is even", "are even"),
    "odd": ("is odd", "are odd"),
    "noninteger": ("is no integer", "are no integers"),
    "irrational": ("is irrational", "are irrational"),
}
"""What is said of one number, and of several, of which the same was declared."""
SIGNS = ("positive", "negative", "nonnegative", "nonpositive", "nonzero")
"""The signs, those that say most first: one is said of a number."""
OTHERS = ("prime", "composite", "even", "odd", "noninteger", "irrational")
"""What is said of a number beside its sign."""


def declared_numbers(expressions: Iterable[Any]) -> dict[Symbol, tuple[str, ...]]:
    """Return the numbers in some expressions of which more was declared than that they are real, with the kinds.

    Of sizes of their matrices, layers and depths only such as that they are even is told: what else they may be, the
    shapes and the ranges tell.
    """
    every = list(dict.fromkeys(node for expression in expressions for node in nodes(sympify(expression))))
    sizes = {symbol: None for node in every for symbol in sorted(_sizes_and_layers(node), key=str)}
    told = {n: _others(n) if n in sizes and n.is_integer else _kinds(n) for n in filter(_is_number, (*every, *sizes))}
    return {number: kinds for number, kinds in told.items() if kinds}


def _is_number(node: Any) -> bool:
    return isinstance(node, Symbol) and not isinstance(node, BoundIndex)


def _others(number: Symbol) -> tuple[str, ...]:
    """Return what was declared of a number beside its sign, and that it is an integer."""
    return tuple(kind for kind in OTHERS if number.assumptions0.get(kind))


def _sizes_and_layers(node: Any) -> set[Any]:
    """Return the symbols of the sizes of a matrix, and those of its layer and of the layers that there are."""
    if isinstance(node, LayerSymbol | LayerScalar):
        ends = (node.index, node.sequence.first, node.sequence.last)
        return {symbol for end in ends for symbol in sympify(end).free_symbols}
    return size_symbols(node) if isinstance(node, (MatrixSymbol, *SHAPED)) else set()


def _kinds(number: Symbol) -> tuple[str, ...]:
    """Return what was declared of a number."""
    told = number.assumptions0
    if told.get("integer") and told.get("positive"):
        return ("positive integer", *_others(number))
    sign = next((sign for sign in SIGNS if told.get(sign)), None)
    return tuple(filter(None, ("integer" if told.get("integer") else None, sign, *_others(number))))


def numbers_of_motions(motions: Iterable[Motion]) -> frozenset[Symbol]:
    """Return the step size, and the numbers of rules that stand in how the weights move by flows and steps."""
    moved = (change for motion in motions for change in _changes(motion))
    return frozenset({eta}) | (OF_RULES & declared_numbers(moved).keys())


def _changes(motion: Motion) -> Iterable[Any]:
    """Return how the weights move; in a network of any depth, how those of one layer do."""
    return [motion[motion.net.weight(Dummy("l", integer=True))]] if motion.net.any_depth else motion.values()


def words_of_declared(told: dict[Symbol, tuple[str, ...]], say: Say) -> list[str]:
    """Say what was declared: ``s, t are positive``."""
    alike: dict[tuple[str, ...], list[Symbol]] = {}
    for number, kinds in told.items():
        alike.setdefault(kinds, []).append(number)
    return [
        f"{', '.join(map(say, numbers))} {' and '.join(KINDS[kind][len(numbers) > 1] for kind in kinds)}"
        for kinds, numbers in alike.items()
    ]
