"""The Coq section of one theorem: its variables, the meaning of their numbers, and the theorem."""

from __future__ import annotations

from typing import Any

from tptheory.certificates.checker import Name, Shape, Size, index_text
from tptheory.exporting.coq.data import meaning_of
from tptheory.exporting.coq.proof import CoqProof
from tptheory.exporting.coq.reading import CertificateReading, CoqStatement, legend
from tptheory.exporting.coq.text import CoqWriter


class Section:
    """The Coq section of one statement and its proof.

    Args:
        reading: the letters of the statement; the letters of the proof are added here.
        statement: the hypotheses and the goal.
        proof: the method of the proof and its fields.
        name: the identifier of the theorem; every other identifier begins with it.
    """

    def __init__(self, reading: CertificateReading, statement: CoqStatement, proof: dict[str, Any], name: str) -> None:
        """Write the theorem, which numbers all sizes and letters."""
        self.reading, self.statement, self.name = reading, statement, name
        self.writer = CoqWriter(reading, self._letter, self._size)
        for _ in range(2):  # the first time all letters are numbered, the second time all are known
            self.theorem = CoqProof(self.writer, statement, proof, name, name).lines()

    def _letter(self, key: Name, shape: Shape) -> str:
        """Return the identifier of a letter: ``A1, A2, ...`` for matrices, ``c1, c2, ...`` for scalars."""
        matrices, scalars = self.reading.matrices, self.reading.scalars
        return f"A{matrices[key]}" if key in matrices else f"c{scalars[key] + 1}"

    def _size(self, size: Size) -> str:
        """Return the identifier of a size, ``n1, n2, ...``; an integer stands for itself."""
        number = self.reading.size_number(size)
        return str(size) if isinstance(size, int) else f"n{number}"

    def _identifiers(self) -> dict[str, str]:
        """Return for each identifier, sizes before matrices before scalars, its name in the certificate."""
        sizes = {self._size(n): n for n in self.reading.sizes if not isinstance(n, int)}
        keys = sizes | {self.writer.key(key): key for key in (*self.reading.matrices, *self.reading.scalars)}
        return {
            identifier: f"{key[0]}[{index_text(*key[1:])}]" if len(key) == 3 else key[0]
            for identifier, key in keys.items()
        }

    def lines(self) -> list[str]:
        """Return the lines of the section."""
        matrices = [(self.writer.key(a), self.reading.shape(a)) for a in self.reading.matrices]
        kinds = [f"Variable {a} : {self.writer.matrices(shape)}." for a, shape in matrices]
        kinds += [f"Variable {self.writer.key(a)} : R." for a in self.reading.scalars]
        meaning = meaning_of(self.writer, self.name, self.statement.goal.polynomial[1])
        sizes = [self._size(n) for n in self.reading.sizes if not isinstance(n, int)]
        return [
            f"Section Of_{self.name}.",
            legend(self._identifiers()),
            "Variable R : realFieldType.",
            *([f"Variables {' '.join(sizes)} : nat."] if sizes else []),
            *kinds,
            *meaning,
            *self.theorem,
            f"End Of_{self.name}.",
        ]
