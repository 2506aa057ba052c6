"""A method of a rule must say the same of networks of all sizes, or it is refused where a size is a symbol.

``W.T if W.is_square else Pinv(W)`` answers ``Pinv(W)`` where the sizes are symbols. What is proved of all sizes would
then be false of square weights. A user's method is therefore called in networks whose sizes are numbers, too: 1, 2 and
3 in all orders, and the numbers in its code. A branch that none of these meets is not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import unwrap
from itertools import product
from types import FunctionType
from typing import Any

from sympy import Identity, Integer, OneMatrix, Symbol, sympify

from tptheory.errors import InvalidValueError
from tptheory.symbolic.branches import suspects
from tptheory.symbolic.method_values import changed, layers_at_the_ends, parts_of
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.remembering import remembered, stands_in_a_package
from tptheory.symbolic.uniform import agree

DEPTH = 3
"""The depth at which a network of any depth is compared: it has a first, a last and a layer between."""
LARGEST, MOST_SUSPECTS = 2000, 8
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
    _refuse(method, name, rule, net.at_depth({net.depth: DEPTH}) if net.any_depth else net, lowest)


@remembered
def _refuse(method: Callable[..., Any], name: str, rule: Any, net: Any, lowest: int) -> None:
    """Compare what a method says at each layer of a network, once for each rule and network."""
    tried = _sizes_to_try(net, [method, *_own_methods(rule)])
    layers = layers_at_the_ends(lowest, net.depth)
    general = {l: _said(method, rule, net, l) for l in layers} if tried else {}
    for sizes in tried:
        other = net.with_widths(_at(sizes, net.widths), _at(sizes, net.batch))
        for l, formula in general.items():
            said, expected = _at(sizes, _said(method, rule, other, l)), _at(sizes, formula)
            if said is not None and expected is not None and not agree(said, expected):
                shown = ", ".join(f"{size} = {number}" for size, number in sizes.items())
                raise InvalidValueError(
                    f"{name!r} must give one formula for all sizes: it branches on them (at layer {l} with {shown} it "
                    f"gives {said}, where the formula for any sizes gives {expected}). Give the network its widths as "
                    "numbers, or write the rule without the branch."
                )


def _said(method: Callable[..., Any], rule: Any, net: Any, l: int) -> Any:
    """Return what a method says at a layer; None if it raises, as at a layer that nobody asked for.

    It raises, too, if the rule holds matrices of symbolic sizes, which do not fit beside sizes that are numbers.
    """
    try:
        return parts_of(method(rule, net, l))
    except Exception:  # a user's own code may raise anything; where it is asked for, that is told
        return None


def _at(sizes: Sizes, parts: Any) -> Any:
    """Return parts of what a method returned, or sizes, with numbers for sizes, those of the rule's matrices too."""
    return changed(parts, lambda part: rebuild(part.xreplace(sizes), _one))


def _one(part: Any) -> Any:
    """Return the identity for a matrix of ones that has one entry, as SymPy may write either."""
    return Identity(1) if part == OneMatrix(1, 1) else part


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
    numbers = sorted({n for method in methods for n in suspects(method) if 3 < n <= LARGEST})[:MOST_SUSPECTS]
    two = dict.fromkeys(symbols, Integer(2))
    singled = [two | {symbol: Integer(number)} for number in numbers for symbol in symbols]
    alike = [dict.fromkeys(symbols, Integer(number)) for number in numbers]
    return [*_small_sizes(symbols), *alike, *singled]


def _small_sizes(symbols: list[Symbol]) -> list[Sizes]:
    """Return sizes of 1, 2 and 3: of up to three symbols in all ways; of more, such that any three take most values."""
    tried = []
    for first, second, third in product(range(3), repeat=3):
        chosen = [first, second, third, first + second + third, first + 2 * second + third, first + second]
        numbers = (Integer(chosen[k % len(chosen)] % 3 + 1) for k in range(len(symbols)))
        tried.append(dict(zip(symbols, numbers, strict=True)))
    return [*{tuple(sizes.values()): sizes for sizes in tried}.values()]
