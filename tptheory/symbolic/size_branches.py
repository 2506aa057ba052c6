"""A method of a rule must say the same of networks of all sizes, or it is refused where a size is a symbol.

``W.T if W.is_square else Pinv(W)`` answers ``Pinv(W)`` where the sizes are symbols. What is then proved of all sizes
would be false of square weights. What a user's method learns of sizes that are symbols is a reason to refuse it. As it
may learn whether they are symbols, it is also called in networks whose sizes are numbers, and must say there what its
formula gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Identity, Integer, OneMatrix, Sum, Symbol, sieve, sympify

from tptheory.errors import InvalidValueError, TptheoryError
from tptheory.symbolic.method_values import MethodOfRule, with_parts_changed
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.uniform import agree
from tptheory.symbolic.watching import Watch

ALIKE = (2, 3)
"""Numbers that all sizes are at once; not 1, where SymPy writes much in other ways."""
MOST_TRIED, LARGEST = 8, 50
"""How many of the numbers in a method's code are tried as sizes, and the largest: a sum over entries is written out."""
PRIMES_ABOVE = 10
"""Each size has a prime number of its own above this one; rules hold no such numbers but by bad luck."""
Sizes = dict[Symbol, Integer]


def symbols_of_sizes(net: Any) -> list[Symbol]:
    """Return the symbols that stand for widths, and for the number of samples; of any depth, for the latter alone."""
    sizes = [net.samples] if net.any_depth else [*net.widths, net.samples]
    return [*dict.fromkeys(s for n in sizes for s in sorted(sympify(n).free_symbols, key=str))]


def refuse_branches_on_sizes(method: MethodOfRule, net: Any, l: int, said: Any) -> None:
    """Compare what a method says at a layer, in networks whose sizes are numbers, with what its formula gives there.

    Where it raises, nothing is compared: matrices of symbolic sizes that a rule holds do not fit beside such sizes.

    Args:
        method: the method.
        net: a network whose depth is a number.
        l: the layer.
        said: the parts of what it says there, where some sizes are symbols.

    Raises:
        InvalidValueError: if they differ, or the method learns which numbers the sizes are.
    """
    symbols = symbols_of_sizes(net)
    distinct = dict(
        zip(symbols, map(Integer, sieve.primerange(PRIMES_ABOVE, PRIMES_ABOVE + 20 * len(symbols) + 20)), strict=False)
    )
    for sizes in (distinct, *_sizes_to_try(net, l, symbols, method)) if symbols else ():
        other = _network(net, sizes)
        if other is None:
            continue
        watch = Watch(numbers=_at(sizes, _symbolic(net.widths, net.samples))) if sizes is distinct else None
        expected, found = _at(sizes, said), _at(sizes, method.at_or_none(other, l, watch))
        if found is not None and expected is not None and not agree(found, expected):
            shown = ", ".join(f"{size} = {number}" for size, number in sizes.items())
            raise InvalidValueError(
                f"{method.name!r} must give one formula for all sizes: it branches on them (at layer {l} with {shown} "
                f"it gives {found}, where the formula for any sizes gives {expected}). Give the network its widths as "
                "numbers, or write the rule without the branch."
            )


def _network(net: Any, sizes: Sizes) -> Any:
    """Return the network of some sizes; None if there is none, as where a width is one less than a size, and 0."""
    try:
        return net.with_widths(_at(sizes, net.widths), _at(sizes, net.batch))
    except (TptheoryError, TypeError, ValueError):  # a user's own class of networks may take other arguments
        return None


def _at(sizes: Sizes, parts: Any) -> Any:
    """Return parts of what a method returned, or sizes, with numbers for sizes, those of the rule's matrices too."""
    return with_parts_changed(parts, lambda part: rebuild(part.xreplace(sizes), _plain))


def _plain(part: Any) -> Any:
    """Return what SymPy may write in two ways in one: a matrix of ones of one entry, and a sum between numbers."""
    if part == OneMatrix(1, 1):
        return Identity(1)
    return part.doit() if isinstance(part, Sum) else part


def _sizes_to_try(net: Any, l: int, symbols: list[Symbol], method: MethodOfRule) -> Iterator[Sizes]:
    """Run through numbers for symbols of sizes: small ones, and those in a method's code, for all at once and for some.

    With a number ``c`` in the code a size near the layer is ``c`` while the others are 2, and with ``c``, or 1, the
    sizes on either side of the layer are ``a`` and ``a + c`` or ``c a``.
    """
    numbers = [n for n in method.numbers() if 1 < n <= LARGEST][:MOST_TRIED]
    yield from (dict.fromkeys(symbols, Integer(n)) for n in (*ALIKE, *numbers))
    two = dict.fromkeys(symbols, Integer(2))
    for size in _sizes_near(l, net):
        yield from filter(None, (_where(size, Integer(n), two) for n in numbers))
    sides = [net.widths[max(l - 1, 0)], net.widths[l]]
    for below, above in (sides, sides[::-1]):
        for n in (1, *numbers):
            yield from filter(None, (_where(below, other.xreplace(two), two) for other in (above + n, above * n)))


def _sizes_near(l: int, net: Any) -> tuple[Any, ...]:
    """Return the sizes of what stands at a layer, and at the ends of the network, that are made of symbols."""
    sizes = [net.widths[k] for k in (max(l - 1, 0), l, 0, net.depth)]
    return _symbolic(sizes, net.samples)


def _symbolic(widths: Iterable[Any], samples: Any) -> tuple[Any, ...]:
    """Return the sizes that are made of symbols, each once."""
    return tuple(size for size in dict.fromkeys((*widths, samples)) if sympify(size).free_symbols)


def _where(size: Any, number: Any, others: Sizes) -> Sizes | None:
    """Return sizes of which one is a number, by the choice of one symbol in it; None if none above 1 does it."""
    symbol = min(sympify(size).free_symbols, key=str, default=None)
    if symbol is None:
        return None
    rest = size.xreplace({other: n for other, n in others.items() if other != symbol})
    factor = rest.coeff(symbol)
    value = (number - rest.subs(symbol, 0)) / factor if factor.is_Integer and factor != 0 else rest
    is_it = value.is_Integer and value > 1 and rest.subs(symbol, value) == number
    return others | {symbol: value} if is_it else None
