"""One name, one meaning: a claim, or a motion, that speaks of two different symbols of one name is refused.

Whoever reads ``eta`` or ``W_1`` takes it for one thing. SymPy does not: a symbol that is declared otherwise, or has
another shape, is another symbol, which stands still where the first one moves. Nothing printed would show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from sympy import Float, Identity, MatrixBase, MatrixSymbol, Rational, Symbol
from sympy.core.basic import Basic
from sympy.core.function import AppliedUndef
from sympy.core.numbers import ComplexInfinity, ImaginaryUnit, Infinity, NaN, NegativeInfinity

from tptheory.certificates import checker
from tptheory.errors import InvalidValueError, ShapeError, complain
from tptheory.symbolic.bound import BoundIndex, BoundMatrix
from tptheory.symbolic.dynamics import Motion
from tptheory.symbolic.layers import LayerSymbol, Recursion, Sequence
from tptheory.symbolic.remembering import remembered
from tptheory.symbolic.shapes import fault_of_shapes
from tptheory.symbolic.walking import nodes_in, opened_once

NAMED_TYPES = (Symbol, MatrixSymbol, Sequence)
"""The classes of what has a name, beside functions such as the width."""
Named = frozenset[Any]
"""Symbols, matrix symbols, functions such as the width, and sequences."""


def refuse_two_of_one_name(*items: Any) -> None:
    """Refuse claims, hypotheses, motions or expressions that together give one name two meanings.

    What a motion speaks of counts as well: its network, its rule, and how each parameter moves.

    Raises:
        InvalidValueError: if two different symbols, matrices or sequences share a name, if a symbol has the name of a
            member of a sequence (``W_1`` beside ``W[l]``), or if its name is a number or prints as an expression does.
    """
    expressions = list(_spoken(items))
    named: set[Any] = set()
    for expression in expressions:
        named |= expression if isinstance(expression, frozenset) else _mentioned(expression).names
    _refuse_namesakes([s for s in named if isinstance(s, Symbol | MatrixSymbol)])
    _refuse_namesakes([s for s in named if isinstance(s, Sequence)])
    _refuse_names_of_members(named)
    _refuse_names_of_expressions(named, [e for e in expressions if not isinstance(e, frozenset)])
    _refuse_names_that_are_none(s.name for s in named if isinstance(s, Symbol | MatrixSymbol | Sequence))


def refuse_two_of_one_name_across(claims: Iterable[Any]) -> None:
    """Refuse claims that are made together and give one name two meanings.

    Claims about networks of several depths may stand together: their matrices of one name differ in the widths that
    they have, such as the targets ``y`` of ``n_2`` and of ``n_3`` rows.

    Raises:
        InvalidValueError: if two different symbols share a name, unless both are matrices whose sizes are widths.
    """
    named = [s for e in _spoken(list(claims)) for s in (e if isinstance(e, frozenset) else _mentioned(e).names)]
    symbols = [s for s in named if isinstance(s, Symbol | MatrixSymbol)]
    plain = [s for s in symbols if not _has_widths(s)]
    _refuse_namesakes(plain)
    others = {s.name: s for s in plain}
    for s in filter(_has_widths, symbols):
        _refuse_namesakes([others.get(s.name, s), s])


def _has_widths(symbol: Any) -> bool:
    """Whether a symbol is a matrix whose sizes are symbols, or 1."""
    return isinstance(symbol, MatrixSymbol) and all(n == 1 or n.is_Symbol for n in symbol.shape)


def refuse_numbers_that_are_not_exact(*items: Any) -> None:
    """Refuse floats, infinity and imaginary numbers in claims: a proof is about exact real numbers, and 0.1 is no 1/10.

    A number that is too long for a certificate is refused as well.

    Raises:
        InvalidValueError: if there is one.
    """
    numbers = frozenset().union(*(_mentioned(e).numbers for e in _spoken(items) if not isinstance(e, frozenset)))
    if any(max(abs(int(q.p)), int(q.q)) >= TOO_LONG for q in numbers if isinstance(q, Rational)):
        expected, came = f"made of numbers of at most {checker.DIGITS:,} digits", "a longer one"
        raise InvalidValueError(f"'expression' must be {expected} (got {came}). Name the number by a symbol.")
    others = [str(number) for number in numbers if not isinstance(number, Rational)]
    if others:
        came = min(others)
        mend = "Write Rational(1, 10), not 0.1."
        raise InvalidValueError(complain("expression", "made of exact real numbers that are finite", came, mend))


def refuse_shapes_that_do_not_fit(*items: Any) -> None:
    """Refuse sums and products of shapes that do not fit, and traces and the like of what is not known to be square.

    SymPy refuses them where the sizes are numbers, and not where they are symbols.

    Raises:
        ShapeError: if there is one.
    """
    for expression in _spoken(items):
        fault = "" if isinstance(expression, frozenset) else _mentioned(expression).fault
        if fault:
            raise ShapeError(fault)


TOO_LONG = 10**checker.DIGITS
"""The least integer that has too many digits for a certificate."""
NUMBER_TYPES = (Rational, Float, ImaginaryUnit, Infinity, NegativeInfinity, ComplexInfinity, NaN)
"""The classes of SymPy's numbers that are looked at: exact ones, and those that are none."""


class _Mentioned(NamedTuple):
    """What an expression names, the definitions of its sequences as well, the numbers in it, and a fault of shapes."""

    names: Named
    numbers: frozenset[Any]
    fault: str


def _spoken(item: Any) -> Iterator[Any]:
    """Run through the expressions of claims, hypotheses and motions; of motions, through what they name."""
    if isinstance(item, Motion):
        yield _moving(item)
    elif isinstance(item, MatrixBase):
        yield item.as_immutable()
    elif isinstance(item, Basic):
        yield item
    elif isinstance(item, tuple | list):
        for part in item:
            yield from _spoken(part)
    elif is_dataclass(item):
        for field in fields(item):
            yield from _spoken(getattr(item, field.name))


@remembered
def _moving(motion: Motion) -> Named:
    """Return what the network of a motion, its rule and its changes name."""
    net = motion.net
    expressions = [net.input, net.target, net.error]
    if net.any_depth:
        members = [sequence(BoundIndex(0)) for sequence in motion.sequences]
        expressions += [*members, *(motion[member] for member in members)]
    else:
        expressions += [*motion, *motion.values()]
    return frozenset().union(*(_mentioned(e).names for e in expressions))


@remembered
def _mentioned(expression: Any) -> _Mentioned:
    """Return what an expression mentions."""
    names, numbers, fault = set[Any](), set[Any](), ""
    for node in nodes_in(expression, opens=opened_once(Sequence)):
        if isinstance(node, NUMBER_TYPES):
            numbers.add(node)
        elif isinstance(node, AppliedUndef):
            names.add(node.func)
        elif isinstance(node, NAMED_TYPES) and not isinstance(node, BoundIndex | BoundMatrix | LayerSymbol):
            names.add(node)
        fault = fault or fault_of_shapes(node)
    return _Mentioned(frozenset(names), frozenset(numbers), fault)


def _refuse_namesakes(symbols: Iterable[Any]) -> None:
    """Refuse two different symbols that share a name."""
    first: dict[str, Any] = {}
    for symbol in sorted(symbols, key=lambda s: (s.name, _told(s))):
        other = first.setdefault(symbol.name, symbol)
        if other is not symbol and other != symbol:
            _refuse(symbol.name, ", and ".join(sorted((_told(other), _told(symbol)))))


def _refuse_names_of_members(named: set[Any]) -> None:
    """Refuse a symbol with the name of a member of a sequence, or with that of a width but other declarations."""
    symbols = [s for s in named if isinstance(s, Symbol | MatrixSymbol)]
    owners = [owner for owner in named if not isinstance(owner, Symbol | MatrixSymbol)]
    for owner, symbol in product(sorted(owners, key=str), sorted(symbols, key=str)):
        name = owner.name if isinstance(owner, Sequence) else str(owner)
        if symbol.name.startswith(f"{name}[") or (_is_numbered(symbol.name, name) and _has_members(owner, symbol)):
            _refuse(symbol.name, f"{_told(symbol)}, and a layer's own {name}")


def _is_numbered(symbol: str, name: str) -> bool:
    """Whether a symbol has the name of a sequence's member at a numbered layer, such as ``W_2``."""
    before, _, number = symbol.rpartition("_")
    return before == name and number.isdigit()


def _has_members(owner: Any, symbol: Any) -> bool:
    """Whether members at numbers become symbols of that name; those of a width count only if declared otherwise."""
    if isinstance(owner, Sequence):
        return not isinstance(owner, Recursion)
    return bool(symbol.assumptions0 != owner(Symbol("l")).assumptions0)


def _refuse_names_of_expressions(named: set[Any], expressions: list[Any]) -> None:
    """Refuse a symbol whose name is a number, or is how an expression of the claim prints."""
    symbols = {s.name: s for s in named if isinstance(s, Symbol | MatrixSymbol)}
    if "I" in symbols and any(e.has(Identity) for e in expressions):
        _refuse("I", f"{_told(symbols['I'])}, and the identity")
    odd = {name: symbol for name, symbol in sorted(symbols.items()) if not name.isidentifier()}
    for name, symbol in odd.items():
        if _is_number(name):
            _refuse(name, f"{_told(symbol)}, and the number")
    for name in sorted(_printed(expressions) & odd.keys()) if odd else ():
        _refuse(name, f"{_told(odd[name])}, and an expression that is written so")


def _refuse_names_that_are_none(names: Iterable[str]) -> None:
    """Refuse a name that a reader cannot tell from an expression, or cannot see: ``-A``, ``A.T``, or nothing."""
    for name in sorted(names):
        before, dot, after = name.rpartition(".")
        attribute = bool(dot) and before.isidentifier() and after.isidentifier()
        if not name.strip() or not name.isprintable() or name.strip()[0] in "+-" or attribute:
            mend = "Call it otherwise, such as A_2: names are shown to people."
            raise InvalidValueError(
                complain("name", "one that reads as a name, without a sign, a dot or a control character", name, mend)
            )


def _printed(expressions: list[Any]) -> set[str]:
    """Return how those parts of expressions print that are not symbols."""
    parts = (node for e in expressions for node in nodes_in(e))
    return {str(node) for node in parts if node.args and not isinstance(node, MatrixSymbol)}


def _is_number(name: str) -> bool:
    try:
        Fraction(name)
    except (ValueError, ZeroDivisionError):
        return False
    return True


def _told(symbol: Any) -> str:
    """Describe a symbol by what may distinguish it from another symbol of the same name."""
    if isinstance(symbol, Recursion):
        return f"a recursion from {symbol.start} by {symbol.step}"
    if isinstance(symbol, Sequence):
        return (
            f"a sequence of matrices of shape {symbol.shape(symbol.index)} for k = {symbol.first}, ..., {symbol.last}"
        )
    if isinstance(symbol, MatrixSymbol):
        sizes = ", ".join(f"{n}{declared(n)}" for n in symbol.shape)
        return f"a matrix of shape ({sizes})"
    return f"a symbol{declared(symbol)}"


def declared(symbol: Any) -> str:
    """Return in words what was declared of a scalar symbol; nothing for a number."""
    if not isinstance(symbol, Symbol):
        return ""
    words = [word if value else f"not {word}" for word, value in sorted(symbol._assumptions_orig.items())]
    return f" declared {', '.join(words)}" if words else " of which nothing is declared"


def _refuse(name: str, two: str) -> None:
    raise InvalidValueError(
        f"each name must have one meaning (got two called {name}: {two}). Use one of them throughout, as the "
        "network, the rule or tptheory made it, or give the other another name."
    )
