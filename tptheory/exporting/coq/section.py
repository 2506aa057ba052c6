"""A section of a Coq file about single matrices: its variables, what their numbers mean, and its theorems."""

from __future__ import annotations

from typing import Any

from tptheory.certificates.checker import Name, Shape, Size
from tptheory.exporting.coq.meaning import meaning_of
from tptheory.exporting.coq.proof import CoqProof
from tptheory.exporting.coq.reading import CertificateReading, CoqStatement, legend
from tptheory.exporting.coq.text import CoqWriter


class Section:
    """The Coq section of one statement and its proof.

    Args:
        reading: the letters of the statement; those of the proof are read here.
        statement: what is assumed and shown.
        proof: the method and its fields.
        name: what the theorem is called; every other name begins with it.
    """

    def __init__(self, reading: CertificateReading, statement: CoqStatement, proof: dict[str, Any], name: str) -> None:
        """Write the theorem, and with it number all sizes and letters."""
        self.reading, self.statement, self.name = reading, statement, name
        self.writer = CoqWriter(reading, self._letter, self._size)
        for _ in range(2):  # the first time all letters are numbered, the second time all are known
            self.theorem = CoqProof(self.writer, statement, proof, name, name).lines()

    def _letter(self, key: Name, shape: Shape) -> str:
        """Name a matrix A1, A2, ... and a scalar c1, c2, ..."""
        matrices, scalars = self.reading.matrices, self.reading.scalars
        return f"A{matrices[key]}" if key in matrices else f"c{scalars[key] + 1}"

    def _size(self, size: Size) -> str:
        """Name a size n1, n2, ...; an integer is written as it is."""
        number = self.reading.size_number(size)
        return str(size) if isinstance(size, int) else f"n{number}"

    @property
    def variables(self) -> dict[str, Name]:
        """The identifiers of sizes, matrices and scalars, in this order, and what they stand for."""
        sizes = {self._size(n): n for n in self.reading.sizes if not isinstance(n, int)}
        return sizes | {self.writer.key(key): key for key in (*self.reading.matrices, *self.reading.scalars)}

    def lines(self) -> list[str]:
        """Return the section."""
        matrices = [(self.writer.key(a), self.reading.shape(a)) for a in self.reading.matrices]
        kinds = [f"Variable {a} : {self.writer.matrices(shape)}." for a, shape in matrices]
        kinds += [f"Variable {self.writer.key(a)} : R." for a in self.reading.scalars]
        meaning = meaning_of(self.writer, self.name, self.statement.goal.polynomial[1])
        sizes = [self._size(n) for n in self.reading.sizes if not isinstance(n, int)]
        return [
            f"Section Of_{self.name}.",
            legend({identifier: shown(key) for identifier, key in self.variables.items()}),
            "Variable R : realFieldType.",
            *([f"Variables {' '.join(sizes)} : nat."] if sizes else []),
            *kinds,
            *meaning,
            *self.theorem,
            f"End Of_{self.name}.",
        ]


def shown(key: Name) -> str:
    """Write a name, with its index where it has one.

    >>> shown(("W", "l", -1)), shown(("W", "", 2)), shown(("A",))
    ('W[l-1]', 'W[2]', 'A')
    """
    name, *index = key
    if not index:
        return str(name)
    base, offset = index
    return f"{name}[{base}{offset:+d}]" if base and offset else f"{name}[{base or offset}]"
