"""The quantities of a network that have a name: activations, and the error, where a claim writes them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import MatAdd, MatrixSymbol

from tptheory.symbolic.expressions import matadd, matmul, transpose
from tptheory.symbolic.members import occurrences
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.typesetting.folding import Naming


def quantities(expressions: Iterable[Any]) -> list[Naming]:
    """Return the names ``x_1, x_2, ...`` of activations, and ``e`` of the error, that fit the symbols of expressions.

    They fit if the weights and the input are those of a network. The error has a name if all of it that is spoken of
    is that of one depth.

    >>> net = DeepLinearNetwork(depth=2)
    >>> [(str(one.name), str(one.meaning)) for one in quantities([net.error])]
    [('x_1', 'W_1*x'), ('x_2', 'W_2*x_1'), ('e', 'x_2 - y')]
    """
    listed = list(expressions)
    symbols = {s for e in listed for s in occurrences(e, MatrixSymbol)}
    for letter in ("x", "X"):
        for start in sorted((s for s in symbols if s == MatrixSymbol(letter, *s.shape)), key=str):
            widths = _widths(symbols, start.shape[0])
            batch = None if letter == "x" else start.shape[1]
            nets = [DeepLinearNetwork(widths=widths[: l + 1], batch=batch) for l in range(1, len(widths))]
            if nets and nets[0].input == start:
                return _of_network(nets, listed, {s.name for s in symbols})
    return []


def _widths(symbols: set[Any], first: Any) -> list[Any]:
    """Return the widths of the network whose weights are among symbols, from its first width on."""
    widths = [first]
    while True:
        l = len(widths)
        above = (s.shape[0] for s in symbols if s == MatrixSymbol(f"W_{l}", s.shape[0], widths[-1]))
        width = next(above, None)
        if width is None:
            return widths
        widths.append(width)


def _of_network(nets: list[DeepLinearNetwork], expressions: list[Any], taken: set[str]) -> list[Naming]:
    """Return the names of the activations of the deepest of several networks, and of the error if they have one."""
    found: list[Naming] = []
    net, below = nets[-1], nets[-1].input
    for l in net.layers:
        name = MatrixSymbol(f"{net.input.name}_{l}", net.widths[l], net.samples)
        if name.name in taken:
            return found
        found.append(Naming(name, matmul(net.weight(l), below)))
        below = name
    sums = {node for e in expressions for node in occurrences(e, MatAdd)}
    spoken_of = [one for one in nets if one.error in sums or transpose(one.error) in sums]
    letter = "e" if net.samples == 1 else "E"
    if len(spoken_of) == 1 and letter not in taken:
        (one,) = spoken_of
        output = found[one.depth - 1].name
        found.append(Naming(MatrixSymbol(letter, *one.error.shape), matadd(output, matmul(-1, one.target))))
    return found
