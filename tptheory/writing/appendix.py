"""Theorems with their proofs, and conjectures with their counterexamples, as LaTeX for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flint import fmpq_mat
from sympy import Rational

from tptheory.claims.claim import Claim
from tptheory.claims.theorem import Theorem
from tptheory.proving.explanation import typeset
from tptheory.proving.verdicts import Proved, Undecided
from tptheory.refuting.counterexample import Refuted
from tptheory.refuting.library import Settled, settling
from tptheory.writing.chains import chains_of, too_long
from tptheory.writing.gathering import question
from tptheory.writing.mathematics import latex_of
from tptheory.writing.prose import paragraphs, prose_tex
from tptheory.writing.statements import statements_tex

PACKAGES = (
    r"\usepackage[T1]{fontenc}",
    r"\usepackage{textcomp}",
    r"\usepackage{amsmath,amssymb,amsthm}",
    r"\newtheorem{theorem}{Theorem}",
    r"\theoremstyle{remark}",
    r"\newtheorem{remark}[theorem]{Remark}",
)
"""What a document needs before it can hold the fragment."""
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
LONGEST = 6_000
"""How many characters of LaTeX a proof may have: about two pages."""
CLAIM = (
    r"\providecommand{\tpclaim}[1]{{\relpenalty=0 \binoppenalty=60 \renewcommand{\allowbreak}{\penalty600 }%",
    r"  \raggedright\hangindent=2.6em\hangafter=1\noindent\hspace*{1.3em}#1\par}}",
)
"""How a statement is set: ragged, with room for formulas to break."""


def appendix(
    theorems: Sequence[Theorem], *, seconds: float = 10.0, standalone: bool = False, sections: bool = True
) -> tuple[str, tuple[Settled, ...]]:
    """Return theorems, proofs and counterexamples in LaTeX, and the verdicts that they rest on.

    Args:
        theorems: what to typeset, as `collect` returns it.
        seconds: how long to search for each verdict that is not stored.
        standalone: whether to return a whole document; else a fragment, which says in a comment what it needs.
        sections: whether each theorem file has a section, called after its question.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive number.
        InvalidFileError: if a theorem's own function fails.
    """
    with settling(theorems, seconds, say=_evidence) as results:
        settled = tuple(results)
    lines = list(PREAMBLE) if standalone else ["% Needs in the preamble:", *(f"%   {p}" for p in PACKAGES)]
    lines += CLAIM
    for path, group in groupby(settled, key=lambda one: one.theorem.path):
        if sections:
            lines += ["", rf"\section{{{prose_tex(question(path))}}}"]
        for one in group:
            lines += ["", *_environment(one)]
    return "\n".join([*lines, *([r"\end{document}"] if standalone else [])]) + "\n", settled


def _environment(settled: Settled) -> list[str]:
    theorem, verdict = settled.theorem, settled.verdict
    title, reason = prose_tex(theorem.title), [prose_tex(text) for text in paragraphs(theorem.reason)]
    label = rf"\label{{{theorem.path.stem}:{theorem.name}}}"
    if isinstance(verdict, Proved):
        opening = [*reason, ""] if reason else []
        begin = [rf"\begin{{theorem}}[{{{title}}}]{label}\leavevmode\par\nobreak", *_statement(theorem.claim)]
        return [*begin, r"\end{theorem}", r"\begin{proof}", *opening, settled.said, r"\end{proof}"]
    word = "false" if isinstance(verdict, Refuted) else "open" if settled.as_expected else "undecided"
    begin = [rf"\begin{{remark}}[{{{title}: {word}}}]{label}\leavevmode\par\nobreak", *_statement(theorem.claim)]
    return [*begin, *(rf"\noindent {text}\par" for text in reason), rf"\noindent {settled.said}", r"\end{remark}"]


def _statement(claim: Claim) -> list[str]:
    """Return what a claim says: hypotheses once, and each conclusion on a line of its own."""
    lines = []
    for statement in statements_tex(claim):
        if statement.given:
            lines.append(rf"{{\raggedright If {', '.join(statement.given)}, then\par}}\nobreak")
        ends = [","] * (len(statement.conclusions) - 1) + ["."]
        lines += [rf"\tpclaim{{{said}{end}}}" for said, end in zip(statement.conclusions, ends, strict=True)]
    return lines


def _evidence(verdict: Proved | Refuted | Undecided) -> str:
    """Return a proof, a counterexample, or that there is neither, in text mode."""
    if isinstance(verdict, Proved):
        chains = chains_of(verdict.certificate)
        proof = typeset(chains) if chains is not None else ""
        return proof if 0 < len(proof) <= LONGEST else too_long(verdict)
    if isinstance(verdict, Undecided):
        return "Neither a proof nor a counterexample was found."
    found = verdict.counterexample
    values = [f"${latex_of(s)} = {_value(v)}$" for s, v in (found.matrices | found.scalars).items()]
    lines = ["Counterexample:", r"{\raggedright", ",\n".join(values) + r".\par}"]
    broken = found.violation()
    if broken is not None:
        relation = r"\neq 0" if broken.expected == "0" else rf"\text{{, not {broken.expected}}}"
        outcome = rf"${latex_of(broken.expression, breakable=True)}$ $= {_value(broken.value)} {relation}$"
        lines += [r"\noindent There", rf"\tpclaim{{{outcome}.}}"]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if not isinstance(value, fmpq_mat):
        return latex_of(Rational(int(value.p), int(value.q)))
    rows = (" & ".join(latex_of(Rational(int(x.p), int(x.q))) for x in row) for row in value.tolist())
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"
