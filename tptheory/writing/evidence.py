"""Proofs and counterexamples as a page shows them: chains of equations, and matrices."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from tptheory.checking import counted
from tptheory.deciding.verdicts import Proved, Refuted, Verdict
from tptheory.proving.certificate import LawCountCertificate
from tptheory.refuting.counterexample import Counterexample
from tptheory.typesetting.claims import long_expression_html, long_expression_tex
from tptheory.typesetting.explanation import chain, proof_html
from tptheory.typesetting.expressions import latex_in_words, latex_of, value_latex
from tptheory.typesetting.html_math import html_math
from tptheory.typesetting.outline import outline_html
from tptheory.writing.quantities import quantities

MOST_STEPS = 24
"""The most cofactors of a proof that a page writes out."""
MOST_PARTS = 8
"""The most parts of such a proof."""
LONGEST = 3_000
"""The most characters of HTML of such a proof: about a screen."""
LONGEST_VALUE = 1_500
"""The most characters of HTML, or of LaTeX, of the expression that a counterexample breaks."""

METHODS = {
    "identity": "The difference of the two sides is a sum of multiples of the hypotheses.",
    "descent": "What must not be above zero is minus a sum of squares, up to multiples of the hypotheses.",
    "cancellation": "The squared norm of the difference of the two sides is not above zero, so the difference is zero.",
    "rank": "The matrix is a product with a narrow factor, up to multiples of the hypotheses.",
    "cases": "One of several cases must hold, and in each the statement is proved by itself.",
    "lemmas": "Lemmas are proved first, each from those before it, and then the statement from them.",
    "induction": "The equations hold at one end, and pass from each layer to the next.",
    "all": "Each part of the statement is proved by itself.",
}
"""What a proof by each method of a certificate does."""


@dataclass(frozen=True)
class Evidence:
    """The evidence for a verdict, as a page shows it.

    Attributes:
        title: what it is: a proof, a counterexample, or how far the search got.
        how: a sentence about how the proof goes; empty of others.
        html: the chains of equations, or their outline, or the matrices.
        length: how long a proof is that is shown in outline; empty of all else.
    """

    title: str
    how: str
    html: Markup
    length: str = ""


def evidence_of(verdict: Verdict) -> Evidence:
    """Return the evidence for a verdict, as a page shows it."""
    if isinstance(verdict, Proved):
        return _proof(verdict)
    if isinstance(verdict, Refuted):
        found = verdict.counterexample
        return Evidence(
            "The smallest counterexample" if found.minimal else "A counterexample", "", counterexample_html(found)
        )
    title = "The reason" if verdict.refuted else "How far the search got"
    return Evidence(title, "", Markup(f"<pre>{escape(verdict.explain(), quote=False)}</pre>"))  # noqa: S704  it is escaped


def _proof(verdict: Proved) -> Evidence:
    """Return a proof: chains of equations, or their outline if they are too long to be read."""
    certificate = verdict.certificate
    title, how = "The proof", METHODS.get(verdict.method, "")
    if isinstance(certificate, LawCountCertificate):
        title, how = "The count", certificate.opening()
    parts = list(certificate.parts())
    count = sum(len(part["cofactors"]) for part in parts)
    if count <= MOST_STEPS and len(parts) <= MOST_PARTS:
        html = proof_html([chain(part) for part in parts])
        if len(html) <= LONGEST:
            return Evidence(title, how, Markup(html))  # noqa: S704  names and words in it are escaped
    length = counted(count, "step") + (f" in {len(parts)} parts" if len(parts) > 1 else "")
    return Evidence(title, how, Markup(outline_html(parts)), length)  # noqa: S704  names and words in it are escaped


def counterexample_html(found: Counterexample) -> Markup:
    """Return the values of a counterexample, and what they break."""
    values = ", ".join(map(html_math, found.values_latex()))
    lines = [values] if values else []
    broken = found.violation()
    if broken is not None:
        expression, where = long_expression_html(broken.expression, quantities)
        expected = broken.told(lambda bound: html_math(latex_of(bound)))
        if len(expression) <= LONGEST_VALUE:
            value = html_math(value_latex(broken.value))
            lines.append(f"{expression} = {value}, not {expected}" + (f", where {where}" if where else ""))
        else:
            lines.append(f"What should be {expected} is {html_math(value_latex(broken.value))}")
    return Markup("".join(f"<div>{line}</div>" for line in lines))  # noqa: S704  every piece is escaped


def counterexample_latex(found: Counterexample) -> str:
    r"""Return the values of a counterexample, and what they break, in LaTeX text mode; it needs ``\tpclaim``."""
    values = [f"${value}$" for value in found.values_latex()]
    lines = ["Counterexample:", r"{\raggedright", ",\n".join(values) + r".\par}"]
    broken = found.violation()
    if broken is not None:
        relation = r"\neq 0" if broken.told(str) == "0" else rf"\text{{, not {broken.told(latex_in_words)}}}"
        expression, where = long_expression_tex(broken.expression, quantities)
        value = value_latex(broken.value)
        if len(expression) <= LONGEST_VALUE:
            outcome = rf"{expression} $= {value} {relation}$" + (f", where {where}" if where else "")
            lines += [r"\noindent There", rf"\tpclaim{{{outcome}.}}"]
        else:
            lines.append(rf"\noindent There the difference of the two sides is ${value}$.")
    return "\n".join(lines)
