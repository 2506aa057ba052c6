"""The commands about one net: derive, simulate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.cli.shell import Json, RuleName, Seed, app, console, numbers, print_json
from tptheory.errors import InvalidValueError, complain

if TYPE_CHECKING:
    from tptheory.numeric.simulation import Run
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rules import Rule


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
    sizes = numbers("widths", widths) if widths is not None else None
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
def simulate(
    rule: RuleName = "tp",
    widths: Annotated[str, typer.Option(help="The widths, from input to output.")] = "4,4,4",
    lr: Annotated[float, typer.Option(help="The step size eta.")] = 0.01,
    steps: Annotated[int, typer.Option(help="How many steps to take.")] = 200,
    dtype: Annotated[str, typer.Option(help="float64 or float32.")] = "float64",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Run a rule on a random net and sample; show the loss and what becomes of two conserved quantities.

    |e| is the norm of the output error. The drifts are the largest changes, over the hidden layers, of two quantities
    since step 0: of W_{l+1}' W_{l+1} - W_l W_l', which BP's flow conserves, in Frobenius norm; and of
    log pdet W_{l+1} - 1/2 |W_l|^2, which TP's flow conserves.
    """
    import numpy as np

    from tptheory.numeric.simulation import simulate as run_rule
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rules import rule_named

    sizes = numbers("widths", widths)
    DeepLinearNetwork(widths=sizes)  # refuses widths that are no network
    for_net, for_rule = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    weights = [for_net.standard_normal((n, m)) / math.sqrt(m) for m, n in pairwise(sizes)]
    x, y = for_net.standard_normal(sizes[0]), for_net.standard_normal(sizes[-1])
    run = run_rule(rule_named(rule), weights, x, y, lr=lr, steps=steps, dtype=dtype, seed=for_rule)
    rows = _trajectory(run)
    if as_json:
        facts = {"rule": run.rule.name, "widths": sizes, "lr": lr, "dtype": dtype, "seed": seed, "steps": run.steps}
        print_json({**facts, "status": run.status, "message": run.message, "rows": rows})
        return
    out = console()
    out.print(Text(f"{run.rule.title}, widths {widths}, lr {lr:g}, {dtype}, seed {seed}", style="bold"))
    out.print(f"{'step':>7}  {'loss':>12}  {'|e|':>12}  {'balance drift':>13}  {'log-det drift':>13}")
    for row in rows:
        out.print(
            "{step:>7}  {loss:>12.6g}  {error:>12.6g}  {balance_drift:>13.6g}  {logdet_drift:>13.6g}".format(**row)
        )
    out.print(run.message)


def _trajectory(run: Run) -> list[dict[str, Any]]:
    """Return some ten rows of a run: the step, the loss, the norm of the error, and how far two laws have drifted."""
    import numpy as np

    from tptheory.invariants.laws import balance, log_determinant
    from tptheory.numeric.evaluation import evaluate

    hidden = range(1, run.net.depth)
    balances = [balance(run.net, l) for l in hidden]
    laws = [log_determinant(run.net, l) for l in hidden]

    def drift(quantities: list[Any], t: int) -> float:
        now, start = (
            {W: path[s].astype(np.float64) for W, path in zip(run.net.weights, run.weights, strict=True)}
            for s in (t, 0)
        )
        with np.errstate(all="ignore"):  # a run that diverges overflows here first
            moved = (np.atleast_1d(evaluate(q, now) - evaluate(q, start)) for q in quantities)
            return max((float(np.linalg.norm(change)) for change in moved), default=0.0)

    return [
        {
            "step": t,
            "loss": float(run.loss[t]),
            "error": float(np.linalg.norm(run.errors[t])),
            "balance_drift": drift(balances, t),
            "logdet_drift": drift(laws, t),
        }
        for t in sorted({round(i * run.steps / 10) for i in range(11)})
    ]
