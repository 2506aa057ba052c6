"""Letters and polynomials of a certificate in plain text and in LaTeX, as its remarks describe the letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from tptheory.certificates.checker import Index, Name, Size, Word, index_text
from tptheory.certificates.reading import MALFORMED, Monomial, Polynomial, Reader
from tptheory.typesetting.names import (
    BLANK,
    Symbol,
    Written,
    dotted,
    expression_of_sizes,
    name,
    number,
)
from tptheory.typesetting.spelling import grouped

ENTRIES, LONGEST, NESTED = 400, 200, 8
"""Limits for a remark about a letter: its number of entries, the length of its texts, and how many other letters its
meaning may lead through. Beyond them the letter is shown by its name, because a certificate may come from anybody, and
a remark may even refer to itself."""

TRANSPOSED = ("'", r"\top")

_SPACE = Written(" ", " ")


class Term(NamedTuple):
    """A term of a sum: its sign, and its factors without the sign."""

    sign: str
    factors: tuple[Written, ...]


def joined(terms: list[Term]) -> Written:
    """Return the terms of a sum in one line; a sum without terms is shown as 0."""
    pieces = []
    for i, term in enumerate(terms):
        sign = [Written(term.sign, term.sign)] if i or term.sign == "-" else []
        pieces += [*sign, *term.factors]
    return _SPACE.between(pieces or [Written("0", "0")])


def inline(terms: list[Term]) -> Written:
    """Write a polynomial as mathematics within words."""
    return joined(terms).within_words()


def equation(terms: list[Term]) -> Written:
    """Write a polynomial that is zero as an equation of its first term with the others."""
    first, *rest = terms or [Term("+", (Written("0", "0"),))]
    other = {"+": "-", "-": "+"} if first.sign == "+" else {"+": "+", "-": "-"}
    sides = joined([Term("+", first.factors)]), joined([Term(other[t.sign], t.factors) for t in rest])
    return Written(" = ", " = ").between(sides).within_words()


def is_small(data: Any) -> bool:
    """Tell whether a remark has few enough entries to be looked at."""
    waiting, count = [data], 0
    while waiting:
        item = waiting.pop()
        count += 1
        if count > ENTRIES or (isinstance(item, str) and len(item) > LONGEST):
            return False
        if isinstance(item, list | dict):
            if len(item) > ENTRIES:
                return False
            waiting.extend(item.values() if isinstance(item, dict) else item)
    return True


class Notation:
    """The way in which the letters of one certificate are shown.

    Args:
        reader: the reader of the certificate.
        meanings: remarks about what its letters and sizes stand for: any JSON. None shows letters by their names.
    """

    abridged = False
    """Whether long sums are cut."""

    def __init__(self, reader: Reader, meanings: Any = None) -> None:
        self.reader = reader
        self._meanings = meanings if isinstance(meanings, dict) else {}
        self._symbols: dict[Name, Symbol] = {}
        self._under_way: list[Name] = []
        indexed = reader.names.indexed
        self.letter_named = {(text, text in indexed): text for text in (*reader.names.letters, *reader.names.sizes)}
        """The letter that has a name already, by the name and whether it takes an index: ``x[l]`` is not ``x``."""

    def letter(self, a: int) -> Symbol:
        """Return a letter, or its transpose, as it is shown."""
        name, transposed = self.reader.letter(a)
        return self.symbol(name).with_mark(*TRANSPOSED) if transposed else self.symbol(name)

    def size(self, size: Size) -> Written:
        """Return a size as it is shown."""
        return Written(str(size), str(size)) if isinstance(size, int) else self.symbol(size).written()

    def symbol(self, key: Name) -> Symbol:
        """Write a name, with its index where it has one, as what it stands for."""
        if key not in self._symbols:
            found = self._from_remark(key) if key not in self._under_way and len(self._under_way) < NESTED else None
            if self._under_way and found is None and key[0] in self._meanings:
                return as_spelled(key)  # only within what leads here: alone it may have more to show
            self._symbols[key] = found or as_spelled(key)
        return self._symbols[key]

    def _from_remark(self, key: Name) -> Symbol | None:
        """Write a name as the remark about it says, if the remark can be read and is short; else return None."""
        remark = self._meanings.get(key[0])
        if not isinstance(remark, dict) or not is_small(remark):
            return None
        kind = next((kind for kind in LETTER_WRITERS if kind in remark), None)
        if kind is None:
            return None
        self._under_way.append(key)
        try:
            symbol = LETTER_WRITERS[kind](Remark(self, key, remark))
        except MALFORMED:
            return None
        finally:
            self._under_way.pop()
        return symbol if symbol is not None and len(symbol.body.text) <= LONGEST else None

    def terms(self, p: Polynomial) -> list[Term]:
        """Write the terms of a polynomial in their order, but a positive one first."""
        terms, (rows, _) = p
        written = [self._term(m, c, rows) for m, c in terms.items() if c]
        first = next((i for i, term in enumerate(written) if term.sign == "+"), 0)
        return written[first : first + 1] + written[:first] + written[first + 1 :]

    def _term(self, monomial: Monomial, coefficient: Fraction, rows: Size) -> Term:
        scalars, word = monomial
        factors = [self.letter(a).written() for a in word]
        if not word and rows != 1:
            factors.append(Written("I", "I"))
        alone = not factors and len(scalars) == 1
        ordered = sorted(Counter(scalars).items(), key=lambda item: self._rank(item[0]))
        factors = [f for s, power in ordered for f in self._scalar(s, power, alone)] + factors
        size = abs(coefficient)
        if size != 1 or not factors:
            factors.insert(0, number(str(size)))
        return Term("-" if coefficient < 0 else "+", tuple(factors))

    def _rank(self, scalar: Word) -> tuple[Any, ...]:
        """Order scalars: numbers before traces, then by the names in the certificate."""
        letter = self.reader.letter
        return self.reader.is_matrix(scalar[0]), min([letter(a) for a in w] for w in self.reader.turns(scalar))

    def _scalar(self, scalar: Word, power: int, alone: bool) -> list[Written]:
        """Write a number, a trace or a 1x1 product, with its power; a 1x1 product that stands alone has no brackets."""
        if not self.reader.is_matrix(scalar[0]):
            symbol = self.letter(scalar[0])
            return [_raised(symbol.written(), power, closed=symbol.simple)]
        turns, letter = list(self.reader.turns(scalar)), self.reader.letter
        thin = [w for w in turns if self.reader.shape(w[0])[0] == 1]
        if not thin:
            first = min(turns, key=lambda w: [letter(a) for a in w])
            trace = _within_brackets(Written("tr", r"\operatorname{tr}"), self._letters(first))
            return trace if power == 1 else [_raised(_SPACE.between(trace), power, closed=False)]
        letters = self._letters(min(thin, key=lambda w: [letter(a)[::-1] for a in w[::-1]]))
        if alone and power == 1:
            return letters
        product = _within_brackets(BLANK, letters)
        return product if power == 1 else [_raised(_SPACE.between(product), power, closed=True)]

    def _letters(self, word: Word) -> list[Written]:
        return [self.letter(a).written() for a in word]

    def base(self, p: Polynomial) -> Symbol:
        """Write a polynomial so that a mark can follow it: as a letter, or in brackets."""
        terms, _ = p
        if len(terms) == 1:
            (((scalars, word), coefficient),) = terms.items()
            letters = [a for s in scalars for a in s] + list(word)
            if coefficient == 1 and len(letters) == 1:
                symbol = self.letter(letters[0])
                return symbol if symbol.solid else Symbol(bracketed(symbol.written()))
        return Symbol(bracketed(joined(self.terms(p))))


class Remark(NamedTuple):
    """A remark about a name: its fields, and the index of the name where it has one."""

    notation: Notation
    key: Name
    fields: dict[str, Any]

    @property
    def at(self) -> Index | None:
        """The index at which the name stands; the terms of the remark speak of ``k``."""
        return (self.key[1], self.key[2]) if len(self.key) == 3 else None

    def polynomial(self, field: str) -> Polynomial:
        """Return the polynomial in a field, at the index of the name."""
        return self.notation.reader.polynomial(self.fields[field], self.at)

    def written(self, field: str) -> Written:
        """Return the polynomial in a field as it is shown."""
        return joined(self.notation.terms(self.polynomial(field)))


def _raised(body: Written, power: int, closed: bool) -> Written:
    """Write a power, with brackets around a body that is not ``closed`` already."""
    if power == 1:
        return body
    base = body if closed else Written(f"({body.text})", rf"\left({body.latex}\right)")
    return base + Written(f"^{power}", f"^{{{power}}}")


def _within_brackets(before: Written, factors: list[Written]) -> list[Written]:
    """Put brackets around factors, and a word before them; each stays apart, so that a line can break there."""
    (opening, closing), (first, *rest) = (Written("(", "("), Written(")", ")")), factors
    *inner, last = [before + opening + first, *rest]
    return [*inner, last + closing]


def bracketed(body: Written) -> Written:
    """Return a piece of writing in brackets."""
    return Written(f"({body.text})", f"({body.latex})")


def as_spelled(key: Name, write: Callable[[str, str], Symbol] = name) -> Symbol:
    """Write a name as its author spelled it; with ``write=dotted``, its time derivative."""
    return write(key[0], index_text(*key[1:]) if len(key) == 3 else "")


def _renamed(remark: Remark) -> Symbol | None:
    """Write a letter by the other name that its remark gives, unless another letter has that name."""
    text, own = remark.fields["name"], remark.key[0]
    if not isinstance(text, str) or not text:
        return None
    if remark.notation.letter_named.setdefault((text, remark.at is not None), own) != own:
        return None
    return as_spelled((text, *remark.key[1:]))


def _inverse_writer(field: str, text: str, code: str) -> Callable[[Remark], Symbol]:
    """Return a function that writes an inverse: a letter, or a polynomial in brackets, with a mark."""
    return lambda remark: remark.notation.base(remark.polynomial(field)).with_mark(text, code)


def _name_of_sum(remark: Remark) -> Symbol:
    """Write the name of a sum: the sum in square brackets."""
    of = remark.written("named")
    return Symbol(Written(f"[{of.text}]", f"[{of.latex}]"))


def _function_writer(field: str, function: Written) -> Callable[[Remark], Symbol]:
    """Return a function that writes a function of a matrix, such as its determinant."""
    return lambda remark: Symbol(function + bracketed(remark.written(field)), solid=False)


def _velocity(remark: Remark) -> Symbol:
    """Write a time derivative: a dot above the letter."""
    reader = remark.notation.reader
    letter = reader.algebra.letter(remark.fields["velocity"], remark.at, reader.algebra.own)
    of, transposed = reader.letter(letter)
    symbol = remark.notation.symbol(of)
    if symbol == as_spelled(of):
        found = as_spelled(of, dotted)
    else:
        whole = symbol.written()
        found = Symbol(Written(f"d({whole.text})/dt", rf"\dot{{({whole.latex})}}"), solid=False)
    return found.with_mark(*TRANSPOSED) if transposed else found


def _factor(remark: Remark) -> Symbol:
    """Write a column of a matrix of rank one: the letter of the column, and the matrix below."""
    head, of = name(remark.fields["factor"]).body, remark.written("of")
    code = grouped(head.latex) if "_" in head.latex else head.latex
    return Symbol(Written(f"{head.text}[{of.text}]", f"{code}_{{{of.latex}}}"))


def _root(remark: Remark) -> Symbol:
    """Write the square root of a number."""
    of = remark.written("root")
    return Symbol(Written(f"sqrt({of.text})", rf"\sqrt{{{of.latex}}}"))


def _principal_root(remark: Remark) -> Symbol:
    """Write the root of a matrix that is symmetric as its power 1/2."""
    of = remark.written("principal root")
    base = bracketed(of) if " " in of.text else of
    return Symbol(Written(f"{base.text}^(1/2)", f"{grouped(base.latex)}^{{1/2}}"))


def _direction(remark: Remark) -> Symbol:
    """Write a column that may be any: ``z``, with the matrix whose quadratic form it is for if another letter is so."""
    of, own = remark.written("direction"), remark.key[0]
    if remark.at is None and remark.notation.letter_named.setdefault(("z", False), own) == own:
        return as_spelled(("z",))
    return Symbol(Written(f"z[{of.text}]", f"z_{{{of.latex}}}"))


def _ones(remark: Remark) -> Symbol:
    """Write a column of ones with its size."""
    reader = remark.notation.reader
    size = remark.notation.size(reader.names.size(remark.fields["ones"], remark.at, reader.algebra.own))
    return Symbol(Written(f"ones_{size.text}", rf"\mathbf{{1}}_{{{size.latex}}}"))


def _index(remark: Remark) -> Symbol | None:
    """Write an index that stands as a number; one such as ``l+1`` stands in brackets, since it may be a factor."""
    if remark.at is None:
        return None
    text = index_text(*remark.at)
    written = Written(text, text)
    return Symbol(bracketed(written) if all(remark.at) else written)


def _size(remark: Remark) -> Symbol | None:
    """Write a size that stands for an expression of sizes."""
    text = remark.fields["size"]
    return Symbol(expression_of_sizes(text)) if isinstance(text, str) and text else None


LETTER_WRITERS: dict[str, Callable[[Remark], Symbol | None]] = {
    "name": _renamed,
    "pinv": _inverse_writer("pinv", "+", "+"),
    "inverse": _inverse_writer("inverse", "^-1", "-1"),
    "named": _name_of_sum,
    "velocity": _velocity,
    "factor": _factor,
    "ones": _ones,
    "root": _root,
    "principal root": _principal_root,
    "direction": _direction,
    "log pdet": _function_writer("log pdet", Written("log pdet", r"\log\operatorname{pdet}")),
    "det": _function_writer("det", Written("det", r"\det")),
    "size": _size,
    "index": _index,
}
"""The functions that write a letter, by the field of its remark that says what it stands for."""
