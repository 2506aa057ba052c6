"""Coq text for certificates about layers, whose letters are families with one member at each integer index.

A *family* `A` is a function of the index, and its member at `k` is the Coq term `A k`. A *law* is a statement that
holds at every index of a range.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tptheory.certificates.checker import Index, Name, Names, Shape, Size
from tptheory.exporting.coq.reading import CertificateReading
from tptheory.exporting.coq.text import CoqWriter, parenthesised

IndexWriter = Callable[[Index], str]
"""A function that writes an index as a Coq term: as it stands, or with another index in the place of a letter."""


def index_term(index: Index) -> str:
    """Return an index as a Coq term of the scope ``index``.

    >>> index_term(("", -2)), index_term(("k", 0)), index_term(("L", 1))
    ('(-2)%index', 'k', '(L + 1)%index')
    """
    base, offset = index
    if not base:
        return f"{offset}%index" if offset >= 0 else f"({offset})%index"
    return f"({base} {'+' if offset > 0 else '-'} {abs(offset)})%index" if offset else base


class Families:
    """The Coq identifiers of the sizes and letters that a certificate declares, and their types.

    Sizes are called ``n1, n2, ...``, matrices ``A1, A2, ...`` and scalars ``c1, c2, ...``, in the order of declaration.

    Args:
        names: the declarations of the certificate.
        declared: the names of the sizes, in their order.
    """

    def __init__(self, names: Names, declared: list[str]) -> None:
        """Give each declared name its identifier."""
        self.names = names
        matrices = [a for a, shape in names.letters.items() if shape]
        scalars = [a for a, shape in names.letters.items() if not shape]
        self.sizes = {n: f"n{i}" for i, n in enumerate(declared, 1)}
        self.letters = {a: f"A{i}" for i, a in enumerate(matrices, 1)}
        self.letters |= {a: f"c{i}" for i, a in enumerate(scalars, 1)}

    def variables(self) -> dict[str, str]:
        """Return the Coq type of each identifier; the type of an indexed letter is a function of the index."""
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
        """Return for each identifier the name in the certificate for which it stands."""
        return {text: name for name, text in (*self.sizes.items(), *self.letters.items())}

    def size(self, size: Size, write_index: IndexWriter) -> str:
        """Return a size as a Coq term, with its index written by ``write_index``."""
        if isinstance(size, int):
            CertificateReading(self.names).size_number(size)
            return str(size)
        name, *index = size
        return f"{self.sizes[name]} {write_index((index[0], index[1]))}" if index else self.sizes[name]

    def letter(self, key: Name, shape: Shape, write_index: IndexWriter) -> str:
        """Return a letter as a Coq term, with its index written by ``write_index``.

        Where the shape of a family is declared at a shifted index, Coq cannot compute that the member has the shape
        which the statement needs. The library's ``member`` then casts the member to that shape.
        """
        name, *index = key
        if not index:
            return self.letters[name]
        at = write_index((index[0], index[1]))
        if not self._shape_is_shifted(name):
            return f"{self.letters[name]} {at}"
        return f"member {self.letters[name]} {at} {' '.join(parenthesised(self.size(n, write_index)) for n in shape)}"

    def _declared(self, size: Any) -> Size:
        return self.names.size(size, ("k", 0), "L")

    def _shape_is_shifted(self, name: str) -> bool:
        """Return whether the shape of the member at ``k`` names a size at a shifted index, such as ``k - 1``."""
        shape = map(self._declared, self.names.letters[name][:2])
        return any(not isinstance(n, int) and n[1:2] == ("k",) and n[2] != 0 for n in shape)

    def writer(self, reading: CertificateReading, write_index: IndexWriter) -> CoqWriter:
        """Return a writer of statements about members, in which ``write_index`` writes the indices."""
        return CoqWriter(
            reading, lambda key, shape: self.letter(key, shape, write_index), lambda size: self.size(size, write_index)
        )


@dataclass
class IndexedLaw:
    """A statement that holds at every index ``k`` of a range: a hypothesis, a theorem, or the symmetry of a letter.

    Args:
        label: the identifier of the law in Coq.
        families: the letters.
        stated: returns the statement at ``k`` as Coq text, given a function that writes indices.
        first: the first index of the range; None where the range has no beginning.
        last: the last index of the range; None where the range has no end.
        data: the statement as the certificate has it, which a case may use; None for the symmetry of a letter.
        quantified: whether the statement has an index; the symmetry of a letter without an index has none.
    """

    label: str
    families: Families
    stated: Callable[[IndexWriter], str]
    first: Index | None = None
    last: Index | None = None
    data: Any = None
    quantified: bool = True

    def range(self) -> str:
        """Return the Coq proposition that ``k`` lies in the range; nothing for a range without ends."""
        if self.first is None and self.last is None:
            return ""
        low, high = (None if end is None else in_inequality(index_term(end)) for end in (self.first, self.last))
        return f"({f'{low} <= ' if low else ''}k{f' <= {high}' if high else ''})%index"

    def text(self, free_indices: bool = False) -> str:
        """Return the law as Coq text: as a mathematician would write it, or in the form of `with_free_indices`."""
        text = self.with_free_indices() if free_indices else self.stated(index_term)
        given = f"{self.range()} -> " if self.range() else ""
        return f"forall k : index, {given}{text}" if self.quantified else text

    def offsets(self) -> list[int]:
        """Return the numbers other than 0 that are added to ``k`` in the statement, in increasing order."""
        found: set[int] = set()

        def write_index(index: Index) -> str:
            found.update({index[1]} if index[0] == "k" else ())
            return index_term(index)

        self.stated(write_index)
        return sorted(found - {0})

    def with_free_indices(self) -> str:
        """Return the statement at ``k`` with a variable ``k1, k2, ...`` of its own for each shifted index.

        Each variable is assumed to equal its shifted index, so that a case may use the law with an index that is
        written differently, such as ``l`` in the place of ``l + 1 - 1``.
        """
        called = {o: f"k{i}" for i, o in enumerate(self.offsets(), 1)}
        equal = [f"{name} = {index_term(('k', o))} -> " for o, name in called.items()]
        text = self.stated(lambda i: called.get(i[1], "k") if i[0] == "k" else index_term(i))
        bound = f"forall {' '.join(called.values())} : index, " if called else ""
        return f"{bound}{''.join(equal)}{text}"

    def proof_at(self, at: Index, label: str = "") -> str:
        """Return a Coq term that proves the law at an index.

        Args:
            at: the index.
            label: the identifier of the proof, where it is the hypothesis of an induction.
        """
        places = [(at[0], at[1] + o) for o in self.offsets()]
        given = [index_term(at), *(["ltac:(Lia.lia)"] if self.range() else [])]
        equal = ["ltac:(Lia.lia)" if at[0] and at[1] else "erefl" for _ in places]
        proof = [label] if label else [f"{self.label}_at", *given]
        return f"(@{' '.join([*proof, *map(index_term, places), *equal])})"


def in_inequality(text: str) -> str:
    """Return an index term as it stands within an inequality, whose scope is set outside.

    >>> in_inequality("(L - 1)%index"), in_inequality("0%index"), in_inequality("k")
    ('L - 1', '0', 'k')
    """
    return text.removesuffix("%index").removeprefix("(").removesuffix(")")
