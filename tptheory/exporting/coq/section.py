"""The Coq section of one theorem: its variables, the meaning of their numbers, and the theorem."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tptheory.certificates.checker import Name, Shape, Size
from tptheory.exporting.coq.data import match_table, sequence
from tptheory.exporting.coq.proof import CoqProof
from tptheory.exporting.coq.reading import CertificateReading, CoqStatement, legend
from tptheory.exporting.coq.text import CoqWriter
from tptheory.typesetting.spelling import index_text


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
        meaning = self._letter_meanings()
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

    def _letter_meanings(self) -> list[str]:
        """Return the definitions of what the numbers mean.

        Matrix number 0 is the probe, whose shape is that of the goal transposed.
        """
        reading, name = self.reading, self.name
        probe = self.statement.goal.polynomial[1][::-1]
        shapes = [probe, *map(reading.shape, reading.matrices)]
        rows, columns = ([f"{reading.size_number(shape[i])}%N" for shape in shapes] for i in (0, 1))
        numbers = [f"{self._size(n)}%N" for n in reading.sizes]
        kind = f"'M[R]_({name}_d ({name}_src i), {name}_d ({name}_tgt i))"
        symmetric = sequence(f"{reading.matrices[a]}%N" for a in reading.symmetric())
        matrices = match_table(["probe", *self._written(reading.matrices)], "0", f" return {kind}")
        return [
            f"Definition {name}_d (i : nat) : nat := {match_table(numbers, '0%N')}.",
            f"Definition {name}_src (i : nat) : nat := {match_table(rows, '0%N')}.",
            f"Definition {name}_tgt (i : nat) : nat := {match_table(columns, '0%N')}.",
            f"Definition {name}_M (probe : {self.writer.matrices(probe)}) (i : nat) : {kind} :=",
            f"  {matrices}.",
            f"Definition {name}_sc (i : nat) : R := {match_table(self._written(reading.scalars), '0')}.",
            f"Definition {name}_syms : seq nat := {symmetric}.",
        ]

    def _written(self, keys: Iterable[Name]) -> list[str]:
        return [self.writer.key(key) for key in keys]
