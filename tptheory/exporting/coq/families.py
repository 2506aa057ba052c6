"""Families of matrices, numbers and sizes, one at each integer, as Coq writes their members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tptheory.certificates.checker import Index, Name, Names, Shape, Size
from tptheory.exporting.coq.reading import CertificateReading
from tptheory.exporting.coq.text import CoqWriter, parenthesised

WritesIndex = Callable[[Index], str]
"""Writes an index."""


def index_term(index: Index) -> str:
    """Write an index.

    >>> index_term(("", -2)), index_term(("k", 0)), index_term(("L", 1))
    ('(-2)%index', 'k', '(L + 1)%index')
    """
    base, offset = index
    if not base:
        return f"{offset}%index" if offset >= 0 else f"({offset})%index"
    return f"({base} {'+' if offset > 0 else '-'} {abs(offset)})%index" if offset else base


@dataclass
class Families:
    """What the declared sizes and letters are called, and their types.

    Args:
        names: the declarations.
        declared: the sizes, in their order.
    """

    names: Names
    declared: list[str]
    sizes: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number the declared names."""
        matrices = [a for a, shape in self.names.letters.items() if shape]
        scalars = [a for a, shape in self.names.letters.items() if not shape]
        self.sizes = {n: f"n{i}" for i, n in enumerate(self.declared, 1)}
        self.letters = {a: f"A{i}" for i, a in enumerate(matrices, 1)}
        self.letters |= {a: f"c{i}" for i, a in enumerate(scalars, 1)}

    def variables(self) -> dict[str, str]:
        """Return the types of the variables."""
        kinds = {self.sizes[n]: "index -> nat" if n in self.names.indexed else "nat" for n in self.sizes}
        for a, shape in self.names.letters.items():
            indexed = a in self.names.indexed
            if shape:
                rows, columns = (self.size(self._declared(n), index_term) for n in shape[:2])
                kinds[self.letters[a]] = f"{'forall k : index, ' * indexed}'M[R]_({rows}, {columns})"
            else:
                kinds[self.letters[a]] = "index -> R" if indexed else "R"
        return kinds

    def identifiers(self) -> dict[str, str]:
        """Return the identifiers and the names for which they stand."""
        return {text: name for name, text in (*self.sizes.items(), *self.letters.items())}

    def size(self, size: Size, place: WritesIndex) -> str:
        """Write a size."""
        if isinstance(size, int):
            CertificateReading(self.names).size_number(size)
            return str(size)
        name, *index = size
        return f"{self.sizes[name]} {place((index[0], index[1]))}" if index else self.sizes[name]

    def letter(self, key: Name, shape: Shape, place: WritesIndex) -> str:
        """Write a letter; where its shape is declared with another index than its own, with that shape."""
        name, *index = key
        if not index:
            return self.letters[name]
        at = place((index[0], index[1]))
        if not self._shape_is_shifted(name):
            return f"{self.letters[name]} {at}"
        return f"member {self.letters[name]} {at} {' '.join(parenthesised(self.size(n, place)) for n in shape)}"

    def _declared(self, size: Any) -> Size:
        return self.names.size(size, ("k", 0), "L")

    def _shape_is_shifted(self, name: str) -> bool:
        """Whether the shape of a family at k names a size at another index that k determines."""
        shape = map(self._declared, self.names.letters[name][:2])
        return any(not isinstance(n, int) and n[1:2] == ("k",) and n[2] != 0 for n in shape)

    def writer(self, reading: CertificateReading, place: WritesIndex) -> CoqWriter:
        """Return what writes statements about members."""
        return CoqWriter(
            reading, lambda key, shape: self.letter(key, shape, place), lambda size: self.size(size, place)
        )


@dataclass
class IndexedLaw:
    """What holds at every k of a range: a hypothesis, a theorem, or that a letter is symmetric.

    Args:
        label: what it is called in Coq.
        families: the letters.
        stated: writes it, given what writes indices.
        first: where the range begins, if it does.
        last: where it ends, if it does.
        data: what a case may use, as JSON; None if it is that a letter is symmetric.
        quantified: whether it is said of every k; a letter without an index is symmetric once.
    """

    label: str
    families: Families
    stated: Callable[[WritesIndex], str]
    first: Index | None = None
    last: Index | None = None
    data: Any = None
    quantified: bool = True

    def range(self) -> str:
        """Write what is assumed of k."""
        if self.first is None and self.last is None:
            return ""
        low, high = (None if end is None else in_inequality(index_term(end)) for end in (self.first, self.last))
        return f"({f'{low} <= ' if low else ''}k{f' <= {high}' if high else ''})%index"

    def text(self, free_indices: bool = False) -> str:
        """Write it as a mathematician would, or as `with_free_indices` does, at every k of the range."""
        text = self.with_free_indices() if free_indices else self.stated(index_term)
        given = f"{self.range()} -> " if self.range() else ""
        return f"forall k : index, {given}{text}" if self.quantified else text

    def offsets(self) -> list[int]:
        """Return the numbers, but 0, that are added to k in it."""
        found: set[int] = set()

        def place(index: Index) -> str:
            found.update({index[1]} if index[0] == "k" else ())
            return index_term(index)

        self.stated(place)
        return sorted(found - {0})

    def with_free_indices(self) -> str:
        """Write it at k with a variable of its own for each other index, so that these may be written otherwise."""
        called = {o: f"k{i}" for i, o in enumerate(self.offsets(), 1)}
        equal = [f"{name} = {index_term(('k', o))} -> " for o, name in called.items()]
        text = self.stated(lambda i: called.get(i[1], "k") if i[0] == "k" else index_term(i))
        bound = f"forall {' '.join(called.values())} : index, " if called else ""
        return f"{bound}{''.join(equal)}{text}"

    def proof_at(self, at: Index, label: str = "") -> str:
        """Return the proof of it at an index; the hypothesis of an induction is called by a label of its own."""
        places = [(at[0], at[1] + o) for o in self.offsets()]
        given = [index_term(at), *(["ltac:(Lia.lia)"] if self.range() else [])]
        equal = ["ltac:(Lia.lia)" if at[0] and at[1] else "erefl" for _ in places]
        proof = [label] if label else [f"{self.label}_at", *given]
        return f"(@{' '.join([*proof, *map(index_term, places), *equal])})"


def in_inequality(text: str) -> str:
    """Write an index within an inequality between indices.

    >>> in_inequality("(L - 1)%index"), in_inequality("0%index"), in_inequality("k")
    ('L - 1', '0', 'k')
    """
    return text.removesuffix("%index").removeprefix("(").removesuffix(")")
