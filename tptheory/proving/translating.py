"""What the translation of a node of SymPy asks of the translator, so that each kind of node can have its own module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.letters import Family, Letter, Size, size_value
from tptheory.proving.words import Alphabet, Polynomial

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


class Translating(Protocol):
    """A translator of expressions into polynomials over one alphabet."""

    alphabet: Alphabet
    bases: dict[Any, str]

    def __call__(self, expression: Any) -> Polynomial:
        """Return the polynomial of a matrix or scalar expression."""

    def assume(self, polynomial: Polynomial, reason: Reason) -> None:
        """Add a hypothesis."""

    def conclude(self, key: Any, consequences: Consequences) -> None:
        """Assume also what follows from each hypothesis, in a way that has this key."""

    def doubt(self, node: Any) -> None:
        """Note a number that may not be real, so that its square may be below 0."""

    def known(self) -> Sequence[Polynomial]:
        """Return the polynomials that vanish by hypothesis."""

    def size(self, size: Any) -> Size:
        """Return a size as shapes of letters use it."""

    def trace_of(self, A: Polynomial) -> Polynomial:
        """Return the trace of a square polynomial."""

    def number(self, kind: str, A: Polynomial, text: str) -> Polynomial:
        """Make a letter for a number that depends on a matrix alone."""

    def pinv(self, A: Polynomial) -> Polynomial:
        """Return the pseudo-inverse."""

    def inverse(self, A: Polynomial) -> Polynomial:
        """Return the inverse."""

    def bring_in_coordinates(self, parts: Sequence[Size], whole: Size) -> list[Polynomial]:
        """Name the parts of an identity whose columns are cut into these sizes."""

    def known_coordinates(self, parts: Sequence[Size], whole: Size) -> list[Polynomial] | None:
        """Return the parts of an identity, if they have been named."""

    def inverted_by(self, kind: str, character: str) -> Polynomial | None:
        """Return the polynomial of which a letter is the ``pinv`` or the ``inverse``; None if it is none."""


def refuse_doubtful(node: Any) -> None:
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


def spoken_letters(*polynomials: Polynomial) -> Iterable[Letter]:
    """Run through the letters of polynomials."""
    for p in polynomials:
        for scalars, word in p.terms:
            for character in "".join((*scalars, word)):
                yield p.alphabet.letters[character][0]


def own_letter(kind: str, subject: Any, name: str) -> Letter:
    """Return a letter that the translation makes, and that stands at no layer."""
    return Letter(Family(kind, subject, name))
