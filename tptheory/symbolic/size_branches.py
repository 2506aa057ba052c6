"""A method of a rule must say the same of networks of all sizes, or it is refused where a size is a symbol.

``W.T if W.is_square else Pinv(W)`` answers ``Pinv(W)`` where the sizes are symbols. What is proved of all sizes would
then be false of square weights. A user's method is therefore called in small networks, whose sizes are numbers, too:
all of them 1, all of them equal, all of them different, and the numbers in its code.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import unwrap
from types import FunctionType
from typing import Any

from sympy import Integer, Symbol, sympify

from tptheory.errors import InvalidValueError
from tptheory.symbolic.branches import suspects
from tptheory.symbolic.method_values import changed, parts_of
from tptheory.symbolic.remembering import remembered, stands_in_a_package
from tptheory.symbolic.uniform import agree

DEEPEST = 3
"""A network of more layers is compared as one of so many: it has a first, a last and a layer between."""
LARGEST, MOST_SUSPECTS = 20, 6
"""The largest number in a method's code that is tried as a size, and how many of them are."""
Sizes = dict[Symbol, Integer]


def refuse_branches_on_sizes(method: Callable[..., Any], name: str, rule: Any, net: Any, lowest: int) -> None:
    """Compare what a method says of a network, once its sizes are numbers, with what it says of the numbers.

    Args:
        method: the method ``(rule, net, l)``.
        name: its name.
        rule: the rule.
        net: the network; at any depth it is compared at one.
        lowest: the first layer at which the method is defined.

    Raises:
        InvalidValueError: if they differ: the method branches on the sizes.
    """
    small = net.at_depth({net.depth: DEEPEST}) if net.any_depth else net
    _refuse(method, name, rule, small.with_widths(small.widths[: DEEPEST + 1]), lowest)


@remembered
def _refuse(method: Callable[..., Any], name: str, rule: Any, net: Any, lowest: int) -> None:
    """Compare what a method says at each layer of a network, once for each rule and network."""
    tried = _sizes_to_try(net, [method, *_own_methods(rule)])
    general = {l: parts_of(method(rule, net, l)) for l in range(lowest, net.depth + 1)} if tried else {}
    for sizes in tried:
        other = net.with_widths(_at(sizes, net.widths), _at(sizes, net.batch))
        for l, formula in general.items():
            said, expected = parts_of(method(rule, other, l)), _at(sizes, formula)
            if not agree(said, expected):
                shown = ", ".join(f"{size} = {number}" for size, number in sizes.items())
                raise InvalidValueError(
                    f"{name!r} must give one formula for all sizes: it branches on them (at layer {l} with {shown} it "
                    f"gives {said}, where the formula for any sizes gives {expected}). Give the network its widths as "
                    "numbers, or write the rule without the branch."
                )


def _at(sizes: Sizes, parts: Any) -> Any:
    """Return parts of what a method returned, or sizes, where the sizes are numbers."""
    return changed(parts, lambda part: part.xreplace(sizes))


def _own_methods(rule: Any) -> list[Callable[..., Any]]:
    """Return the functions of a rule's class, and of its bases, that a user defined."""
    own = [cls for cls in type(rule).__mro__ if not stands_in_a_package(cls)]
    return [unwrap(value) for cls in own for value in vars(cls).values() if isinstance(value, FunctionType)]


def _sizes_to_try(net: Any, methods: list[Callable[..., Any]]) -> list[Sizes]:
    """Return numbers for the sizes of a network that are symbols; none if all are numbers.

    The numbers in the code of some methods are among them.
    """
    sizes = [sympify(n) for n in (*net.widths, net.samples)]
    symbols = [*dict.fromkeys(s for n in sizes for s in sorted(n.free_symbols, key=str))]
    if not symbols:
        return []
    numbers = sorted({n for method in methods for n in suspects(method) if 2 < n <= LARGEST})[:MOST_SUSPECTS]
    alike = [dict.fromkeys(symbols, Integer(number)) for number in (1, 2, *numbers)]
    rising = {symbol: Integer(k) for k, symbol in enumerate(symbols, 2)}
    falling = dict(zip(symbols, reversed(rising.values()), strict=True))
    return [*alike, rising, falling, rising | ({net.samples: Integer(1)} if net.samples in symbols else {})]
