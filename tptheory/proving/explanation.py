"""A certificate as a chain of equations: each line is the one before with one hypothesis used.

The cofactors of a certificate may be used in any order. They are put in the order that a person would choose: next
comes the one that leaves the shortest polynomial, and of several the one that turns a single term into a single term.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tptheory.proving.reading import Monomial, Polynomial, Reader

Say = Callable[[str], str]


@dataclass(frozen=True)
class Step:
    """One line of a chain: what it reads, and which hypothesis led to it."""

    terms: dict[Monomial, Fraction]
    size: str
    reason: str


@dataclass(frozen=True)
class Chain:
    """A proof of one statement, from its first line to its last."""

    theorem: str
    introduction: str
    steps: tuple[Step, ...]
    conclusion: str

    def text(self) -> str:
        """Return the chain in plain text, reasons in a column of their own."""
        bodies = [_polynomial(step, _plain, _plain_term) for step in self.steps]
        width = min(60, max(map(len, bodies)))
        lines = [f"  {bodies[0]}"]
        for body, step in zip(bodies[1:], self.steps[1:], strict=True):
            lines.append(f"  = {body:{width}}  {step.reason}".rstrip())
        return "\n".join(filter(None, [self.theorem, self.introduction, *lines, self.conclusion]))

    def latex(self) -> str:
        """Return the chain as an ``align*`` environment of amsmath."""
        bodies = [_polynomial(step, name_latex, _latex_term) for step in self.steps]
        rows = [rf"  & {bodies[0]}"]
        for body, step in zip(bodies[1:], self.steps[1:], strict=True):
            reason = rf" && \text{{{_text_latex(step.reason)}}}" if step.reason else ""
            rows.append(rf"  ={{}} & {body}{reason}")
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def chain(data: dict[str, Any]) -> Chain:
    """Return the chain of equations of one certificate, which must be one that the checker accepts."""
    checker = Reader(data)
    goal, shape = checker.polynomial(data["goal"])
    parts = list(checker.parts(data))
    method = data["method"]
    used = len(data["cofactors"])
    ends = [(c, p) for c, p in parts[: len(parts) - used]]
    steps = [
        (c, p, [*data["reasons"], *(f"{reason}, transposed" for reason in data["reasons"])][k])
        for (c, p), (_, _, k, *_) in zip(parts[-used:] if used else [], data["cofactors"], strict=True)
    ]
    if method == "cancellation":
        first, shape = checker.norm((goal, shape))
        last: dict[Monomial, Any] = {}
        opening, closing = "For the difference D of both sides, |D|^2 reads", "A real matrix D with |D| = 0 is zero."
    elif method == "identity":
        left = data.get("left", len(data["goal"]))
        first = checker.polynomial(data["goal"][:left])[0] if left else {}
        last = {m: first.get(m, 0) - goal.get(m, 0) for m in {*first, *goal}}
        same = "Both sides are the same when multiplied out."
        opening, closing = "", "" if data["cofactors"] else same
    else:
        first, last = goal, {}
        for coefficient, (terms, _) in ends:
            for m, c in terms.items():
                last[m] = last.get(m, 0) + coefficient * c
        opening, closing = ("", _product(data)) if method == "rank" else ("The derivative reads", _squares(data))
    lines = _ordered(_clean(first), steps, shape[0])
    if _clean(last) != lines[-1].terms:
        raise AssertionError("the cofactors of a checked certificate do not lead from one side to the other")
    return Chain(str(data.get("theorem", "")), opening, tuple(lines), closing)


def _ordered(first: dict[Monomial, Any], steps: list[tuple[Any, Polynomial, str]], size: str) -> list[Step]:
    """Use the cofactors one after the other, the one that leaves the shortest line first."""
    lines = [Step(first, size, "")]
    current, waiting = first, list(range(len(steps)))
    while waiting:
        trials = []
        for i in waiting:
            coefficient, (terms, _), _ = steps[i]
            trial = dict(current)
            for m, c in terms.items():
                trial[m] = trial.get(m, 0) - coefficient * c
            trial = _clean(trial)
            touches = sum(m in current for m in terms)
            trials.append((len(trial), -touches, sum(len(m[1]) for m in trial), i, trial))
        *_, best, current = min(trials, key=lambda t: t[:4])
        waiting.remove(best)
        lines.append(Step(current, size, steps[best][2]))
    return lines


def _clean(terms: dict[Monomial, Any]) -> dict[Monomial, Any]:
    return {m: c for m, c in terms.items() if c}


def _product(data: dict[str, Any]) -> str:
    """Say which product a rank certificate passes through."""
    factors = " · ".join(f"({_read(data, factor)})" for factor in data["factors"])
    bound = data["bound"] if isinstance(data["bound"], str) else f"rank({_read(data, data['bound'])})"
    return f"That is {factors}, so the rank is at most {bound}."


def _read(data: dict[str, Any], terms: list[Any]) -> str:
    read, shape = Reader(data).polynomial(terms)
    return _polynomial(Step(_clean(read), shape[0], ""), _plain, _plain_term)


def _squares(data: dict[str, Any]) -> str:
    """Say which squares a descent certificate sums."""
    parts = [f"{'' if w == '1' else w + ' '}|{_read(data, q)}|^2" for w, q in data["squares"]]
    return f"That is -({' + '.join(parts)}), which is never positive." if parts else "That is 0."


def _polynomial(step: Step, say: Say, term: Callable[[list[str], list[str]], str]) -> str:
    text = ""
    for (scalars, word), coefficient in sorted(step.terms.items(), key=lambda t: (len(t[0][1]), t[0]), reverse=True):
        names = [say(s[0]) if len(s) == 1 else term(["tr"], [say(a) for a in s]) for s in scalars]
        body = term(names, [say(a) for a in word])
        if not word and step.size != "1":
            body = f"{body} I".strip()
        number = abs(coefficient)
        body = body if number == 1 and body else f"{_number(number, say)} {body}".strip()
        text += (" - " if coefficient < 0 else " + ") + body
    return text.removeprefix(" + ").strip() or "0"


def _number(number: Fraction, say: Say) -> str:
    number = Fraction(number)
    if number.denominator == 1:
        return str(number)
    return str(number) if say is _plain else rf"\tfrac{{{number.numerator}}}{{{number.denominator}}}"


def _plain(name: str) -> str:
    return name


def _plain_term(scalars: list[str], word: list[str]) -> str:
    if scalars == ["tr"]:
        return f"tr({' '.join(word)})"
    return " ".join(scalars + word)


def _latex_term(scalars: list[str], word: list[str]) -> str:
    if scalars == ["tr"]:
        return rf"\operatorname{{tr}}({' '.join(word)})"
    return " ".join(scalars + word)


GREEK = {"alpha", "beta", "eta", "lambda", "gamma", "mu", "sigma", "rho"}


def name_latex(name: str) -> str:
    r"""Return the LaTeX of a symbol of a certificate: ``W_2+'`` is ``W_{2}^{+\top}``, ``(A B)+`` is ``(A B)^{+}``.

    >>> name_latex("W_2+'"), name_latex("(A' B)+"), name_latex("eta")
    ('W_{2}^{+\\top}', '(A^{\\top} B)^{+}', '\\eta')
    """
    marks = ""
    while True:
        if name.endswith("'"):
            name, marks = name[:-1], r"\top" + marks
        elif name.endswith("^-1"):
            name, marks = name[:-3], "-1" + marks
        elif name.endswith("+"):
            name, marks = name[:-1], "+" + marks
        else:
            break
    if name.startswith("(") and name.endswith(")"):
        body = "(" + " ".join(name_latex(part) if part not in "+-" else part for part in name[1:-1].split()) + ")"
    elif match := re.fullmatch(r"d(.+)/dt", name):
        body = rf"\dot{{{name_latex(match[1])}}}"
    else:
        letter, _, index = name.partition("_")
        letter = "\\" + letter if letter in GREEK else re.sub(r"([#$%&{}^~\\])", r"\\\1", letter)
        body = rf"{letter}_{{{index}}}" if index else letter
    return rf"{body}^{{{marks}}}" if marks else body


def _text_latex(reason: str) -> str:
    return re.sub(r"([#$%&{}_])", r"\\\1", reason.replace("\\", "/")).replace("^", r"\^{}").replace("~", r"\~{}")
