"""A paper of a report's data: the main theorems with their proofs in the text, all others in an appendix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from tptheory.files import in_utf8
from tptheory.typesetting.prose import prose_tex
from tptheory.writing import figures
from tptheory.writing.appendix import CLAIM, PACKAGES, environment, verdict_table
from tptheory.writing.bibliography import bibliography, cited
from tptheory.writing.gathering import ReportData, TheoremResult
from tptheory.writing.rendering import Checks, Illustration, illustrations, words_of
from tptheory.writing.templating import Tex, heading, tex_environment

FOLDER = "paper"
"""The name of the folder that holds all that the paper needs."""
SHORT = 2_000
"""The most characters of LaTeX of a proof that stands in the text: about two thirds of a page."""


@dataclass
class Division:
    """Which results stand in the text and which in the appendix; ``main`` and ``rest`` are sorted by question."""

    main: list[tuple[str, list[TheoremResult]]] = field(default_factory=list)
    false: list[TheoremResult] = field(default_factory=list)
    open: list[TheoremResult] = field(default_factory=list)
    rest: list[tuple[str, list[TheoremResult]]] = field(default_factory=list)


def divided(results: Iterable[TheoremResult]) -> Division:
    """Choose what stands in the text: each file's first theorem with a short proof, first false conjecture, all open.

    A theorem file opens with its main theorems, so that no list has to be kept.
    """
    division = Division()
    for question, group in groupby(results, key=lambda r: r.question.asked):
        left = list(group)
        main, false = (
            [r for r in left if _has_short_proof(r)][:1],
            [r for r in left if _has_short_counterexample(r)][:1],
        )
        open_ = [r for r in left if r.word == "undecided"]
        rest = [r for r in left if r not in (*main, *false, *open_)]
        division.main += [(question, main)] if main else []
        division.false += false
        division.open += open_
        division.rest += [(question, rest)] if rest else []
    return division


def _has_short_counterexample(result: TheoremResult) -> bool:
    """Return whether a result is refuted by a counterexample that fits into the text."""
    return result.refuted and len(result.typeset) <= SHORT


def _has_short_proof(result: TheoremResult) -> bool:
    """Return whether a result has a proof that is written out and fits into the text."""
    return result.proved and len(result.typeset) <= SHORT and "\\begin{align*}" in result.typeset


def render_paper(data: ReportData, checks: Checks, drawn: tuple[Illustration, ...]) -> tuple[str, str]:
    """Return the LaTeX document, with the figures that were drawn, and the BibTeX file with what it cites.

    The data must have been gathered for a paper, with every proof typeset.
    """
    template = tex_environment().get_template("paper.tex.j2")
    text = template.render(
        **words_of(data, checks),
        packages=PACKAGES,
        claim=CLAIM,
        division=divided(data.theorems),
        drawn=drawn,
        heading=heading,
        environment=lambda r: Tex(cited("\n".join(environment(r.theorem, r.word, r.tex, r.typeset)))),
        source=_source,
        table=Tex("\n".join(verdict_table(((r.theorem, r.word, r.method) for r in data.theorems), labels=True))),
    )
    return text, bibliography(text)


def write_paper(data: ReportData, checks: Checks, folder: Path) -> list[str]:
    """Make a folder with ``paper.tex``, ``references.bib`` and the figures as PDF; return their names."""
    drawn = illustrations(data, figures.paper_style)
    text, references = render_paper(data, checks, drawn)
    (folder / "figures").mkdir(parents=True)
    (folder / "paper.tex").write_bytes(in_utf8(text))
    (folder / "references.bib").write_bytes(in_utf8(references))
    names = ["paper.tex", "references.bib"]
    for illustration in drawn:
        pdf, png = figures.save(illustration.draw(), folder / "figures" / illustration.name, style=figures.paper_style)
        png.unlink()
        names.append(f"figures/{pdf.name}")
    return names


def _source(about: str) -> Tex:
    """Return what is said of a rule, with the source that it names."""
    return Tex(cited(prose_tex(about)))
