"""The command that derives what a rule does in a net: derive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.checking import read_integer, read_widths
from tptheory.cli.options import WIDTHS, Json, RuleName
from tptheory.cli.shell import alignment, app, console, print_json

if TYPE_CHECKING:
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rules import Rule


@app.command()
def derive(
    rule: RuleName = "tp",
    depth: Annotated[int | None, typer.Option(help="The number of layers, of symbolic widths; 3 unless given.")] = None,
    widths: Annotated[
        str | None, typer.Option(metavar=WIDTHS, help="Instead of --depth: the widths, such as 4-3-2.")
    ] = None,
    batch: Annotated[str | None, typer.Option(help="The number of samples: a number, or a letter such as B.")] = None,
    biases: Annotated[bool, typer.Option("--biases", help="Give every layer a bias.")] = False,
    loss: Annotated[str, typer.Option(help="squared, or any: the output error stays a symbol.")] = "squared",
    layer: Annotated[int | None, typer.Option(help="Only this layer.")] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    as_json: Json = False,
) -> None:
    """Print the feedback, the target and the update of every layer."""
    from tptheory.claims.rule_files import rule_from
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.typesetting.expressions import latex_of

    chosen = rule_from(rule)
    sizes = read_widths("widths", widths) if widths is not None else None
    depth = 3 if depth is None and sizes is None else depth
    net = DeepLinearNetwork(depth, widths=sizes, batch=_batch(batch), biases=biases, loss=loss)
    if layer is not None:
        net.check_layer(layer)
    equations = [e for e in _equations(chosen, net) if layer in (None, e[0])]
    if as_json:
        listed = [
            {"layer": l, "kind": kind, "symbol": name, "text": str(value), "latex": latex_of(value)}
            for l, kind, name, _, value in equations
        ]
        print_json({"rule": chosen.name, "title": chosen.full_title, "network": repr(net), "equations": listed})
    elif latex:
        console().print(alignment(rf"{symbol} &= {latex_of(value)}" for *_, symbol, value in equations))
    else:
        _print(f"{chosen.full_title}: {net!r}", equations)


Equation = tuple[int, str, str, str, Any]
"""The layer, the kind (signal, feedback, target, update or state), the name, the name in LaTeX, and the value."""


def _print(heading: str, equations: list[Equation]) -> None:
    """Print equations under the number of their layer."""
    out = console()
    out.print(Text(heading, style="bold"))
    for layer, of_layer in groupby(equations, key=itemgetter(0)):
        out.print(f"\nlayer {layer}")
        for _, kind, name, _, value in of_layer:
            out.print(Text(f"  {kind:<9}", style="dim").append(f"{name:>4} = {value}", style="not dim"))


def _equations(rule: Rule, net: DeepLinearNetwork) -> Iterator[Equation]:
    """Yield the equations of a rule for each layer, from the output down."""
    from tptheory.symbolic.states import states_by_layer
    from tptheory.typesetting.expressions import latex_of

    states = states_by_layer(rule, net)
    top = rule.error_signal(net, net.depth)
    if top != net.error:  # such a rule does not start from the output error
        yield net.depth, "signal", f"d_{net.depth}", f"d_{{{net.depth}}}", top
    for l in range(net.depth, 0, -1):
        if l > 1:
            yield l, "feedback", f"M_{l}", f"M_{{{l}}}", rule.feedback(net, l)
        yield l, "target", f"t_{l}", f"t_{{{l}}}", rule.target(net, l)
        yield l, "update", f"dW_{l}", rf"\Delta W_{{{l}}}", rule.update(net, l)
        if net.biases:
            yield l, "update", f"db_{l}", rf"\Delta b_{{{l}}}", rule.bias_update(net, l)
        for state in states[l]:
            symbol = state.symbol
            yield l, "state", f"d{symbol.name}", rf"\Delta {latex_of(symbol)}", state.change


def _batch(text: str | None) -> Any:
    """Read the number of samples: a number, or a letter that stands for one."""
    from sympy import Symbol

    if text is None:
        return None
    if text.isidentifier():
        return Symbol(text, integer=True, positive=True)
    return read_integer("batch", text, "a positive integer, or a letter such as B")
