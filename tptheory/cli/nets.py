"""The commands about one net: derive and train."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.cli.shell import STYLES, Json, RuleName, Seed, app, console, print_json, progress_bar, whole_numbers
from tptheory.errors import InvalidValueError, complain

if TYPE_CHECKING:
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rules import Rule
    from tptheory.training.trainer import LogLine


@app.command()
def derive(
    rule: RuleName = "tp",
    depth: Annotated[int | None, typer.Option(help="The number of layers, of symbolic widths; 3 unless given.")] = None,
    widths: Annotated[str | None, typer.Option(help="Instead of --depth: the widths, such as 4,3,2.")] = None,
    batch: Annotated[str | None, typer.Option(help="The number of samples: a number, or a letter such as B.")] = None,
    biases: Annotated[bool, typer.Option("--biases", help="Give every layer a bias.")] = False,
    loss: Annotated[str, typer.Option(help="squared, or any: the output error stays a symbol.")] = "squared",
    layer: Annotated[int | None, typer.Option(help="Only this layer.")] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    as_json: Json = False,
) -> None:
    """Print the feedback, the target and the update of every layer."""
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rules import rule_named

    chosen = rule_named(rule)
    sizes = whole_numbers("widths", widths) if widths is not None else None
    depth = 3 if depth is None and sizes is None else depth
    net = DeepLinearNetwork(depth, widths=sizes, batch=_batch(batch), biases=biases, loss=loss)
    if layer is not None:
        net.check_layer(layer)
    equations = [e for e in _equations(chosen, net) if layer in (None, e[0])]
    out = console()
    if as_json or latex:
        from tptheory.writing.mathematics import latex_of
    if as_json:
        listed = [
            {"layer": l, "kind": kind, "symbol": name, "text": str(value), "latex": latex_of(value)}
            for l, kind, name, _, value in equations
        ]
        print_json({"rule": chosen.name, "title": chosen.title, "network": repr(net), "equations": listed})
    elif latex:
        lines = [rf"  {symbol} &= {latex_of(value)}" for *_, symbol, value in equations]
        out.print("\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}")
    else:
        out.print(Text(f"{chosen.title}: {net!r}", style="bold"))
        current = None
        for l, kind, name, _, value in equations:
            if l != current:
                out.print(f"\nlayer {l}")
                current = l
            out.print(Text(f"  {kind:<9}", style="dim").append(f"{name:>4} = {value}", style="not dim"))


def _equations(rule: Rule, net: DeepLinearNetwork) -> Iterator[tuple[int, str, str, str, Any]]:
    """Yield the layer, what it is, its name, its name in LaTeX and its value, from the output down."""
    states = rule.state_changes(net)
    for l in range(net.depth, 0, -1):
        if l > 1:
            yield l, "feedback", f"M_{l}", f"M_{{{l}}}", rule.feedback(net, l)
        yield l, "target", f"t_{l}", f"t_{{{l}}}", rule.target(net, l)
        yield l, "update", f"dW_{l}", rf"\Delta W_{{{l}}}", rule.update(net, l)
        if net.biases:
            yield l, "update", f"db_{l}", rf"\Delta b_{{{l}}}", rule.bias_update(net, l)
        for state, change in states.items():
            letter, _, number = state.name.rpartition("_")
            if number == str(l):
                yield l, "state", f"d{state.name}", rf"\Delta {letter}_{{{l}}}", change


def _batch(text: str | None) -> Any:
    from sympy import Symbol

    if text is None:
        return None
    if text.isidentifier():
        return Symbol(text, integer=True, positive=True)
    try:
        return int(text)
    except ValueError:
        raise InvalidValueError(complain("batch", "a positive integer, or a letter such as B", text)) from None


@app.command()
def train(
    rule: RuleName = "bp",
    data: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A folder with MNIST's four IDX files; else the digits.")
    ] = None,
    steps: Annotated[int, typer.Option(help="How many updates to make.")] = 1000,
    batch: Annotated[int, typer.Option(help="Samples an update.")] = 100,
    lr: Annotated[float, typer.Option(help="The step size eta.")] = 0.1,
    seed: Seed = 0,
    log_every: Annotated[int, typer.Option(help="How many updates from one line to the next.")] = 100,
    as_json: Json = False,
) -> None:
    """Train a deep linear net on handwritten digits: softmax cross-entropy, plain SGD, float32.

    A run that diverges says so, and how to mend it; it is a result and no failure of the command.
    """
    from tptheory.training.data import load_digits, load_mnist
    from tptheory.training.trainer import format_log_line
    from tptheory.training.trainer import train as fit

    out, err = console(), console(stderr=True)
    logs = err if as_json else out
    images = load_digits() if data is None else load_mnist(data)
    with progress_bar(logs if logs.is_terminal else err) as progress:
        task = progress.add_task(f"training {rule} on {images.name}", total=steps)

        def show(line: LogLine) -> None:
            logs.print(format_log_line(line))
            progress.update(task, completed=line.step)

        run = fit(rule, data=images, steps=steps, batch=batch, lr=lr, seed=seed, log_every=log_every, on_log=show)
    if as_json:
        facts = {f.name: getattr(run, f.name) for f in fields(run) if f.name not in ("weights", "biases", "log")}
        print_json({**facts, "log": [asdict(line) for line in run.log]})
        return
    out.print(Text(run.status, STYLES[run.status]).append(f": {run.message}", "default"))
    out.print(f"{run.data}, widths {'-'.join(map(str, run.widths))}, {run.rule}")
    out.print(f"train  loss {run.train_loss:.4f}  accuracy {run.train_accuracy:.4f}")
    out.print(f"test   loss {run.test_loss:.4f}  accuracy {run.test_accuracy:.4f}")
    out.print(f"largest rank of the logged updates, W_1 to W_{len(run.ranks)}: {', '.join(map(str, run.ranks))}")
