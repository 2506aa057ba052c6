"""The command that typesets theorems for a paper: latex."""

from __future__ import annotations

from typing import Annotated

import typer

from tptheory.cli.options import TARGET, OutFile, Seconds, check_out
from tptheory.cli.shell import app, console, print_or_write, progress_bar
from tptheory.cli.theorems import collected, settled_status, told_outcomes
from tptheory.files import is_stream


@app.command()
def latex(
    targets: Annotated[list[str], TARGET],
    standalone: Annotated[
        bool, typer.Option("--standalone", help="Print a whole document; else a fragment that says what it needs.")
    ] = False,
    table: Annotated[bool, typer.Option("--table", help="Print a table of the verdicts instead.")] = False,
    whole_proofs: Annotated[
        bool, typer.Option("--whole-proofs", help="Write out every chain of equations, however many pages it takes.")
    ] = False,
    out: OutFile = None,
    seconds: Seconds = 10.0,
) -> None:
    """Typeset theorems with their proofs, and conjectures with their counterexamples, in LaTeX.

    A file or folder has a section for each file, or in a fragment a subsection. A proof of more than two pages is shown
    in outline, with its sums of squares: --whole-proofs writes out all of it. Verdicts that are stored beside the
    theorems are checked again, others are searched for. Theorem files are Python and are run: name only files that you
    trust.

    Exit status: 0 all as expected, or an open conjecture settled; 1 a theorem refuted, or proved what a conjecture
    says is false; 3 undecided. The text is written all the same, and a line on stderr says why it is not 0.
    """
    from tptheory.writing.appendix import PACKAGES, appendix

    check_out(out)
    theorems = collected(targets)
    with progress_bar(console(stderr=True)) as progress:
        bar = progress.add_task("settled", total=len(theorems))
        text, settled = appendix(
            list(theorems.values()),
            seconds=seconds,
            standalone=standalone,
            sections=any("::" not in target for target in targets),
            table=table,
            whole_proofs=whole_proofs,
            on_settled=lambda one: progress.update(bar, advance=1, description=one.theorem.name),
        )
    print_or_write(text, out)
    if out is not None and not standalone and not is_stream(out):
        lines = len(PACKAGES)
        console(stderr=True).print(f"a document that takes it in needs the {lines} lines at its head in its preamble")
    pairs = [(one.theorem.expected, one.verdict.word) for one in settled]
    for line in told_outcomes(dict(zip(theorems, pairs, strict=True))):
        console(stderr=True).print(line)
    raise typer.Exit(settled_status(pairs))
