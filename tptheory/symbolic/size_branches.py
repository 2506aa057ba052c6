"""A method of a rule must say the same of networks of all sizes, or it is refused where a size is a symbol.

``W.T if W.is_square else Pinv(W)`` answers ``Pinv(W)`` where the sizes are symbols. What is then proved of all sizes
would be false of square weights. What a user's method learns of sizes that are symbols is a reason to refuse it. As it
may learn whether they are symbols, it is also called in networks whose sizes are numbers, and must say there what its
formula gives.
"""

from __future__ import annotations

from typing import Any

from sympy import Identity, Integer, OneMatrix, Symbol, prime, sympify

from tptheory.errors import InvalidValueError
from tptheory.symbolic.method_values import MethodOfRule, with_parts_changed
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.uniform import agree
from tptheory.symbolic.watching import Watch

ALIKE = (1, 2, 3)
"""The sizes that all have at once."""
MOST_NUMBERS = 8
"""How many of the numbers in a method's code are tried as sizes."""
FIRST_PRIME = 26
"""From the 26th prime number on, 101, each size has one of its own; rules hold no such numbers but by bad luck."""
Sizes = dict[Symbol, Integer]


def symbols_of_sizes(net: Any) -> list[Symbol]:
    """Return the symbols that stand for widths, and for the number of samples; of any depth, for the latter alone."""
    sizes = [net.samples] if net.any_depth else [*net.widths, net.samples]
    return [*dict.fromkeys(s for n in sizes for s in sorted(sympify(n).free_symbols, key=str))]


def refuse_branches_on_sizes(method: MethodOfRule, net: Any, l: int, said: Any) -> None:
    """Compare what a method says at a layer, in networks whose sizes are numbers, with what its formula gives there.

    Where it raises nothing is compared: matrices of symbolic sizes that a rule holds do not fit beside such sizes.

    Args:
        method: the method.
        net: a network whose depth is a number.
        l: the layer.
        said: the parts of what it says there, where some sizes are symbols.

    Raises:
        InvalidValueError: if they differ, or the method learns which numbers the sizes are.
    """
    symbols = symbols_of_sizes(net)
    distinct = {symbol: Integer(prime(FIRST_PRIME + i)) for i, symbol in enumerate(symbols)}
    for sizes in (distinct, *_sizes_to_try(symbols, _sizes_near(l, net), method)) if symbols else ():
        watch = Watch(numbers=distinct.values()) if sizes is distinct else None
        expected = _at(sizes, said)
        other = net.with_widths(_at(sizes, net.widths), _at(sizes, net.batch))
        found = _at(sizes, method.at_or_none(other, l, watch))
        if found is not None and expected is not None and not agree(found, expected):
            shown = ", ".join(f"{size} = {number}" for size, number in sizes.items())
            raise InvalidValueError(
                f"{method.name!r} must give one formula for all sizes: it branches on them (at layer {l} with {shown} "
                f"it gives {found}, where the formula for any sizes gives {expected}). Give the network its widths as "
                "numbers, or write the rule without the branch."
            )


def _at(sizes: Sizes, parts: Any) -> Any:
    """Return parts of what a method returned, or sizes, with numbers for sizes, those of the rule's matrices too."""
    return with_parts_changed(parts, lambda part: rebuild(part.xreplace(sizes), _one))


def _one(part: Any) -> Any:
    """Return the identity for a matrix of ones that has one entry, as SymPy may write either."""
    return Identity(1) if part == OneMatrix(1, 1) else part


def _sizes_near(l: int, net: Any) -> list[Symbol]:
    """Return the symbols for the sizes of what stands at a layer, and at the ends of the network."""
    sizes = [net.widths[k] for k in dict.fromkeys((max(l - 1, 0), l, 0, net.depth))]
    return [size for size in (*sizes, net.samples) if isinstance(size, Symbol)]


def _sizes_to_try(symbols: list[Symbol], near: list[Symbol], method: MethodOfRule) -> list[Sizes]:
    """Return small numbers for symbols of sizes, and those in a method's code: for all at once, and for some alone."""
    numbers = [n for n in method.numbers() if n > max(ALIKE)][:MOST_NUMBERS]
    alike = [dict.fromkeys(symbols, Integer(number)) for number in (*ALIKE, *numbers)]
    two = dict.fromkeys(symbols, Integer(2))
    return [*alike, *(two | {symbol: Integer(number)} for number in numbers for symbol in near)]
