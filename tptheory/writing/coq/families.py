"""Families of sizes and symbols, as certificates by induction index them, and as Coq writes their members."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tptheory.certificates import checker
from tptheory.writing.coq.reading import Symbols
from tptheory.writing.coq.text import Names, conclusion

INDEX = re.compile(r"\[([klL]?)([+-]?[0-9]*)\]", re.ASCII)


class Place(NamedTuple):
    """An index: an offset from nothing, from l, or from L."""

    base: str
    offset: int


class Stated(NamedTuple):
    """What holds from a first index to a last one, as a certificate at l; or at one index, if they are the same."""

    data: dict[str, Any]
    first: str
    last: str

    @property
    def single(self) -> bool:
        """Whether it is said of one index only."""
        return self.first == self.last


class Writing(NamedTuple):
    """What sizes and other symbols are called, and what stands for l and for L."""

    sizes: dict[str, str]
    others: dict[str, str]
    small: tuple[str, int] = ("k", 0)
    large: tuple[str, int] = ("L", 0)

    def at(self, index: str) -> Writing:
        """Return the same with an index in the place of l."""
        base, offset = place(index)
        text, more = {"": ("", 0), "l": self.small, "L": self.large}[base]
        return self._replace(small=(text, more + offset))

    def written(self, index: str) -> str:
        """Write an index."""
        return shifted(*self.at(index).small)

    def member(self, name: str, called: dict[str, str]) -> str:
        """Write a size or another symbol; of a family, its value at an index."""
        found = INDEX.search(name)
        return called[family(name)] + (f" {self.written(found[1] + found[2])}" if found else "")

    def names(self, symbols: Symbols) -> Names:
        """Write all sizes and symbols of a certificate."""
        return Names(
            {i: self.member(a, self.others) for a, i in symbols.matrices.items()},
            {n: self.member(n, self.sizes) for n in symbols.sizes},
            {a: self.member(a, self.others) for a in symbols.scalars},
        )

    def shown(self, data: dict[str, Any]) -> str:
        """Write what a certificate shows."""
        symbols = read(data)
        return conclusion(symbols, self.names(symbols), data)

    def stated(self, said: Stated) -> str:
        """Write what is said of all indices of a range."""
        text = self.shown(said.data)
        if said.single:
            return text
        first, (base, offset) = self.written(said.first), place(said.last)
        last = f"{base} + {offset}" if base and offset > len(SUCCESSORS) else self.written(said.last)
        ends = f"k <= {last}" if said.first == "0" else f"{first} <= k <= {last}"
        return f"forall k : nat, ({ends.replace('%N', '')})%N -> {text}"


SUCCESSORS = (".+1", ".+2", ".+3", ".+4")


def shifted(base: str, offset: int) -> str:
    """Write an index so that it computes: by successors and predecessors.

    >>> shifted("k", 2), shifted("L", -1), shifted("", 1), shifted("k", 0)
    ('k.+2', 'L.-1', '1%N', 'k')
    """
    if offset < 0:
        return (base or "0%N") + ".-1" * -offset
    if not base:
        return f"{offset}%N"
    return base + SUCCESSORS[-1] * ((offset - 1) // 4) + (SUCCESSORS[(offset - 1) % 4] if offset else "")


def place(index: str) -> Place:
    """Read an index.

    >>> place("l-1"), place("L"), place("-9")
    (Place(base='l', offset=-1), Place(base='L', offset=0), Place(base='', offset=-9))
    """
    return Place(index.rstrip("+-0123456789"), checker.value(index, 0, 0))


def family(name: str) -> str:
    """Return the family of a member, or a name that has no index.

    >>> family("W[l+1]'"), family("eta")
    ("W[k]'", 'eta')
    """
    return INDEX.sub("[k]", name)


def member(name: str, other: str) -> str:
    """Return the member of a family at the index of another name.

    >>> member("n[k-1]", "W[l+1]"), member("n[k]", "eta")
    ('n[l]', 'n[k]')
    """
    found = INDEX.search(other)
    return str(checker.put(name, found[1] + found[2])) if found else name


def strings(item: Any) -> Iterator[str]:
    """Run through all strings of nested lists and dictionaries."""
    if isinstance(item, str):
        yield item
    for inner in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
        yield from strings(inner)


def lowest(data: dict[str, Any], base: str) -> int:
    """Return the least offset from l, from L or from nothing at which a certificate has something, or 0."""
    found = (INDEX.search(text) for text in (*data["symbols"], *strings(data)))
    return min((int(m[2] or 0) for m in found if m and m[1] == base), default=0)


def declared(families: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Declare the members that a certificate names, and no others, by the families of another."""
    symbols, turned = families["symbols"], {a: b for p in families["adjoints"] for a, b in (p, p[::-1])}
    said = {key: value for key, value in data.items() if key not in ("symbols", "adjoints", "reasons")}
    named = [a for a in dict.fromkeys(strings(said)) if family(a) in symbols]
    both = dict.fromkeys(b for a in named for b in (a, member(turned.get(family(a), family(a)), a)))
    shapes = {a: [member(n, a) for n in symbols[family(a)]] for a in both}
    pairs = {(member(a, s), member(b, s)): 0 for s in shapes for a, b in families["adjoints"] if a == family(s)}
    return data | {"symbols": shapes, "adjoints": [*pairs]}


def read(data: dict[str, Any]) -> Symbols:
    """Number the symbols of a certificate, and the sizes that its goal and factors have."""
    symbols = Symbols(data)
    for terms in (data["goal"], *data.get("factors", ())):
        symbols.polynomial(terms)
    return symbols
