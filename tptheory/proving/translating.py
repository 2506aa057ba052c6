"""What every translation of a node shares: hypotheses with their reasons, letters, and the refusals in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.letters import Family, Letter, Size, size_value
from tptheory.proving.words import Polynomial

Reason = tuple[Any, ...]
"""Why a hypothesis holds, as data that `typesetting` puts into words: ``("penrose", 2, terms)`` or ``("given",)``."""
Consequences = Callable[[Polynomial], Iterable[tuple[Polynomial, Reason]]]
"""What follows from a polynomial that vanishes: other polynomials that vanish, each with the reason."""


@dataclass(frozen=True)
class Assumption:
    """A polynomial that is zero, with the reason; if it is the transpose of a hypothesis, also that one's number."""

    polynomial: Polynomial
    reason: Reason
    transposes: int | None = None


def refuse_nonreal(node: Any) -> None:
    """Refuse a number that may not be real, where something is shown by squares; None where all numbers are real.

    Raises:
        UnsupportedExpressionError: if there is such a number.
    """
    if node is not None:
        raise UnsupportedExpressionError(
            f"'expression' must have numbers that are real wherever their arguments are (got {node}, which may not "
            "be). Declare its symbols positive, or name its value by a symbol."
        )


def size_expression(size: Size) -> Any:
    """Return a size as SymPy's expression.

    Raises:
        UnsupportedExpressionError: for a size at a layer, which is an expression only at a number.
    """
    if isinstance(size, Letter) and size.at is not None:
        raise at_a_layer()
    return size_value(size)


def refuse_layers(letters: Iterable[Letter]) -> None:
    """Refuse letters that stand at a layer.

    Raises:
        UnsupportedExpressionError: if there is one.
    """
    if any(letter.at is not None for letter in letters):
        raise at_a_layer()


def at_a_layer() -> UnsupportedExpressionError:
    """Build the error for a node that is understood in networks of a given depth only."""
    return UnsupportedExpressionError(
        "'expression' must have blocks, entries, Kronecker and entrywise products, and functions of numbers only where "
        "the depth of the network is a number. Give the network a depth, or name what is inside by a symbol."
    )


def letters_in(*polynomials: Polynomial) -> Iterable[Letter]:
    """Run through the letters of polynomials."""
    for p in polynomials:
        for scalars, word in p.terms:
            for character in "".join((*scalars, word)):
                yield p.alphabet.letters[character][0]


def made_letter(kind: str, subject: Any, name: str) -> Letter:
    """Return a letter that the translation makes, and that stands at no layer."""
    return Letter(Family(kind, subject, name))
