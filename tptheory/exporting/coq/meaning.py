"""What the numbers of sizes and letters mean in Coq: the definitions that the theorems of the library are told of."""

from __future__ import annotations

from tptheory.certificates.checker import Shape
from tptheory.exporting.coq.data import match_table, sequence
from tptheory.exporting.coq.text import CoqWriter


def meaning_of(writer: CoqWriter, name: str, shape: Shape) -> list[str]:
    """Return definitions that say which matrices, sizes and scalars the numbers mean.

    Args:
        writer: what writes the letters, all of which have been read.
        name: what the name of every definition begins with.
        shape: the shape of the goal; matrix number 0 is a probe, which has the shape of its transpose.
    """
    reading, probe = writer.reading, shape[::-1]
    shapes = [probe, *map(reading.shape, reading.matrices)]
    rows, columns = ([f"{reading.size_number(each[i])}%N" for each in shapes] for i in (0, 1))
    numbers = [f"{writer.size(n)}%N" for n in reading.sizes]
    kind = f"'M[R]_({name}_d ({name}_src i), {name}_d ({name}_tgt i))"
    symmetric = sequence(f"{reading.matrices[a]}%N" for a in reading.symmetric())
    matrices = match_table(["probe", *map(writer.key, reading.matrices)], "0", f" return {kind}")
    return [
        f"Definition {name}_d (i : nat) : nat := {match_table(numbers, '0%N')}.",
        f"Definition {name}_src (i : nat) : nat := {match_table(rows, '0%N')}.",
        f"Definition {name}_tgt (i : nat) : nat := {match_table(columns, '0%N')}.",
        f"Definition {name}_M (probe : {writer.matrices(probe)}) (i : nat) : {kind} :=",
        f"  {matrices}.",
        f"Definition {name}_sc (i : nat) : R := {match_table([writer.key(a) for a in reading.scalars], '0')}.",
        f"Definition {name}_syms : seq nat := {symmetric}.",
    ]
