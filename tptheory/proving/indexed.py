"""Letters at the index of a layer: the translator that makes them, and what it knows of them at every index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.proving.anchors import anchored
from tptheory.proving.certificate_terms import moved_item, moved_terms
from tptheory.proving.knowledge import DIRECTION, both_inverse, penrose
from tptheory.proving.letters import Family, Index, Letter, Size
from tptheory.proving.reading_terms import read_polynomial
from tptheory.proving.term_order import INVERSE, PLAIN
from tptheory.proving.translation import INDEX, Reason, Translator
from tptheory.proving.words import Alphabet, Polynomial
from tptheory.symbolic.layers import LayerScalar, LayerSymbol

End = Index | None
"""An end of a range; None where there is none."""


class Shape(NamedTuple):
    """The sizes of a letter as a certificate writes them, at the index ``k``; and whether it is symmetric."""

    rows: Any
    columns: Any
    symmetric: bool = False


class LayerLaw(NamedTuple):
    """Terms that vanish for every index ``k`` from first to last, the reason, and the letter that they may define."""

    terms: list[Any]
    first: End
    last: End
    reason: Reason
    defines: Letter | None = None

    def data(self) -> dict[str, Any]:
        """Return the law as a certificate writes it."""
        return {"zero": self.terms, "from": end_data(self.first), "to": end_data(self.last)}


def end_data(end: End) -> list[Any] | None:
    """Return an end of a range as a certificate writes it."""
    return None if end is None else list(end)


class IndexedTranslator(Translator):
    """Translate at the index ``k``, and record the shapes of letters and the equations that hold at every index.

    Attributes:
        shapes: the shape of every family of matrices; None for a family of numbers.
        defining: the equations of pseudo-inverses, which hold at every index; and the equations of inverses, which hold
            only at the indices at which the claim speaks of the inverse, because it may not exist elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shapes: dict[Family, Shape | None] = {}
        self.defining: list[LayerLaw] = []
        self._range: tuple[End, End] = (None, None)

    @contextmanager
    def binding_index(self, symbol: Any, first: End, last: End) -> Iterator[None]:
        """Read a symbol as the index ``k``, which runs from first to last."""
        before, bases = self._range, dict(self.bases)
        self.bases[symbol] = "k"
        self._range = (first, last)
        try:
            yield
        finally:
            self._range, self.bases = before, bases

    def letter_of(self, symbol: Any) -> Letter:
        """Return the letter of a symbol; for a member of a sequence, record its shape at every index as well."""
        letter = super().letter_of(symbol)
        if letter.family not in self.shapes:
            if isinstance(symbol, LayerSymbol):
                sequence = symbol.sequence
                self.shapes[letter.family] = None
                with self.binding_index(sequence.index, None, None):
                    rows, columns = (self.alphabet.named.item(self.size(n)) for n in sequence.shape(sequence.index))
                self.shapes[letter.family] = Shape(rows, columns)
            elif isinstance(symbol, LayerScalar):
                self.shapes[letter.family] = None
        return letter

    def _at_index(self, kind: str, A: Polynomial, name: str, letter_of: Any) -> Polynomial:
        made = super()._at_index(kind, A, name, letter_of)
        ((scalars, word),) = made.terms
        letter, _ = self.alphabet.letters[(word or scalars[0])[0]]
        if letter.at is not None and letter.family not in self.shapes:
            symmetric = bool(word) and self.alphabet.adjoints[word[0]] == word[0]
            turned = self._turned_shape(A, letter.at, symmetric) if word else None
            self.shapes[letter.family] = Shape(turned.columns, 1) if turned and kind == DIRECTION else turned
        return made

    def _turned_shape(self, A: Polynomial, anchor: Index, symmetric: bool) -> Shape:
        """Return the shape of the transpose of a polynomial at every index, from the shapes of its letters."""
        ends: list[Any] = [None, None]
        for _, word in A.terms:
            for end, character in enumerate((word[-1], word[0]) if word else ()):
                letter, turned = self.alphabet.letters[character]
                known = self.shapes.get(letter.family) if letter.at is not None else None
                if known is None:
                    sizes = self.alphabet.shapes[character] or (1, 1)
                    ends[end] = self.alphabet.named.item(sizes[1 - end])
                    continue
                size = known[turned != (end == 0)]
                base, offset = letter.at or ("", 0)
                to: Index = ("k", offset - anchor[1]) if base == anchor[0] else (base, offset)
                ends[end] = moved_item(size, BOUND_INDEX, to)
        named = self.alphabet.named
        fallback = [moved_item(named.item(n), anchor, BOUND_INDEX) for n in (A.columns, A.rows)]
        rows, columns = (f if e is None else e for e, f in zip(ends, fallback, strict=True))
        return Shape(rows, columns, symmetric)

    def _column_of_ones(self, size: Any) -> Polynomial:
        column = super()._column_of_ones(size)
        ((_, word),) = column.terms
        letter, _ = self.alphabet.letters[word]
        if letter.at is not None:
            self.shapes.setdefault(
                letter.family, Shape(moved_item(self.alphabet.named.item(size), letter.at, BOUND_INDEX), 1)
            )
        return column

    def _pinv(self, A: Polynomial) -> Polynomial:
        P = super()._pinv(A)
        if A:
            for number, equation in enumerate(penrose(A, P), 1):
                self._define(A, equation, "penrose", number, everywhere=True)
        return P

    def _inverse(self, A: Polynomial) -> Polynomial:
        K = super()._inverse(A)
        for equation in both_inverse(A, K):
            self._define(A, equation, "inverse", everywhere=False)
        return K

    def _define(self, A: Polynomial, equation: Polynomial, *reason: Any, everywhere: bool) -> None:
        """Record an equation, either for every index or for the indices at which the claim speaks of it."""
        if not equation:
            return
        _, anchor = anchored(A)
        at = anchor or BOUND_INDEX
        first: End = None
        last: End = None
        if not everywhere and anchor is None:
            first, last = self._range
        elif not everywhere and anchor is not None:
            first, last = (anchor, anchor) if anchor[0] != "k" else (_plus(e, anchor[1]) for e in self._range)
        terms, inside = moved_terms(equation.data(), at, BOUND_INDEX), moved_terms(A.data(), at, BOUND_INDEX)
        found = LayerLaw(terms, first, last, (*reason, inside))
        if found not in self.defining:
            self.defining.append(found)


def _plus(end: End, by: int) -> End:
    return None if end is None else (end[0], end[1] + by)


class Catalogue:
    """The letters of one translator and their shapes, by the names that certificates give them."""

    def __init__(self, schema: IndexedTranslator) -> None:
        self.schema, self.named = schema, schema.alphabet.named
        self._plain: dict[Family, str] = {}
        for character, (letter, turned) in schema.alphabet.letters.items():
            if not turned and letter.at is None:
                self._plain[letter.family] = character

    def letter(self, item: Any) -> Letter:
        """Return the letter that a certificate writes as a name, or as a name at an index."""
        name, *index = item if isinstance(item, list) else [item]
        return Letter(self.named.families[name], (index[0], index[1]) if index else None)

    def size(self, item: Any) -> Size:
        """Return the size that a certificate writes as this item."""
        return item if isinstance(item, int) else self.letter(item)

    def character(self, alphabet: Alphabet, item: Any, defined: set[Letter], level: int) -> str:
        """Declare a letter in another alphabet, and return its character there."""
        if isinstance(item, dict):
            character = self.character(alphabet, item["T"], defined, level)
            return alphabet.adjoints[character]
        letter = self.letter(item)
        shape = self._shape(letter)
        if shape is None:
            return alphabet.scalar(letter)
        inverse = letter.family.kind in ("pinv", "inverse")
        return alphabet.matrix(
            letter,
            self.size(shape.rows),
            self.size(shape.columns),
            level=level if letter in defined else INVERSE if inverse else PLAIN,
            symmetric=shape.symmetric,
        )

    def _shape(self, letter: Letter) -> Shape | None:
        """Return the shape of a letter at its index; None for a number."""
        if letter.at is not None:
            shape = self.schema.shapes.get(letter.family)
            if shape is None:
                return None
            rows, columns = (moved_item(n, BOUND_INDEX, letter.at) for n in shape[:2])
            return Shape(rows, columns, shape.symmetric)
        character = self._plain.get(letter.family)
        sizes = None if character is None else self.schema.alphabet.shapes[character]
        if sizes is None or character is None:
            return None
        rows, columns = map(self.named.item, sizes)
        return Shape(rows, columns, self.schema.alphabet.adjoints[character] == character)

    def polynomial(self, alphabet: Alphabet, terms: list[Any]) -> Polynomial:
        """Read the terms of a certificate over an alphabet, all of whose letters are declared there."""
        return read_polynomial(terms, alphabet, lambda item: self.character(alphabet, item, set(), PLAIN), self.size)

    def declared_shapes(self) -> dict[Family, list[Any]]:
        """Return the shape of every family as a certificate declares it."""
        shapes: dict[Family, list[Any]] = {}
        for family in self.named.names:
            indexed = family in self.schema.shapes or family == INDEX
            shape = self.schema.shapes.get(family) if indexed else self._shape(Letter(family))
            symmetric = ["symmetric"] if shape is not None and shape.symmetric else []
            shapes[family] = [] if shape is None else [shape.rows, shape.columns, *symmetric]
        return shapes
