"""A method of a rule must say the same of networks of every depth, or it is refused where the depth is a symbol.

What it says of a network of any depth is compared with what it says of networks whose depths are numbers: of one, two
and three layers, of depths with which it compares the symbol, and of those whose numbers stand in its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tptheory.errors import InvalidValueError
from tptheory.symbolic.depths import at_depth
from tptheory.symbolic.layers import index_parts
from tptheory.symbolic.method_values import MethodOfRule, with_parts_changed
from tptheory.symbolic.size_branches import refuse_branches_on_sizes, symbols_of_sizes
from tptheory.symbolic.uniform import agree
from tptheory.symbolic.watching import Watch, refuse_depths

DEEPEST_COMPARED = 200
"""The largest depth at which a method is compared with its formula for any depth."""
SHALLOW = 3
"""How many depths are compared in any case; at the last of them, sizes that are numbers are tried, too."""
MOST_ALL_COMPARED, ENDS = 12, 3
"""Up to so many layers are all compared, and of a deeper network so many at either end."""
Formula = Callable[[int], Any]


def refuse_branches_on_depths(method: MethodOfRule, net: Any, formula: Formula, asked: Mapping[int, str]) -> None:
    """Compare a method, in networks of several depths, with its formula for any layer and depth.

    Args:
        method: the method.
        net: the network of any depth.
        formula: returns the parts of what the method says of a layer in it.
        asked: the depths for which the method asks, and how an error says so.

    Raises:
        InvalidValueError: if they differ, or the method learns something of sizes. What it raises is not caught.
    """
    suspected = method.suspects()
    for depth in _depths(1, asked, suspected, method):
        for l in _layers(method.lowest, depth, suspected):
            _refuse_difference_at(method, net, depth, l, formula(l), method.at, depth == SHALLOW)


def refuse_branches_on_depths_at(l: Any, method: MethodOfRule, net: Any, said: Any, asked: Mapping[int, str]) -> None:
    """Compare what a method says of one layer, a number or one that is counted from the last, in several depths.

    Where it raises in a network of some depth, it need not be asked there, and nothing is compared.
    """
    base, offset = index_parts(l)
    lowest = max(1, offset) if base is None else max(1, method.lowest - offset)
    for depth in _depths(lowest, asked, method.suspects(), method):
        layer = offset if base is None else depth + offset
        _refuse_difference_at(method, net, depth, layer, said, method.at_or_none, depth == lowest + SHALLOW - 1)


def _depths(lowest: int, asked: Mapping[int, str], suspected: Iterable[int], method: MethodOfRule) -> list[int]:
    """Return the depths to compare: the first ones, those for which a method asks, and numbers in its code.

    Raises:
        InvalidValueError: if it asks for a depth that is too large to be compared.
    """
    refuse_depths({depth: how for depth, how in asked.items() if depth > DEEPEST_COMPARED}, method.name)
    found = {*range(lowest, lowest + SHALLOW), *asked, *suspected}
    return sorted(depth for depth in found if lowest <= depth <= DEEPEST_COMPARED)


def _layers(lowest: int, depth: int, suspected: Iterable[int]) -> list[int]:
    """Return the layers to compare in a network of a depth."""
    layers = range(lowest, depth + 1)
    if depth <= MOST_ALL_COMPARED:
        return [*layers]
    return [l for l in layers if l < lowest + ENDS or l > depth - ENDS or l in suspected]


def _refuse_difference_at(
    method: MethodOfRule, net: Any, depth: int, l: int, formula: Any, ask: Callable[..., Any], with_sizes: bool
) -> None:
    """Refuse a method that does not say, in a network of a depth, what its formula for any depth gives there.

    It is refused, too, if it branches on sizes there.
    """
    fixed = net.at_depth({net.depth: depth})
    said = ask(fixed, l, Watch(sizes=symbols_of_sizes(fixed)))
    expected = with_parts_changed(formula, lambda part: at_depth(part, {net.depth: depth}))
    if said is not None and not agree(said, expected):
        raise InvalidValueError(
            f"{method.name!r} must give one formula for every depth: it branches on the network (at depth {depth}, "
            f"layer {l} it gives {said}, where the formula for any depth gives {expected}). Write it without branches "
            "on the network."
        )
    if with_sizes and said is not None and method.depends_on_a_user:
        refuse_branches_on_sizes(method, fixed, l, said)
