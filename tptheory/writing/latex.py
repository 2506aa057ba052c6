"""One way to LaTeX for anything: an expression, a claim, a theorem, a verdict, a proof."""

from __future__ import annotations

from typing import Any

from sympy import Basic, MatrixBase

from tptheory.claims.claim import Claim
from tptheory.claims.theorem import Theorem
from tptheory.deciding.verdicts import Verdict
from tptheory.errors import InvalidTypeError, complain
from tptheory.proving.certificate import Certificate
from tptheory.refuting.counterexample import Counterexample
from tptheory.typesetting.claims import statements_tex
from tptheory.typesetting.expressions import latex_of
from tptheory.writing.chains import in_latex


def latex(thing: Any) -> str:
    r"""Return LaTeX for anything that this project derives, states or settles.

    An expression or a counterexample comes for math mode; a claim, a theorem (its statement), a verdict (its proof or
    counterexample) and a certificate (its chain of equations) for text mode.

    Raises:
        InvalidTypeError: for anything else.

    >>> from tptheory import Backprop, DeepLinearNetwork
    >>> latex(Backprop().update(DeepLinearNetwork(depth=1), 1))
    '- \\eta \\left(W_{1} x - y\\right) x^{\\top}'
    >>> from tptheory import Equal, Pinv, matmul
    >>> from sympy import MatrixSymbol
    >>> A = MatrixSymbol("A", 2, 3)
    >>> latex(Equal(matmul(A, Pinv(A), A), A))
    '$A \\allowbreak A^{+} \\allowbreak A = A$.'
    """
    if isinstance(thing, Basic | MatrixBase):
        return latex_of(thing)
    if isinstance(thing, Theorem):
        return _stated(thing.claim)
    if isinstance(thing, Claim):
        return _stated(thing)
    if isinstance(thing, Verdict):
        return in_latex(thing)
    if isinstance(thing, Certificate | Counterexample):
        return thing.latex()
    kinds = "an expression, a claim, a theorem, a verdict, a certificate or a counterexample"
    raise InvalidTypeError(complain("thing", kinds, thing))


def _stated(claim: Claim) -> str:
    """Return a claim in text mode: hypotheses first, conclusions after them."""
    sentences = []
    for statement in statements_tex(claim):
        opening = f"{statement.opening} " if statement.opening else ""
        sentences.append(f"{opening}{'; '.join(statement.conclusions)}.")
    return " ".join(sentences)
