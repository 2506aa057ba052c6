"""Names with indices, as certificates of induction write them: ``W[k+1]`` is ``W[k]``, one layer up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from tptheory.proving.translation import Translator
from tptheory.proving.words import Monomial, Polynomial, Rational, divide

INDEX = re.compile(r"\[([klL]?)([+-]?[0-9]+)?\]")


def indices(name: str) -> list[tuple[str, int]]:
    """Return the indices in a name: ``l+1`` as ``("l", 1)``."""
    return [(m[1], int(m[2] or 0)) for m in INDEX.finditer(name) if m[1] or m[2]]


def written_index(base: str, offset: int) -> str:
    """Write an index as names do.

    >>> written_index("l", 1), written_index("l", 0), written_index("", 0)
    ('l+1', 'l', '0')
    """
    return f"{base}{offset:+d}" if base and offset else base or str(offset)


def shifted(item: Any, base: str, by: int) -> Any:
    """Return names, or lists of them, with the indices of one base moved to ``k``: ``l+1`` by -1 is ``k``.

    >>> shifted(["W[l+1]", "x[0]"], "l", -1)
    ['W[k]', 'x[0]']
    """
    if isinstance(item, list):
        return [shifted(x, base, by) for x in item]

    def new(m: re.Match[str]) -> str:
        there = m[1] == base and bool(m[1] or m[2])
        return f"[{written_index('k', int(m[2] or 0) + by)}]" if there else m[0]

    return INDEX.sub(new, item)


def generic(name: str) -> tuple[str, str, int]:
    """Return what a name is at the index ``k``, and at which index it is: ``W[l+1]`` is ``W[k]`` at ``l+1``.

    >>> generic("W[l+1]'"), generic("eta")
    (("W[k]'", 'l', 1), ('eta', '', 0))
    """
    base, offset = (indices(name) or [("", 0)])[-1]
    return shifted(name, base, -offset), base, offset


def names_in(data: Any) -> Iterator[str]:
    """Run through the names in the words of polynomials and cofactors."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Iterable):
        for item in data.values() if isinstance(data, dict) else data:
            yield from names_in(item)


def polynomial(translator: Translator, terms: list[Any]) -> Polynomial:
    """Read the terms of a certificate, all of whose names are letters already."""
    alphabet = translator.alphabet
    read: dict[Monomial, Rational] = {}
    for coefficient, items, *size in terms:
        scalars, word = [], ""
        for item in items:
            if isinstance(item, list):
                scalars += alphabet.close("".join(map(alphabet.letter, item)))
            elif alphabet.shapes[alphabet.letter(item)] is None:
                scalars.append(alphabet.letter(item))
            else:
                word += alphabet.letter(item)
        rows, columns = alphabet.shape(word) if word else size * 2
        monomial = alphabet.monomial(tuple(sorted(scalars)), word)
        read[monomial] = read.get(monomial, 0) + Fraction(coefficient)
    return Polynomial(alphabet, rows, columns, {m: divide(c, 1) for m, c in read.items()})


class IndexedTranslator(Translator):
    """Translate at the index ``k``; inverses are named by the first index inside, and known at every index."""

    def __init__(self) -> None:
        super().__init__()
        self.general: list[tuple[Polynomial, str, str, int]] = []
        """What defines the inverses: a polynomial, why it vanishes, and the base and offset of the index it is at."""

    def inverse_name(self, A: Polynomial, mark: str) -> str:
        """Return ``W+[k]`` for the inverse of ``W[k]``, ``(W x{-1})+[k]`` for that of ``W[k] x[k-1]``."""
        text = super().inverse_name(A, "")
        found = indices(text)
        if not found:
            return text + mark
        base = next((b for b in ("k", "L", "") if any(b == c for c, _ in found)), "")
        anchor = next(offset for b, offset in found if b == base)

        def relative(m: re.Match[str]) -> str:
            if m[1] != base:
                return f"{{{m[0][1:-1]}}}"
            by = int(m[2] or 0) - anchor
            return f"{{{by:+d}}}" if by else ""

        return f"{INDEX.sub(relative, text)}{mark}[{written_index(base, anchor)}]"

    def assume(self, polynomial: Polynomial, label: str) -> None:
        """Keep what defines an inverse, with the index of the inverse."""
        known = len(self.hypotheses)
        super().assume(polynomial, label)
        inverses = [
            n for n in map(self.alphabet.names.get, letters_of(polynomial)) if n and re.search(r"(\+|\^-1)\[", n)
        ]
        if self.hypotheses[known:] and inverses:
            base, offset = indices(max(inverses, key=len))[-1]
            self.general.append((polynomial, label, base, offset))


def letters_of(p: Polynomial) -> list[str]:
    """Return the letters of a polynomial, in the order of its terms."""
    return list(dict.fromkeys(a for (scalars, word), _ in p for a in "".join((*scalars, word))))
