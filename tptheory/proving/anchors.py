"""The name and the index of the inverse of a polynomial: the inverses at all layers are one family of letters."""

from __future__ import annotations

from itertools import product
from typing import Any

from tptheory.proving.letters import Index, Letter
from tptheory.proving.words import Polynomial


def anchored(A: Polynomial) -> tuple[Any, Index | None]:
    """Return a key that polynomials share which differ only by the layer they stand at, and the index of that layer.

    There is no such layer where a letter that has no index, such as a target, fits only there by its sizes.
    """
    anchor = _anchor(A)
    if anchor is None or _stays(A, anchor[0]):
        return A, None
    base, least = anchor
    letters = A.alphabet.letters

    def relative(letter: Any) -> Any:
        if isinstance(letter, int) or letter.at is None:
            return letter
        own, offset = letter.at
        return (letter.family, "relative", offset - least) if own == base else (letter.family, own, offset)

    def word(text: str) -> Any:
        return tuple((relative(letters[a][0]), letters[a][1]) for a in text)

    terms = frozenset((tuple(map(word, scalars)), word(text), c) for (scalars, text), c in A.terms.items())
    return (terms, relative(A.rows), relative(A.columns)), anchor


def _anchor(A: Polynomial) -> Index | None:
    """Return the least index of the letters of a polynomial, or of its sizes where no letter has an index of that base.

    The base is the first of ``k``, ``l``, ``L`` and plain numbers at which a letter or a size stands.
    """
    letters = [A.alphabet.letters[a][0] for scalars, word in A.terms for a in "".join((*scalars, word))]
    sizes = [size for size in (A.rows, A.columns) if isinstance(size, Letter)]
    indices, beside = ([one.at for one in group if one.at is not None] for group in (letters, sizes))
    for base, group in product(("k", "l", "L", ""), (indices, beside)):
        offsets = [offset for own, offset in group if own == base]
        if offsets:
            return base, min(offsets)
    return None


def _stays(A: Polynomial, base: str) -> bool:
    """Whether a polynomial has a letter without an index whose sizes are those at layers of a base."""
    words = {a for _, word in A.terms for a in word}
    fixed = [A.alphabet.shapes[a] or () for a in words if A.alphabet.letters[a][0].at is None]
    return any(isinstance(size, Letter) and size.at is not None and size.at[0] == base for s in fixed for size in s)


def inverse_name(A: Polynomial, mark: str) -> str:
    """Return the name of an inverse in a certificate, such as ``A+`` or ``(A B)^-1``; nothing depends on the name."""
    ((scalars, word),) = A.terms if len(A.terms) == 1 else (((), ""),)
    if len(word) == 1 and not scalars and set(A.terms.values()) == {1}:
        letter, turned = A.alphabet.letters[word]
        return f"{A.alphabet.named(letter.family)}{chr(39) * turned}{mark}"
    text = repr(A)
    return (text if len(A.terms) == 1 and " " not in text else f"({text})") + mark
