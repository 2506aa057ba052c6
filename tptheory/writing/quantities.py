"""The quantities of a network that have a name: activations, and the error, where a claim writes them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import MatAdd, MatrixSymbol

from tptheory.symbolic.expressions import matadd, matmul, transpose
from tptheory.symbolic.members import occurrences
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.typesetting.folding import Naming

DEEPEST = 6
"""The deepest networks that are looked for."""


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
    names = {s.name for s in symbols}
    for samples in (None, *sorted({s.shape[1] for s in symbols}, key=str)):
        nets = [DeepLinearNetwork(depth=depth, batch=samples) for depth in range(1, DEEPEST + 1)]
        nets = [net for net in nets if net.input in symbols and set(net.weights) <= symbols]
        if nets:
            return _of_network(nets, listed, names)
    return []


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
