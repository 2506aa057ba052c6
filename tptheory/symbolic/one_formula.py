"""A method of a rule must say the same of every layer of a network of any depth, or it is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from sympy import Dummy, Identity, Integer

from tptheory.errors import InvalidValueError
from tptheory.symbolic.branches import suspects
from tptheory.symbolic.depths import at_depth
from tptheory.symbolic.layers import index_parts
from tptheory.symbolic.method_values import changed, layers_at_the_ends, parts_of
from tptheory.symbolic.own_code import SHAPES
from tptheory.symbolic.remembering import depends_on_itself, remembered, stands_in_a_package
from tptheory.symbolic.size_branches import refuse_branches_on_sizes
from tptheory.symbolic.uniform import WatchedIndex, agree, formula, probes, refuse_branches

Method = Callable[[Any, Any, Any], Any]
OF_A_LAYER = {*SHAPES, "states"}
"""The methods of a rule that take a layer: where a subclass defines one, it must be one formula for all layers."""
LOWEST = {"feedback": 2, "backward": 0, "error_signal": 0, "target": 0}
"""The first layer at which a method is defined, where that is not 1."""
DEEPEST = 200
"""The largest number in a method's code that is tried as a depth."""


def one_formula(method: Method, name: str) -> Method:
    """Wrap a method ``(rule, net, l)``, so that its formula at a symbolic layer is compared with its values at numbers.

    At a layer that is a number, or counted from the last one, the method is called unchanged. At any other layer of a
    network of any depth it is first called at a symbolic layer, at the first layers and at the last ones. If the
    formula at the symbolic layer does not give the others, the method branches on the layer. A user's method is also
    called at sizes that are numbers, where those of the network are symbols.

    A rule of tptheory that is made of a user's rule, such as ``WeightDecay(MyRule())``, is not compared by itself: its
    own part is one formula whatever the other rule says, and the methods of the other rule are compared where it calls
    them.

    Raises:
        InvalidValueError: if the method branches on the layer or on a size, or raises at a layer.
    """

    @wraps(method)
    def checked(rule: Any, net: Any, l: Any) -> Any:
        if _is_made_of_a_users_rule(method, rule):
            return method(rule, net, l)
        if not depends_on_itself(rule):
            refuse_branches_on_sizes(method, name, rule, net, LOWEST.get(name, 1))
        base, _ = index_parts(l) if net.any_depth else (None, 0)
        if base is not None and base != net.depth and not isinstance(net.depth, WatchedIndex):
            _refuse_branches(method, name, rule, net)
        return method(rule, net, l)

    checked.is_compared = True  # type: ignore[attr-defined]
    return checked


def _is_made_of_a_users_rule(method: Method, rule: Any) -> bool:
    """Whether a rule of tptheory, and its method, take over what the rule of a user defines."""
    return all(map(stands_in_a_package, (method, type(rule)))) and not depends_on_itself(rule)


def is_compared(method: Any) -> bool:
    """Whether a method was returned by `one_formula`."""
    return getattr(method, "is_compared", False)


@remembered
def _refuse_branches(method: Method, name: str, rule: Any, net: Any) -> None:
    """Compare a method with its formula, once for each rule and network."""
    index = Dummy("k", integer=True)
    anywhere = parts_of(formula(lambda l: method(rule, net, l), index, name))

    def at(l: Any) -> Any:
        return changed(anywhere, lambda part: part.xreplace({index: l}))

    down = net.product_to_the_last
    ends = {down(1): net.whole_product, down(net.depth + 1): Identity(net.widths[net.depth])}
    refuse_branches(
        lambda l: parts_of(method(rule, net, l)),
        at,
        probes(Integer(1), net.depth),
        name,
        lambda part: ends.get(part, part),
    )
    some_depth = WatchedIndex("L", integer=True)
    method(rule, net.at_depth({net.depth: some_depth}), index)
    some_depth.refuse_lookups(name, "the depth")
    for depth in sorted({1, 2, 3} | {n for n in suspects(method) if 1 <= n <= DEEPEST}):
        _refuse_another_at(depth, method, name, rule, net, at)


def _refuse_another_at(depth: int, method: Method, name: str, rule: Any, net: Any, at: Any) -> None:
    """Refuse a method whose formula for any depth does not give what the method returns in a network of this depth."""
    fixed = net.at_depth({net.depth: depth})
    for l in layers_at_the_ends(LOWEST.get(name, 1), depth):
        said = parts_of(method(rule, fixed, l))
        expected = changed(at(Integer(l)), lambda part: at_depth(part, {net.depth: depth}))
        if not agree(said, expected):
            raise InvalidValueError(
                f"{name!r} must give one formula for every depth: it branches on the network (at depth {depth}, layer "
                f"{l} it gives {said}, where the formula for any depth gives {expected}). Write it without branches on "
                "the network."
            )
