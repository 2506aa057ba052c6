"""The command that looks for what a rule conserves: invariants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.checking import read_widths, widths_text
from tptheory.cli.options import WIDTHS, Json, RuleName, Seed, Set, seconds_for, values_of
from tptheory.cli.shell import PROVED, STYLES, UNDECIDED, alignment, app, console, print_json, progress_bar

if TYPE_CHECKING:
    from tptheory.invariants.results import ConservationLaws, Law


@app.command()
def invariants(
    rule: RuleName = "tp",
    widths: Annotated[str, typer.Option(metavar=WIDTHS, help="The widths, from input to output.")] = "2-2-2",
    degree: Annotated[int, typer.Option(help="How many letters a word has at most.")] = 2,
    biases: Annotated[bool, typer.Option("--biases", help="Give every layer a bias.")] = False,
    batch: Annotated[int | None, typer.Option(help="The number of samples of a datum; one unless given.")] = None,
    settings: Set = None,
    seed: Seed = 0,
    seconds: Annotated[float, seconds_for("laws, and then for each proof; the count has no limit")] = 10.0,
    latex: Annotated[bool, typer.Option("--latex", help="Print the laws in LaTeX.")] = False,
    as_json: Json = False,
) -> None:
    """Discover what a rule's flow conserves for all data and any loss, prove it, and count whether it is all.

    Candidates are words in the weights, biases and fixed matrices of the rule, traces of words, and log-determinants.
    The count is exact, by the rank of the Lie algebra that the data span. The exit status is 3 if a law was not proved.
    """
    from tptheory.claims.rule_files import rule_from
    from tptheory.invariants.discovery import conservation_laws

    chosen, constants = rule_from(rule), values_of(settings)
    sizes = read_widths("widths", widths)
    with progress_bar(console(stderr=True)) as progress:
        task = progress.add_task("", total=None)
        laws = conservation_laws(
            chosen,
            sizes,
            degree=degree,
            biases=biases,
            batch=batch,
            constants=constants,
            seed=seed,
            seconds=seconds,
            progress=lambda text: progress.update(task, description=text, advance=1),
        )
    if as_json:
        print_json(_facts(laws))
    elif latex:
        console().print(_in_latex(laws))
    else:
        options = (", with biases" if biases else "") + (f", batches of {batch}" if batch else "")
        heading = f"{laws.rule.full_title}, widths {widths_text(sizes)}{options}, words of up to {degree} letters"
        _print_laws(heading, laws)
    raise typer.Exit(PROVED if laws.certified else UNDECIDED)


def _in_latex(laws: ConservationLaws) -> str:
    """Return the laws as aligned equations; a comment where there are none."""
    from tptheory.typesetting.expressions import latex_of

    lines = [rf"{latex_of(law.general)} &= \text{{const}}" for law in laws.found]
    lines += [
        rf"{latex_of(law.general)} &= \text{{const}} \cdot e^{{-{latex_of(law.rate)} t}}" for law in laws.decaying
    ]
    return alignment(lines) if lines else f"% {_sentence(laws)}"


def _print_laws(heading: str, laws: ConservationLaws) -> None:
    """Print a line for each law, and below them whether there can be more."""
    out = console()
    out.print(Text(heading, style="bold"))
    for law in laws.every:
        out.print(_line(law))
    out.print(_sentence(laws))
    ranks, primes = " -> ".join(map(str, laws.counted.ranks)), laws.counted.primes
    out.print(f"Counted by the ranks of brackets of fields: {ranks}, modulo {primes[0]} and {primes[1]}.")


def _line(law: Law) -> Text:
    """Say what is conserved, how many numbers that is, and whether it is proved."""
    word = law.verdict.word
    numbers = "1 number" if law.independent == 1 else f"{law.independent} numbers"
    decay = "" if law.rate == 0 else f"decays at the rate {law.rate}  "
    line = Text(f"  {law.general}  {decay}").append(word, STYLES[word]).append(f", {numbers}", "default")
    if law.verdict.proved and law.given:
        line.append(f", given {'; '.join(hypothesis.statement() for hypothesis in law.given)}", "default")
    return line


def _sentence(laws: ConservationLaws) -> str:
    """Say how many were found, and whether they are all."""
    counted = laws.counted
    noun = "conserved quantity" if laws.count == 1 else "conserved quantities"
    return (
        f"{laws.count} independent {noun} found, {laws.agreement}: "
        f"{counted.dimension} dimensions, and orbits of dimension {counted.rank}."
    )


def _facts(laws: ConservationLaws) -> dict[str, Any]:
    """Return all that is known of the laws."""
    from tptheory.typesetting.expressions import latex_of

    counted = laws.counted
    return {
        "rule": laws.rule.name,
        "widths": laws.widths,
        "biases": laws.biases,
        "batch": counted.batch,
        "constants": dict(counted.constants),
        "drawn": counted.drawn,
        "degree": laws.degree,
        "seed": counted.seed,
        "found": laws.count,
        "count": counted.count,
        "matched": laws.matched,
        "certified": laws.certified,
        "dimension": counted.dimension,
        "rank": counted.rank,
        "ranks": counted.ranks,
        "primes": [str(prime) for prime in counted.primes],
        "laws": [
            {
                "text": str(law.general),
                "latex": latex_of(law.general),
                "independent": law.independent,
                "given": [hypothesis.statement() for hypothesis in law.given],
                "verdict": law.verdict.word,
                "rate": str(law.rate),
            }
            for law in laws.every
        ],
    }
