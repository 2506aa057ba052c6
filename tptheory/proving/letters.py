"""What a letter of a proof stands for, as data. Printers make names from that data, and no code reads a name back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sympy import Dummy, S

Index = tuple[str, int]
"""The index of a member of a sequence: ``("", 2)`` is 2, ``("L", -1)`` is L - 1, ``("k", 1)`` is k + 1."""


@dataclass(frozen=True)
class Family:
    """What a letter stands for, apart from its index and from whether it is transposed.

    Two families are one if they are of one kind and have the same subject, however they are called.

    Attributes:
        kind: what sort of thing it is. What the claim names: a matrix (``symbol``), a ``number``, a ``width`` at a
            layer, a ``sequence`` over the layers, or an ``index`` that stands as a number. What the translation makes
            of a polynomial: ``pinv``, ``inverse``, ``det``, ``log pdet``, a product that is ``kronecker`` or
            ``entrywise``, a ``function`` of numbers, the ``root`` of a number or of a matrix, the ``principal root``
            of a matrix, a ``sum of squares`` over the layers, a ``column`` that exists beside a matrix, or ``named``,
            which is the polynomial itself. Constant matrices: ``ones``, ``unit`` vectors
            and ``coordinates``, the blocks of an identity. A node of which nothing is known: ``atom``. What no
            certificate speaks of: ``auxiliary``.
        subject: the SymPy object, or the polynomial, that it is made of.
        name: the name of the family, unless another family has it already.
        remark: what a certificate says about the family to help typesetting; no proof depends on it.
    """

    kind: str
    subject: Any
    name: str = field(compare=False)
    remark: dict[str, Any] = field(default_factory=dict, compare=False)


class Letter(NamedTuple):
    """A family of matrices, numbers or sizes, together with an index where its members have one."""

    family: Family
    at: Index | None = None


Size = int | Letter
"""A size: a positive integer, or a letter that stands for one."""


def size_value(size: Size) -> Any:
    """Return a size as a SymPy expression; one at an index equals no other."""
    if isinstance(size, int):
        return S(size)
    return size.family.subject if size.at is None else Dummy()


class Named:
    """The names that a certificate gives to families: one name each, in the order in which the families were met.

    Attributes:
        names: the name of each family.
        families: the family of each name.
        sizes: the families that stand for sizes somewhere.
    """

    def __init__(self) -> None:
        self.names: dict[Family, str] = {}
        self.families: dict[str, Family] = {}
        self.sizes: set[Family] = set()

    def __call__(self, family: Family) -> str:
        """Return the name of a family; if another family has taken the name, stars are added to it."""
        if family not in self.names:
            name = family.name
            while name in self.families:
                name += "*"
            self.names[family], self.families[name] = name, family
        return self.names[family]

    def item(self, letter: Size) -> Any:
        """Return a letter, or a size, as a certificate writes it."""
        if isinstance(letter, int):
            return letter
        name = self(letter.family)
        return name if letter.at is None else [name, *letter.at]


def item_text(item: Any) -> str:
    """Write a letter, a transpose, a trace or a size of a certificate as text."""
    if isinstance(item, dict):
        ((mark, inside),) = item.items()
        return f"{item_text(inside)}'" if mark == "T" else f"tr({' '.join(map(item_text, inside))})"
    if isinstance(item, list):
        name, base, offset = item
        return f"{name}[{base}{offset:+d}]" if base and offset else f"{name}[{base or offset}]"
    return str(item)
