"""Coq text: statements as a mathematician writes them, and the same as data for the reflexive checker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tptheory.writing.coq.reading import Equation, Factor, Polynomial, Symbols, Term, Word, equation, largest


class Names(NamedTuple):
    """What the symbols and sizes are called: matrices by their number, sizes and scalars by their name.

    Of a family it is its value at an index, such as ``W k.+1``.
    """

    matrices: dict[int, str]
    sizes: dict[str, str]
    scalars: dict[str, str]


def alone(name: str) -> str:
    """Write a name so that an operation may follow.

    >>> alone("W"), alone("W k")
    ('W', '(W k)')
    """
    return f"({name})" if " " in name else name


def product(names: Names, word: Word) -> str:
    """Write a word of matrices; the empty one is the identity."""
    return " *m ".join(f"{alone(names.matrices[i])}^T" if turned else names.matrices[i] for i, turned in word) or "1%:M"


def factor(names: Names, f: Factor) -> str:
    """Write a scalar, a size as a number, or a trace."""
    if f.word:
        return rf"\tr ({product(names, f.word)})"
    return f"{alone(names.sizes[f.size])}%:R" if f.size else names.scalars[f.scalar]


def term(names: Names, t: Term, scalar: bool) -> str:
    """Write a term without its sign."""
    top, bottom = abs(t.coefficient.numerator), t.coefficient.denominator
    numeral = ("1" if top == 1 else f"{top}%:R") + (f" / {bottom}%:R" if bottom != 1 else "")
    plain = numeral == "1"
    if t.factors and not plain and bottom != 1:
        numeral = f"({numeral})"
    number = " * ".join(([] if plain and t.factors else [numeral]) + [factor(names, f) for f in t.factors])
    if scalar:
        return number
    word = product(names, t.word)
    if plain and not t.factors:
        return word
    number = f"({number})" if " " in number else number
    return f"{number} *: ({word})" if len(t.word) > 1 else f"{number} *: {word}"


def total(names: Names, terms: Sequence[Term], scalar: bool) -> str:
    """Write a sum."""
    largest(terms)
    text = ""
    for t in terms:
        one = term(names, t, scalar)
        if t.coefficient < 0:
            text += f" - ({one})" if text else f"- ({one})"
        else:
            text += f" + {one}" if text else one
    return text or "0"


def matrices(names: Names, shape: tuple[str, str]) -> str:
    """Write the type of the matrices of a shape."""
    return f"'M[R]_({names.sizes[shape[0]]}, {names.sizes[shape[1]]})"


def equality(names: Names, e: Equation) -> str:
    """Write an equation; a number says of which field."""
    sides = (total(names, side, e.scalar) for side in (e.left, e.right))
    return " = ".join(sides) + (" :> R" if e.scalar else f" :> {matrices(names, e.shape)}")


def typed(names: Names, p: Polynomial) -> str:
    """Write a matrix with its type."""
    return f"({total(names, p.terms, False)} : {matrices(names, p.shape)})%R"


def concluded(symbols: Symbols, data: dict[str, Any]) -> Equation:
    """Bring the goal of a certificate to two sides, as its claim has them."""
    goal, left = symbols.polynomial(data["goal"]), data.get("left")
    return equation(goal, left if isinstance(left, int) and len(goal.terms) == len(data["goal"]) else None)


def conclusion(symbols: Symbols, names: Names, data: dict[str, Any]) -> str:
    """Write what a certificate shows: a rank that is bounded, a number that is not above another, or an equation."""
    if data["method"] == "rank":
        bound = data["bound"]
        whole = bound in data["factors"]
        limit = rf"\rank {typed(names, symbols.polynomial(bound))}" if whole else names.sizes[bound]
        return rf"(\rank {typed(names, symbols.polynomial(data['goal']))} <= {limit})%N"
    e = concluded(symbols, data)
    if data["method"] == "descent":
        return f"{' <= '.join(total(names, side, True) for side in (e.left, e.right))} :> R"
    return equality(names, e)


def listed(items: Iterable[str]) -> str:
    """Write a sequence."""
    text = "; ".join(items)
    return f"[:: {text}]" if text else "[::]"


def coefficient_data(c: Fraction) -> str:
    """Write a coefficient as data."""
    return f"number {_truth(c < 0)} {abs(c.numerator)}%positive {c.denominator}%positive"


def word_data(word: Word) -> str:
    """Write a word as data."""
    return listed(f"({i}, {_truth(turned)})" for i, turned in word)


def factor_data(symbols: Symbols, f: Factor) -> str:
    """Write a factor as data."""
    if f.word:
        return f"(false, 0, {word_data(f.word)})"
    return f"(true, {symbols.sizes[f.size]}, [::])" if f.size else f"(false, {symbols.scalars[f.scalar]}, [::])"


def factors_data(symbols: Symbols, factors: Iterable[Factor]) -> str:
    """Write factors as data."""
    return listed(factor_data(symbols, f) for f in factors)


def terms_data(symbols: Symbols, terms: Sequence[Term]) -> str:
    """Write terms as data."""
    return listed(
        f"({coefficient_data(t.coefficient)}, {factors_data(symbols, t.factors)}, {word_data(t.word)})" for t in terms
    )


def equation_data(symbols: Symbols, e: Equation) -> str:
    """Write an equation as data."""
    sides = f"{terms_data(symbols, e.left)} {terms_data(symbols, e.right)}"
    return f"Sca {sides}" if e.scalar else f"Mat {symbols.sizes[e.shape[0]]} {symbols.sizes[e.shape[1]]} {sides}"


def table(items: Iterable[str], default: str, clause: str = "") -> str:
    """Write a function of a number by its values."""
    cases = " ".join(f"| {i}%N => {text}" for i, text in enumerate(items))
    return f"match i{clause} with {cases} | _ => {default} end"


def _truth(value: bool) -> str:
    return "true" if value else "false"


def nested(proofs: Sequence[str]) -> str:
    """Return the proof of a conjunction.

    >>> nested(["(g1)", "(g2)", "(g3)"])
    '(conj (g1) (conj (g2) (g3)))'
    """
    return f"(conj {proofs[0]} {nested(proofs[1:])})" if len(proofs) > 1 else proofs[0]


def halved(proofs: Sequence[str]) -> str:
    """Return the proof of a conjunction of halves: of many theorems, nested ones would take Coq minutes.

    >>> halved(["(g1)", "(g2)", "(g3)", "(g4)"])
    '(conj (conj (g1) (g2)) (conj (g3) (g4)))'
    """
    middle = len(proofs) // 2
    return f"(conj {halved(proofs[:middle])} {halved(proofs[middle:])})" if middle else proofs[0]
