"""The appendix of a paper in LaTeX: theorems with their proofs, and conjectures with their counterexamples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby

from tptheory.claims.theorem import Theorem
from tptheory.deciding.library import Settled, settling
from tptheory.typesetting.claims import ClaimStatement, statement_tex
from tptheory.typesetting.prose import paragraphs, prose_tex
from tptheory.writing.chains import in_latex
from tptheory.writing.quantities import quantities
from tptheory.writing.questions import question

PACKAGES = (
    r"\usepackage[T1]{fontenc}",
    r"\usepackage{textcomp}",
    r"\usepackage{amsmath,amssymb,amsthm}",
    r"\usepackage{array,longtable}",
    r"\newtheorem{theorem}{Theorem}",
    r"\theoremstyle{remark}",
    r"\newtheorem{remark}[theorem]{Remark}",
)
"""What a document needs in its preamble to hold the fragment."""
PREAMBLE = (
    r"\documentclass[11pt,a4paper]{article}",
    r"\usepackage[utf8]{inputenc}",
    r"\usepackage{lmodern}",
    r"\usepackage[margin=2.6cm]{geometry}",
    *PACKAGES,
    r"\setlength{\emergencystretch}{3em}",
    r"\allowdisplaybreaks",
    r"\begin{document}",
)
WORDS = {("undecided", "undecided"): "open"} | {("refuted", e): "false" for e in ("proved", "refuted", "undecided")}
"""What a verdict is called, by its word and by the expected one, where that is not its word."""
CLAIM = (
    r"\providecommand{\tpclaim}[1]{{\relpenalty=0 \binoppenalty=60 \renewcommand{\allowbreak}{\penalty600 }%",
    r"  \raggedright\hangindent=2.6em\hangafter=1\noindent\hspace*{1.3em}#1\par}}",
)
"""The macro that typesets a statement: ragged right, so that formulas can break between lines."""


def appendix(
    theorems: Sequence[Theorem],
    *,
    seconds: float = 10.0,
    standalone: bool = False,
    sections: bool = True,
    table: bool = False,
    whole_proofs: bool = False,
    on_settled: Callable[[Settled], None] | None = None,
) -> tuple[str, tuple[Settled, ...]]:
    """Return theorems, proofs and counterexamples in LaTeX, and the verdicts that they rest on.

    Args:
        theorems: what to typeset, as `collect` returns it.
        seconds: how long to search for each verdict that is not stored.
        standalone: whether to return a whole document; else a fragment, which says in a comment what it needs.
        sections: whether each theorem file has a section, called after its question; in a fragment, which belongs
            into a section of its reader's, a subsection. A single file that asks no question has none.
        table: whether to return a table of the verdicts alone.
        whole_proofs: whether to write out every chain of equations; else one of more than two pages is outlined.
        on_settled: called with each theorem when its verdict is there and its proof is typeset.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive number.
        InvalidFileError: if a theorem's own function fails.
    """
    with settling(theorems, seconds, say=None if table else partial(in_latex, whole=whole_proofs)) as results:
        found = []
        for one in results:
            found.append(one)
            if on_settled is not None:
                on_settled(one)
    settled = tuple(found)
    lines = list(PREAMBLE) if standalone else ["% Needs in the preamble:", *(f"%   {p}" for p in PACKAGES)]
    rows = ((one.theorem, one.verdict.word, getattr(one.verdict, "method", "")) for one in settled)
    level = "section" if standalone else "subsection"
    lines += verdict_table(rows) if table else _proofs(settled, level if sections else None)
    return "\n".join([*lines, *([r"\end{document}"] if standalone else [])]) + "\n", settled


def _proofs(settled: Sequence[Settled], level: str | None) -> list[str]:
    """Return the lines of all theorems and remarks, with a heading of that level, if any, for each file."""
    lines = list(CLAIM)
    several = len({one.theorem.path for one in settled}) > 1
    for path, group in groupby(settled, key=lambda one: one.theorem.path):
        asked = question(path)
        if level is not None and (several or not asked.unasked):
            lines += ["", rf"\{level}{{{prose_tex(asked.asked)}}}"]
        for one in group:
            said = statement_tex(one.theorem.claim, quantities)
            lines += ["", *environment(one.theorem, one.verdict.word, said, one.said)]
    return lines


def verdict_table(rows: Iterable[tuple[Theorem, str, str]], *, labels: bool = False) -> list[str]:
    r"""Return the lines of a ``longtable``: each theorem or conjecture, its verdict, and the method of its proof.

    Args:
        rows: theorems, their verdicts and the methods of their proofs; those of one file stand under its question.
        labels: whether the document has the theorems, so that each row can name the number of its own.
    """
    head = rf"{'No. & ' if labels else ''}claim & verdict & method \\ \hline"
    columns = rf"{'r' if labels else ''}>{{\raggedright\arraybackslash}}p{{{0.66 if labels else 0.7}\linewidth}}ll"
    lines = [rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}", rf"{head}\endhead"]
    for path, group in groupby(rows, key=lambda row: row[0].path):
        span = 4 if labels else 3
        asked = prose_tex(question(path).asked)
        lines.append(
            rf"\multicolumn{{{span}}}{{@{{}}p{{0.95\linewidth}}@{{}}}}{{\rule{{0pt}}{{3ex}}\emph{{{asked}}}}} \\*"
        )
        for theorem, verdict, method in group:
            word = WORDS.get((verdict, theorem.expected), verdict)
            number = rf"\ref{{{theorem.path.stem}:{theorem.name}}} & " if labels else ""
            lines.append(rf"{number}{prose_tex(theorem.title)} & {word} & {method or '--'} \\")
    return [*lines, r"\end{longtable}"]


def environment(theorem: Theorem, verdict: str, claimed: ClaimStatement, said: str) -> list[str]:
    """Return the lines of a theorem with its proof, or of a remark with what is known.

    Args:
        theorem: the theorem or conjecture.
        verdict: the word of its verdict.
        claimed: its statement in LaTeX.
        said: the proof or the counterexample, from `in_latex`.
    """
    title, reason = prose_tex(theorem.title), [prose_tex(text) for text in paragraphs(theorem.reason)]
    label = rf"\label{{{theorem.path.stem}:{theorem.name}}}"
    if verdict == "proved":
        opening = [*reason, ""] if reason else []
        begin = [rf"\begin{{theorem}}[{{{title}}}]{label}\sloppy\leavevmode\par\nobreak", *statement_lines(claimed)]
        return [*begin, r"\end{theorem}", r"\begin{proof}\sloppy", *opening, said, r"\end{proof}"]
    word = WORDS.get((verdict, theorem.expected), verdict)
    begin = [rf"\begin{{remark}}[{{{title}: {word}}}]{label}\sloppy\leavevmode\par\nobreak", *statement_lines(claimed)]
    return [*begin, *(rf"\noindent {text}\par" for text in reason), rf"\noindent {said}", r"\end{remark}"]


def statement_lines(claimed: ClaimStatement) -> list[str]:
    """Return the lines of a claim: its hypotheses, each conclusion on a line of its own, and what the letters mean."""
    lines = []
    for statement in claimed.sentences:
        if statement.opening:
            lines.append(rf"{{\raggedright {statement.opening}\par}}\nobreak")
        ends = [","] * (len(statement.conclusions) - 1) + ["."]
        lines += [rf"\tpclaim{{{said}{end}}}" for said, end in zip(statement.conclusions, ends, strict=True)]
    if claimed.where:
        lines.append(rf"{{\raggedright Here {'; '.join(claimed.where)}.\par}}")
    return lines
