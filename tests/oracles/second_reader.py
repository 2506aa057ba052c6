"""A second reader of certificates, written from the page of the format alone: letters are their JSON texts.

It is slow and short, and shares no idea with the checker that could be wrong in both: a letter, a size and an index are
strings of JSON; a polynomial is a dictionary from (numbers, word) to fractions; what holds for every depth is tried
at every depth where an answer could change.
"""

import json
import re
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple, NoReturn

FORMAT = "tptheory-certificate/2"
REMARKS = {"title", "assumptions", "reasons", "left", "meanings"}
FIELDS = {
    "identity": {"cofactors"},
    "rank": {"cofactors", "factors"},
    "descent": {"cofactors", "squares"},
    "cancellation": {"cofactors", "squares"},
    "cases": {"cofactors", "split", "parts"},
    "lemmas": {"lemmas", "proof"},
}
SHOWS = {"identity": "zero", "rank": "rank", "descent": "nonpositive", "cancellation": "zero"}
ONE = "1"

Word = tuple[str, ...]
Key = tuple[tuple[Word, ...], Word]
Index = tuple[str, int]
Shape = tuple[str, str]


class Refused(Exception):  # noqa: N818 - a verdict
    """The text is no certificate, or proves nothing."""


class Polynomial(NamedTuple):
    """A shape, and the coefficients of what is left when every number has come out of every word."""

    shape: Shape
    terms: dict[Key, Fraction]


class Goal(NamedTuple):
    """What is claimed: the kind, the polynomial, and of a rank the bound, a size or a polynomial."""

    kind: str
    polynomial: Polynomial
    bound: str | Polynomial | None = None


class Law(NamedTuple):
    """A statement for a range of k, as JSON, to be read again at each index where it is used."""

    goal: dict[str, Any]
    first: Index | None
    last: Index | None


def refuse(reason: str) -> NoReturn:
    """Raise what the caller of `read` shall catch."""
    raise Refused(reason)


def need(condition: object, reason: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        refuse(reason)


# ---------------------------------------------------------------- JSON


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    need(len(found) == len(pairs), "a field twice")
    return found


def _integer(digits: str) -> int:
    need(len(digits.lstrip("-")) <= 1000, "an integer too long")
    return int(digits)


def parse(data: bytes) -> Any:
    """Return the JSON value."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_float=lambda _: refuse("a number with a point or an exponent"),
            parse_int=_integer,
            parse_constant=lambda name: refuse(f"{name} is not JSON"),
        )
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused("not JSON in UTF-8") from error


def integer(value: Any) -> int:
    """Return an integer, which a truth value is not."""
    need(type(value) is int, "an integer is needed")
    return int(value)


def items_of(value: Any, *lengths: int, least: int = 0) -> list[Any]:
    """Return a list, of one of the lengths if some are given."""
    need(isinstance(value, list), "a list is needed")
    need(len(value) in lengths if lengths else len(value) >= least, "a list of another length")
    return list(value)


def fields(value: Any, names: Iterable[str], remarks: bool = True) -> dict[str, Any]:
    """Return an object that has these fields, and beside them remarks or nothing."""
    need(isinstance(value, dict), "an object is needed")
    need(set(value) - (REMARKS if remarks else set()) == set(names), "other fields")
    return dict(value)


def name_of(value: Any) -> str:
    """Return a name."""
    need(isinstance(value, str) and value, "a name is needed")
    need(not re.search("[\ud800-\udfff]", value), "half of a pair in a name")
    return str(value)


def rational(value: Any) -> Fraction:
    """Return a rational that is written as the format writes them."""
    need(isinstance(value, str), "a rational is a string")
    found = re.fullmatch(r"(-?)(0|[1-9][0-9]{0,999})(?:/([1-9][0-9]{0,999}))?", value)
    if not found:
        refuse("not a rational")
    sign, top, bottom = found.groups()
    size = Fraction(int(top), int(bottom or 1))
    return -size if sign else size


# ---------------------------------------------------------------- letters


def index_of(value: Any, bases: str) -> Index:
    """Return an index on one of the bases, written `k`, `l` and `L`; the base of no letter is always one."""
    base, offset = items_of(value, 2)
    need(isinstance(base, str) and (base == "" or (len(base) == 1 and base in bases)), "a base that cannot stand here")
    need(abs(integer(offset)) <= 1_000_000, "an offset too large")
    return base, offset


def shifted(index: Index, at: Index) -> Index:
    """Return an index with another in the place of `k`."""
    return (at[0], at[1] + index[1]) if index[0] == "k" else index


class Reader:
    """The letters of one certificate, and everything that is read in terms of them."""

    def __init__(self, sizes: Any, letters: Any, indexed: Any):
        """Read the declarations."""
        names = [name_of(s) for s in items_of(sizes)]
        need(isinstance(letters, dict), "the letters are an object")
        need(len(set(names)) == len(names), "a size twice")
        need(not set(names) & set(letters), "a size and a letter of one name")
        self.sizes = set(names)
        self.indexed = [name_of(i) for i in items_of(indexed)]
        need(len(set(self.indexed)) == len(self.indexed), "an indexed name twice")
        need(set(self.indexed) <= self.sizes | set(letters), "an index for what is not declared")
        self.letters = {name_of(name): value for name, value in letters.items()}
        self.shapes: dict[str, Shape] = {}
        self.symmetric: set[str] = set()
        for name, value in self.letters.items():
            entries = items_of(value, 0, 2, 3)
            for entry in entries[:2]:
                self.size(entry, "kL" if name in self.indexed else "L")
            if len(entries) == 3:
                same = self.size(entries[0], "kL") == self.size(entries[1], "kL")
                need(entries[2] == "symmetric" and same, "not the shape of a symmetric matrix")

    def named(self, value: Any, bases: str, at: Index | None) -> tuple[str, Index | None]:
        """Return the name, and the index, of what stands bare or at an index as its declaration asks."""
        if isinstance(value, str):
            need(value not in self.indexed, "an index is needed")
            return value, None
        name, *index = items_of(value, 3)
        need(isinstance(name, str) and name in self.indexed, "what has no index stands at none")
        where = index_of(index, bases)
        return name, shifted(where, at) if at else where

    def size(self, value: Any, bases: str, at: Index | None = None) -> str:
        """Return the text of a size."""
        if type(value) is int:
            need(1 <= value <= 1_000_000, "a size out of range")
            return str(value)
        name, index = self.named(value, bases, at)
        need(name in self.sizes, "not a size")
        return json.dumps([name, *index] if index else name)

    def letter(self, value: Any, bases: str, at: Index | None) -> tuple[str, bool]:
        """Return the text of a letter or of a size that stands as a number, and whether it is a matrix."""
        if isinstance(value, dict):
            text, matrix = self.letter(fields(value, ["T"], remarks=False)["T"], bases, at)
            need(matrix and not isinstance(value["T"], dict), "a transpose of what has none")
            return self.transposed(text), True
        name, index = self.named(value, bases, at)
        text = json.dumps([name, *index] if index else name)
        if name in self.sizes:
            return text, False
        need(name in self.letters, "not declared")
        shape = self.letters[name]
        if not shape:
            return text, False
        rows, columns = (self.size(s, "kL", index) for s in shape[:2])
        self.shapes[text], self.shapes["T" + text] = (rows, columns), (columns, rows)
        if len(shape) == 3:
            self.symmetric.add(text)
        return text, True

    def transposed(self, letter: str) -> str:
        """Return the text of the transpose: JSON never begins with a T."""
        if letter in self.symmetric:
            return letter
        return letter[1:] if letter.startswith("T") else "T" + letter

    # ------------------------------------------------------------ words

    def flip(self, word: Word) -> Word:
        """Return the transpose of a product."""
        return tuple(self.transposed(letter) for letter in reversed(word))

    def pieces(self, word: Word) -> list[Word]:
        """Return what a product is the product of: it is cut before each letter that has one row."""
        cuts = [0, *(i for i in range(1, len(word)) if self.shapes[word[i]][0] == ONE), len(word)]
        return [word[i:j] for i, j in pairwise(cuts) if i < j]

    def is_number(self, word: Word) -> bool:
        """Say whether a piece has one row and one column."""
        return self.shapes[word[0]][0] == ONE == self.shapes[word[-1]][1]

    def product(self, word: Word) -> Key:
        """Return the numbers that come out of a product, and what remains."""
        numbers: list[Word] = []
        rest: Word = ()
        for piece in self.pieces(word):
            if self.is_number(piece):
                numbers.append(min(piece, self.flip(piece)))
            else:
                rest += piece
        return tuple(sorted(numbers)), rest

    def closed(self, word: Word) -> tuple[Word, ...]:
        """Return the numbers whose product is the trace of a product."""
        for i, letter in enumerate(word):
            if self.shapes[letter][0] == ONE:
                return self.product(word[i:] + word[:i])[0]
        turns = [w[i:] + w[:i] for w in (word, self.flip(word)) for i in range(len(word))]
        return (min(turns),)

    # ------------------------------------------------------------ polynomials

    def gathered(self, shape: Shape, terms: Iterable[tuple[Key, Fraction]]) -> Polynomial:
        """Return the sum of terms, without those that vanish."""
        sums: dict[Key, Fraction] = {}
        for key, coefficient in terms:
            sums[key] = sums.get(key, Fraction(0)) + coefficient
        return Polynomial(shape, {key: c for key, c in sums.items() if c})

    def sum(self, shape: Shape, parts: Iterable[Polynomial]) -> Polynomial:
        """Return the sum of polynomials, which have this shape."""
        parts = list(parts)
        need(all(p.shape == shape for p in parts), "a sum of different shapes")
        return self.gathered(shape, (term for p in parts for term in p.terms.items()))

    def scaled(self, factor: Fraction, p: Polynomial) -> Polynomial:
        """Return a multiple."""
        return self.gathered(p.shape, ((key, factor * c) for key, c in p.terms.items()))

    def transpose(self, p: Polynomial) -> Polynomial:
        """Return the transpose."""
        return self.gathered(p.shape[::-1], (((n, self.flip(w)), c) for (n, w), c in p.terms.items()))

    def times(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """Return a product: of what composes, or of a number and anything."""
        if p.shape[1] == q.shape[0]:
            shape = p.shape[0], q.shape[1]
        elif (ONE, ONE) in (p.shape, q.shape):
            shape = q.shape if p.shape == (ONE, ONE) else p.shape
        else:
            refuse("a product of what does not compose")

        def terms() -> Iterable[tuple[Key, Fraction]]:
            for (n, v), a in p.terms.items():
                for (m, w), b in q.terms.items():
                    out, rest = self.product(v + w)
                    yield (tuple(sorted(n + m + out)), rest), a * b

        return self.gathered(shape, terms())

    def trace(self, p: Polynomial) -> Polynomial:
        """Return the trace of what is square."""
        size, columns = p.shape
        need(size == columns, "a trace of what is not square")

        def terms() -> Iterable[tuple[Key, Fraction]]:
            for (numbers, word), c in p.terms.items():
                if word:
                    yield (tuple(sorted(numbers + self.closed(word))), ()), c
                elif size.isdigit():
                    yield (numbers, ()), c * int(size)
                else:
                    yield (tuple(sorted((*numbers, (size,)))), ()), c

        return self.gathered((ONE, ONE), terms())

    def square(self, p: Polynomial) -> Polynomial:
        """Return the sum of the squares of the entries."""
        return self.trace(self.times(self.transpose(p), p))

    # ------------------------------------------------------------ what is written

    def word(self, value: Any, bases: str, at: Index | None) -> tuple[tuple[Word, ...], Word]:
        """Return the numbers and the product among items as they are written; the product composes."""
        numbers: list[Word] = []
        letters: list[str] = []
        for item in items_of(value):
            if isinstance(item, dict) and "tr" in item:
                traced = items_of(fields(item, ["tr"], remarks=False)["tr"], least=1)
                found = [self.letter(letter, bases, at) for letter in traced]
                need(all(matrix for _, matrix in found), "a number in a trace")
                word = tuple(text for text, _ in found)
                self.composes((*word, word[0]))
                numbers += self.closed(word)
            else:
                text, matrix = self.letter(item, bases, at)
                if matrix:
                    letters.append(text)
                else:
                    numbers.append((text,))
        self.composes(letters)
        return tuple(numbers), tuple(letters)

    def composes(self, letters: Iterable[str]) -> None:
        """Refuse a product of letters whose shapes do not fit."""
        for left, right in pairwise(letters):
            need(self.shapes[left][1] == self.shapes[right][0], "neighbours that do not compose")

    def item_product(self, value: Any, bases: str) -> Polynomial:
        """Return the product of items; without a matrix it is a number."""
        return self.term(["1", value], bases, None, bare=ONE)

    def term(self, value: Any, bases: str, at: Index | None, bare: str | None = None) -> Polynomial:
        """Return a term; `bare` is the size to take where none is written."""
        coefficient, items, *size = items_of(value, 2, 3)
        numbers, word = self.word(items, bases, at)
        if word:
            need(not size, "a size beside a matrix")
            shape = self.shapes[word[0]][0], self.shapes[word[-1]][1]
        else:
            need(size or bare, "a number without a size")
            n = self.size(size[0], bases, at) if size else str(bare)
            shape = n, n
        out, rest = self.product(word)
        return self.gathered(shape, [((tuple(sorted(numbers + out)), rest), rational(coefficient))])

    def polynomial(self, value: Any, bases: str, at: Index | None = None) -> Polynomial:
        """Return a polynomial."""
        terms = [self.term(t, bases, at) for t in items_of(value, least=1)]
        return self.sum(terms[0].shape, terms)

    def goal(self, value: Any, bases: str, at: Index | None = None) -> Goal:
        """Return a goal."""
        need(isinstance(value, dict), "a goal is an object")
        if "rank" in value:
            fields(value, ["rank", "at most"], remarks=False)
            bound = value["at most"]
            if isinstance(bound, dict):
                most = self.polynomial(fields(bound, ["rank"], remarks=False)["rank"], bases, at)
                return Goal("rank", self.polynomial(value["rank"], bases, at), most)
            return Goal("rank", self.polynomial(value["rank"], bases, at), self.size(bound, bases, at))
        kind = "nonpositive" if "nonpositive" in value else "zero"
        polynomial = self.polynomial(fields(value, [kind], remarks=False)[kind], bases, at)
        need(kind == "zero" or polynomial.shape == (ONE, ONE), "what is not positive is a number")
        return Goal(kind, polynomial)

    # ------------------------------------------------------------ proofs

    def cofactor(self, value: Any, known: list[Polynomial], bases: str) -> Polynomial:
        """Return what is 0 because a hypothesis is."""
        factor, left, k, right, *outer = items_of(value, 4, 5)
        need(0 <= integer(k) < 2 * len(known), "no such hypothesis")
        hypothesis = known[k] if k < len(known) else self.transpose(known[k - len(known)])
        found = self.times(self.times(self.item_product(left, bases), hypothesis), self.item_product(right, bases))
        if outer:
            found = self.times(self.item_product(outer[0], bases), self.trace(found))
        return self.scaled(rational(factor), found)

    def proof(self, value: dict[str, Any], goal: Goal, known: list[Polynomial], bases: str) -> None:
        """Refuse what does not show the goal; the fields have been looked at."""
        method = value["method"]
        if method == "lemmas":
            self.lemmas(value, goal, known, bases)
            return
        need(method == "cases" or SHOWS[method] == goal.kind, "a method for another goal")
        cofactors = [self.cofactor(c, known, bases) for c in items_of(value["cofactors"])]
        p = goal.polynomial
        one = ONE, ONE

        def equal(parts: list[Polynomial], shape: Shape) -> None:
            need(self.sum(shape, parts).terms == self.sum(shape, cofactors).terms, "the sides differ")

        def weighted() -> list[Polynomial]:
            found = []
            for entry in items_of(value["squares"]):
                weight, root = items_of(entry, 2)
                need(rational(weight) > 0, "a weight that is not positive")
                found.append(self.scaled(rational(weight), self.square(self.polynomial(root, bases))))
            return found

        if method == "identity":
            equal([p], p.shape)
        elif method == "descent":
            equal([p, *weighted()], one)
        elif method == "cancellation":
            equal([self.square(p), *weighted()], one)
        elif method == "rank":
            factors = [self.polynomial(f, bases) for f in items_of(value["factors"], least=1)]
            for left, right in pairwise(factors):
                need(left.shape[1] == right.shape[0], "factors that do not compose")
            product = factors[0]
            for factor in factors[1:]:
                product = self.times(product, factor)
            equal([p, self.scaled(Fraction(-1), product)], p.shape)
            if isinstance(goal.bound, str):
                need(goal.bound in [f.shape[1] for f in factors[:-1]], "the bound is not between two factors")
            elif goal.bound is not None:
                bounds = goal.bound, self.transpose(goal.bound)
                need(any(f in bounds for f in factors), "the bound is no factor")
        else:
            split = [items_of(case, least=1) for case in items_of(value["split"], least=1)]
            cases = [[self.polynomial(q, bases) for q in case] for case in split]
            product = self.item_product([], bases)
            for case in cases:
                product = self.times(product, self.sum(one, [self.square(q) for q in case]))
            equal([product], one)
            for case, part in zip(cases, items_of(value["parts"], len(cases)), strict=True):
                self.proof(proof_fields(part), goal, known + case, bases)

    def lemmas(self, value: dict[str, Any], goal: Goal, known: list[Polynomial], bases: str) -> None:
        """Refuse lemmas that are not shown, or that do not show the goal."""
        for entry in items_of(value["lemmas"], least=1):
            fields(entry, ["zero", "proof"])
            lemma = self.polynomial(entry["zero"], bases)
            self.proof(proof_fields(entry["proof"]), Goal("zero", lemma), known, bases)
            known = [*known, lemma]
        self.proof(proof_fields(value["proof"]), goal, known, bases)

    # ------------------------------------------------------------ inductions

    def end(self, value: Any) -> Index | None:
        """Return the end of a range."""
        return None if value is None else index_of(value, "L")

    def theorem(self, value: Any, laws: list[Law]) -> Law:
        """Refuse a theorem that is not shown by what holds already, and return it."""
        fields(value, ["goal", "from", "to", "cases"])
        self.goal(value["goal"], "kL")
        theorem = Law(value["goal"], self.end(value["from"]), self.end(value["to"]))
        cases = items_of(value["cases"], 1, 2)
        for case in cases:
            proof_fields(case, "at", "after", "uses")
        at = tuple(index_of(c["at"], "Ll") for c in cases)
        after = tuple(None if c["after"] is None else index_of(c["after"], "Ll") for c in cases)
        here, there = ("l", 0), ("l", 1)
        ways: list[tuple[Any, Any]] = [((here,), (None,))]
        if theorem.first is not None:
            ways.append(((theorem.first, there), (None, here)))
        if theorem.last is not None:
            ways.append(((theorem.last, here), (None, there)))
        need((at, after) in ways, "the cases do not make an induction")
        for case, place, before in zip(cases, at, after, strict=True):
            known = []
            for use in items_of(case["uses"]):
                number, where = items_of(use, 2)
                index = index_of(where, "Ll")
                need(0 <= integer(number) <= len(laws), "no such law")
                if number == len(laws):
                    need(before is not None and index == before, "the theorem itself is used elsewhere")
                    used = theorem
                else:
                    used = laws[number]
                    need(always(used, index, theorem, step=before is not None), "a law is used out of its range")
                said = self.goal(used.goal, "kL", index)
                need(said.kind == "zero", "what is used does not say zero")
                known.append(said.polynomial)
            self.proof(case, self.goal(value["goal"], "kL", place), known, "Ll")
        return theorem


def always(law: Law, index: Index, theorem: Law, step: bool) -> bool:
    """Say whether an index lies in the range of a law for every L of 1 or more and every l of the theorem.

    With l at one of its ends, everything that is compared is `c` or `L + c`. So each comparison changes its answer
    once at most, next to an L that is the difference of two of the constants: to try 1, and the neighbours of every
    such difference, is to try them all. For one L the index grows with l, and the two ends of l decide.
    """

    def values(depth: int) -> tuple[float, float, float, float, float, float]:
        def at(end: Index | None, otherwise: float) -> float:
            return otherwise if end is None else end[1] + (depth if end[0] == "L" else 0)

        first, last = at(theorem.first, -inf), at(theorem.last, inf) - step
        moves = index[0] == "l"
        low, high = (first + index[1], last + index[1]) if moves else (at(index, 0), at(index, 0))
        return first, last, low, high, at(law.first, -inf), at(law.last, inf)

    constants = {int(v) for v in values(0) if abs(v) != inf}
    depths = {abs(a - b) + c for a in constants for b in constants for c in (-1, 0, 1)} | {1}
    for depth in depths:
        first, last, low, high, start, stop = values(depth)
        if depth >= 1 and first <= last and not start <= low <= high <= stop:
            return False
    return True


def proof_fields(value: Any, *more: str) -> dict[str, Any]:
    """Return a proof, or what holds one, that has the fields of its method."""
    need(isinstance(value, dict), "a proof is an object")
    method = value.get("method")
    need(isinstance(method, str) and method in FIELDS, "no such method")
    return fields(value, {"method", *more} | FIELDS[str(method)])


def certificate(value: Any, part: bool = False) -> None:
    """Refuse what is no certificate."""
    need(isinstance(value, dict), "a certificate is an object")
    need(value.get("format") == FORMAT, "another format")
    if value.get("method") == "all":
        need(not part, "a list of certificates in a list")
        for each in items_of(fields(value, ["format", "method", "parts"])["parts"], least=1):
            certificate(each, part=True)
    elif value.get("method") == "induction":
        fields(value, ["format", "method", "sizes", "letters", "indexed", "hypotheses", "theorems"])
        reader = Reader(value["sizes"], value["letters"], value["indexed"])
        laws = []
        for law in items_of(value["hypotheses"]):
            fields(law, ["zero", "from", "to"])
            laws.append(Law({"zero": law["zero"]}, reader.end(law["from"]), reader.end(law["to"])))
            reader.goal(laws[-1].goal, "kL")
        for theorem in items_of(value["theorems"], least=1):
            laws.append(reader.theorem(theorem, laws))
    else:
        proof_fields(value, "format", "sizes", "letters", "hypotheses", "goal")
        reader = Reader(value["sizes"], value["letters"], [])
        known = []
        for hypothesis in items_of(value["hypotheses"]):
            known.append(reader.polynomial(fields(hypothesis, ["zero"], remarks=False)["zero"], ""))
        reader.proof(value, reader.goal(value["goal"], ""), known, "")


def read(data: bytes) -> None:
    """Return if the bytes are a certificate that proves what it states, else raise `Refused`."""
    try:
        certificate(parse(data))
    except RecursionError as error:
        raise Refused("nested too deeply") from error
