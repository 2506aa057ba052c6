"""A method of a rule must say the same of every layer of a network of any depth, and of all sizes, or it is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any
from weakref import WeakSet

from sympy import Dummy, Identity, Integer, sympify

from tptheory.symbolic.depth_branches import refuse_branches_on_depths, refuse_branches_on_depths_at
from tptheory.symbolic.layers import index_parts
from tptheory.symbolic.method_values import Method, MethodOfRule, parts_of, with_parts_changed
from tptheory.symbolic.own_code import SHAPES
from tptheory.symbolic.remembering import remembered, stands_in_a_package
from tptheory.symbolic.size_branches import refuse_branches_on_sizes, symbols_of_sizes
from tptheory.symbolic.uniform import formula, refuse_branches, refuse_difference
from tptheory.symbolic.watching import Watch, unwatched

OF_A_LAYER = {*SHAPES, "states"}
"""The methods of a rule that take a layer: where a subclass defines one, it must be one formula for all layers."""
_EXEMPT: WeakSet[type] = WeakSet()
"""Classes of rules that are not compared: each says what another rule says, with letters for its signals."""
_is_comparing: ContextVar[bool] = ContextVar("is_comparing", default=False)
"""Whether a method is being compared: what others it asks at numbers is compared where they are asked at a symbol."""


def one_formula(method: Method, name: str) -> Method:
    """Wrap a method ``(rule, net, l)``, so that what it returns is one formula for all that may be any.

    In a network of any depth, its formula at a symbolic layer is compared with what it returns at the first layers, at
    the last ones, and in networks of several depths. What a user's own method learns of sizes, layers and depths that
    are symbols is watched, too, and it is called at sizes that are numbers.

    A rule of tptheory is not compared: it is one formula, which the tests see to. Where it is made of a user's rule, as
    ``WeightDecay(MyRule())``, the methods of the other rule are compared where it calls them.

    Raises:
        InvalidValueError: if the method branches on the layer, on the depth or on a size, or raises at a layer.
    """

    @wraps(method)
    def checked(rule: Any, net: Any, l: Any) -> Any:
        if _is_exempt(method, rule) or not _may_be_several(net):
            return method(rule, net, l)
        if _is_comparing.get() and not _may_be_any(l, net):
            return _watched(method, name, rule, net, l)[0]
        return _said_of_all(method, name, rule, net, l)

    return checked


def one_formula_of_motion(method: Callable[[Any, Any], Any], name: str) -> Callable[[Any, Any], Any]:
    """Wrap a method ``(rule, net)`` that says how a network moves, so that a user's own is one formula, too.

    Its motion of the parameters is compared as what a method of a layer says.

    Raises:
        InvalidValueError: if it branches on sizes, layers or the depth.
    """

    def whole(rule: Any, net: Any, _: Any) -> Any:
        return tuple(method(rule, net).items())

    def at_layer(rule: Any, net: Any, l: Any) -> Any:
        motion = method(rule, net)
        return tuple(motion[parameter(l)] for parameter in (net.weight, net.bias)[: 1 + net.biases])

    @wraps(method)
    def checked(rule: Any, net: Any) -> Any:
        if _is_exempt(method, rule) or not _may_be_several(net):
            return method(rule, net)
        if net.any_depth:
            _formula_for_any(at_layer, name, rule, net)
        else:
            _said_of_all(whole, name, rule, net, 1)
        return method(rule, net)

    return checked


@unwatched
@remembered
def _watched(function: Method, name: str, rule: Any, net: Any, l: Any) -> tuple[Any, dict[int, str]]:
    """Return what a user's method says of a layer, and the depths for which it asks; it may ask for nothing else."""
    watch = Watch(None, net.depth, symbols_of_sizes(net))
    said = watch.call(function, rule, net, l)
    watch.refuse_lessons(name)
    return said, watch.depths


def _may_be_several(net: Any) -> bool:
    """Whether a network stands for several: its depth, or some size, is a symbol."""
    return net.any_depth or bool(symbols_of_sizes(net))


def _may_be_any(l: Any, net: Any) -> bool:
    """Whether a layer is a symbol that may be any: neither a number, nor counted from the last layer."""
    return net.any_depth and index_parts(l)[0] not in (None, net.depth)


@unwatched
@remembered
def _said_of_all(function: Method, name: str, rule: Any, net: Any, l: Any) -> Any:
    """Return what a user's method says of a layer, once it is known to say the same of all sizes, layers and depths."""
    if _may_be_any(l, net):
        at = _formula_for_any(function, name, rule, net)
        said = function(rule, net, l)
        refuse_difference(parts_of(said), at(l), l, name)  # it may ask by `is` for this very symbol
        return said
    said, depths = _watched(function, name, rule, net, l)
    method = MethodOfRule(function, name, rule)
    if net.any_depth:
        refuse_branches_on_depths_at(l, method, net, parts_of(said), depths)
    else:
        refuse_branches_on_sizes(method, net, l, parts_of(said))
    return said


def _is_exempt(method: Callable[..., Any], rule: Any) -> bool:
    """Whether a rule is not compared: one of tptheory's, or a copy of another one with letters for its signals."""
    return all(map(stands_in_a_package, (method, type(rule)))) or type(rule) in _EXEMPT


def exempt_from_comparison(kind: type) -> None:
    """Do not compare the rules of a class, which say what another rule says, with letters for its signals."""
    _EXEMPT.add(kind)


def is_compared(method: Any) -> bool:
    """Whether a method was marked by `mark_as_compared`; what a decorator made of such a method was not."""
    return getattr(method, "compared", None) is method


def mark_as_compared(method: Any) -> Any:
    """Mark a method as one that is compared, and return it.

    The mark is the method itself: `functools.wraps` copies marks to what it wraps with.
    """
    method.compared = method
    return method


@remembered
def _formula_for_any(function: Method, name: str, rule: Any, net: Any) -> Callable[[Any], Any]:
    """Return a function from a layer to the parts of a method's formula there, once the method is compared with it."""

    def says(l: Any) -> Any:  # its numbers are found through what it refers to
        return parts_of(function(rule, net, l))

    index = Dummy("k", integer=True)
    anywhere = formula(says, index, name)

    def at(l: Any) -> Any:
        return with_parts_changed(anywhere, lambda part: part.xreplace({index: sympify(l)}))

    down = net.product_to_the_last
    ends = {down(1): net.whole_product, down(net.depth + 1): Identity(net.widths[net.depth])}
    token = _is_comparing.set(True)
    try:
        asked = refuse_branches(
            says,
            at,
            (Integer(1), net.depth),
            name,
            lambda part: ends.get(part, part),
            symbols_of_sizes(net),
        )
        refuse_branches_on_depths(MethodOfRule(function, name, rule), net, at, asked)
    finally:
        _is_comparing.reset(token)
    return at
