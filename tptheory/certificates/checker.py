"""Check a tptheory certificate. The only code that must be trusted: standard library, runs alone.

    python checker.py CERTIFICATE.json

`FORMAT.md` beside this file says what a certificate is. In short: a statement about real matrices
of any size that the letters stand for, "if these polynomials are 0, then so is this one" (or its
rank is at most so much, or it is at most 0), and cofactors that show it:

    goal = sum of coefficient * left * hypothesis * right.

Both sides are brought to normal form, letter by letter, and compared. What makes that sound stands
as a comment where it is used. Whatever is not understood is refused, never skipped.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "tptheory-certificate/2"
BYTES = 1 << 23  # the largest file that is read
WORK = 5_000_000  # about how many letters are handled before a certificate is refused
DIGITS = 1000  # the most digits of a numerator or denominator, as read or as summed up
OFFSET = 10**6  # the largest number that is added to an index

REMARKS = {"title", "assumptions", "reasons", "left", "meanings"}  # they prove nothing
STATEMENT = {"format", "sizes", "letters", "hypotheses", "goal"}
PROOFS = {  # the fields of a proof by each method
    "identity": {"method", "cofactors"},
    "rank": {"method", "cofactors", "factors"},
    "descent": {"method", "cofactors", "squares"},
    "cancellation": {"method", "cofactors", "squares"},
    "cases": {"method", "cofactors", "split", "parts"},
    "lemmas": {"method", "lemmas", "proof"},
}
SHOWS = {"identity": "zero", "cancellation": "zero", "rank": "rank", "descent": "nonpositive"}
ALL = {"format", "method", "parts"}
INDUCTION = {"format", "method", "sizes", "letters", "indexed", "hypotheses", "theorems"}

Name = tuple[Any, ...]  # (name,), or (name, base, offset) where it carries an index
Size = int | Name
Shape = tuple[Size, Size]
Word = tuple[int, ...]  # letters by number
Terms = list[tuple[Fraction, list[Word], Word]]  # coefficient, scalars and traces, product
Polynomial = tuple[Terms, Shape]
Fields = dict[str, Any]
Index = tuple[str, int]  # (base, offset): ("", 2) is 2, ("L", -1) is L - 1, ("l", 1) is l + 1
ONE: Shape = (1, 1)


class Refused(ValueError):  # noqa: N818  a verdict, not a failure
    """Say why a certificate is not accepted."""


def require(condition: Any, reason: str) -> None:
    """Refuse the certificate unless a condition holds."""
    if not condition:
        raise Refused(reason)


class Work:
    """Count what is done, so that no file takes long or much memory."""

    def __init__(self, left: int = WORK) -> None:
        self.left = left

    def spend(self, cost: int) -> None:
        """Take a cost from what is left."""
        self.left -= cost
        require(self.left > 0, "the certificate asks for too much work")


def is_int(item: Any, least: int, most: int) -> bool:
    """Whether JSON has an integer here, within limits; true and false are none."""
    return type(item) is int and least <= item <= most


def as_list(item: Any, what: str, *lengths: int) -> list[Any]:
    """Return a list, of one of these lengths if any are named."""
    require(isinstance(item, list), f"{what} must be a list")
    require(not lengths or len(item) in lengths, f"{what} has {len(item)} entries")
    return list(item)


def as_fields(item: Any, what: str, fields: set[str]) -> dict[str, Any]:
    """Return an object that has these fields, and no others but remarks."""
    require(isinstance(item, dict), f"{what} must be an object")
    require(fields <= item.keys(), f"{what} lacks {sorted(fields - item.keys())[:3]}")
    extra = sorted(item.keys() - fields - REMARKS)
    require(not extra, f"{what} has fields that are unknown: {extra[:3]}")
    return dict(item)


def as_rational(text: Any) -> Fraction:
    """Read a rational such as "-3/2"."""
    good = isinstance(text, str) and len(text) <= 2 * DIGITS + 2
    match = re.fullmatch(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?", text) if good else None
    require(match, f"{str(text)[:40]!r} is no rational")
    numerator, denominator = match[1], match[2] or "1"  # type: ignore[index]
    digits = max(len(numerator.removeprefix("-")), len(denominator))
    require(digits <= DIGITS, "a number has too many digits")
    return Fraction(int(numerator), int(denominator))


def as_index(item: Any, bases: str) -> Index:
    """Read an index [base, offset], whose base is "" or one of these letters."""
    base, offset = as_list(item, "an index", 2)
    require(isinstance(base, str) and base in ("", *bases), f"{str(base)[:40]!r} cannot be a base")
    require(is_int(offset, -OFFSET, OFFSET), "an offset must be an integer, and not too large")
    return base, offset


def as_end(item: Any) -> Index | None:
    """Read an end of a range: a number, L plus a number, or null where there is no end."""
    return None if item is None else as_index(item, "L")


class Names:
    """The sizes and letters that a certificate declares."""

    def __init__(self, data: dict[str, Any], work: Work) -> None:
        self.sizes = set(as_list(data["sizes"], "sizes"))
        self.indexed = set(as_list(data.get("indexed", []), "indexed"))
        require(isinstance(data["letters"], dict), "letters must be an object")
        self.letters: dict[str, list[Any]] = data["letters"]
        names = [*self.sizes, *self.indexed, *self.letters]
        require(all(isinstance(n, str) and n for n in names), "a name must be a string, not empty")
        text = "".join(names).encode()  # which fails at half of a surrogate pair
        work.spend(10 * len(names) + len(text))
        self.work = work
        require(not self.sizes & self.letters.keys(), "a name cannot be a size and a letter")
        declared = self.sizes | self.letters.keys()
        require(self.indexed <= declared, "an indexed name is not declared")
        require(len(self.sizes) == len(data["sizes"]), "a size is declared twice")
        require(len(self.indexed) == len(data.get("indexed", [])), "a name is indexed twice")
        for name, shape in self.letters.items():
            require(isinstance(shape, list) and len(shape) in (0, 2, 3), f"bad shape of {name}")
            symmetric = len(shape) < 3 or (shape[2] == "symmetric" and shape[0] == shape[1])
            require(symmetric, f"{name} is declared neither symmetric nor not")
            at = ("k", 0) if name in self.indexed else None
            for size in shape[:2]:
                self.size(size, at, "L")

    def name(self, item: Any, at: Index | None, bases: str) -> Name:
        """Read a name, with its index where it carries one; the bound index k is put at ``at``."""
        self.work.spend(2)
        if isinstance(item, str):
            self.work.spend(len(item) // 64)
            require(item not in self.indexed, f"{item[:40]!r} must stand at an index")
            return (item,)
        name, *index = as_list(item, "a name at an index", 3)
        require(isinstance(name, str) and name in self.indexed, f"{str(name)[:40]!r} has no index")
        self.work.spend(4 + len(name) // 64)
        base, offset = as_index(index, bases + "k" * (at is not None))
        if base == "k" and at is not None:
            base, offset = at[0], at[1] + offset
        return (name, base, offset)

    def size(self, item: Any, at: Index | None, bases: str) -> Size:
        """Read a size: a positive integer, or a declared name."""
        if is_int(item, 1, OFFSET):
            return int(item)
        require(isinstance(item, str | list), "a size must be a positive integer or a name")
        size = self.name(item, at, bases)
        require(size[0] in self.sizes, f"{str(size[0])[:40]!r} is not declared as a size")
        return size


class Algebra:
    """Read, multiply and trace polynomials in the letters of one certificate.

    Args:
        names: the declarations.
        work: what may be done yet.
        own: the bases, besides "k", at which the proof's own letters may stand.
    """

    def __init__(self, names: Names, work: Work, own: str = "") -> None:
        self.names, self.work, self.own = names, work, own
        self.numbers: dict[tuple[Name, bool], int] = {}
        self.shapes: list[Shape] = []
        self.adjoints: list[int] = []
        self.matrix: list[bool] = []

    def add(self, key: Name, shape: Shape, symmetric: bool, matrix: bool) -> int:
        """Number a letter, and its transpose."""
        self.work.spend(40)
        number = self.numbers[key, False] = len(self.shapes)
        self.numbers[key, True] = number + (not symmetric)
        for turned in (False,) if symmetric else (False, True):
            self.shapes.append(shape[::-1] if turned else shape)
            self.adjoints.append(number if symmetric or turned else number + 1)
            self.matrix.append(matrix)
        return number

    def letter(self, item: Any, at: Index | None, bases: str) -> int:
        """Read a letter, or a size that stands as a number; {"T": letter} is its transpose."""
        self.work.spend(1)
        turned = isinstance(item, dict)
        if turned:
            require(item.keys() == {"T"}, "an object in a word must be a transpose or a trace")
            item = item["T"]
        key = self.names.name(item, at, bases)
        if (key, turned) not in self.numbers:
            declared = self.names.letters.get(key[0])
            known = declared is not None or key[0] in self.names.sizes
            require(known, f"{key[0][:40]!r} is not declared")
            if not declared:  # a scalar, or a size: a number, and its own transpose
                self.add(key, ONE, True, False)
            else:
                own: Index | None = key[1:] if len(key) == 3 else None
                rows, columns = (self.names.size(n, own, bases) for n in declared[:2])
                self.add(key, (rows, columns), len(declared) == 3, True)
        number = self.numbers[key, turned]
        require(self.matrix[number] or not turned, "a scalar cannot be transposed")
        return number

    def polynomial(self, terms: Any, at: Index | None = None, bases: str | None = None) -> Polynomial:
        """Read terms of one shape."""
        bases = self.own if bases is None else bases
        read: Terms = []
        shapes = set()
        self.work.spend(10)
        for entry in as_list(terms, "a polynomial"):
            coefficient, items, *size = as_list(entry, "a term", 2, 3)
            self.work.spend(15 + len(coefficient) // 10)
            scalars, word = self.items(items, at, bases)
            require(bool(word) != bool(size), "a term has a size if and only if it has no matrix")
            n = self.names.size(size[0], at, bases) if size else 1
            shape = (self.shapes[word[0]][0], self.shapes[word[-1]][1]) if word else (n, n)
            if shape == ONE and word:  # a product of shape 1x1 is its own trace, and so a scalar
                scalars, word = [*scalars, word], ()
            read.append((as_rational(coefficient), scalars, word))
            shapes.add(shape)
        require(len(shapes) == 1, "the terms of a polynomial must be some, and of one shape")
        return read, shapes.pop()

    def items(self, items: Any, at: Index | None, bases: str) -> tuple[list[Word], Word]:
        """Read scalars and traces, apart from the product of matrices; neighbours must compose."""
        scalars: list[Word] = []
        word: list[int] = []
        for item in as_list(items, "the items of a term"):
            if isinstance(item, dict) and item.keys() == {"tr"}:
                inside = [self.letter(a, at, bases) for a in as_list(item["tr"], "a trace")]
                matrices = inside and all(self.matrix[a] for a in inside)
                require(matrices, "a trace is of matrices, and of some")
                self.compose([*inside, inside[0]])
                scalars.append(tuple(inside))
                continue
            number = self.letter(item, at, bases)
            if self.matrix[number]:
                word.append(number)
            else:
                scalars.append((number,))
        self.compose(word)
        return scalars, tuple(word)

    def compose(self, word: Iterable[int]) -> None:
        """Require that the shapes of neighbours compose."""
        for a, b in pairwise(word):
            require(self.shapes[a][1] == self.shapes[b][0], "two neighbours do not compose")

    def beside(self, items: Any) -> Polynomial:
        """Read a product beside a hypothesis; without a matrix a scalar, without anything 1."""
        scalars, word = self.items(items, None, self.own)
        shape = (self.shapes[word[0]][0], self.shapes[word[-1]][1]) if word else ONE
        if shape == ONE and word:
            scalars, word = [*scalars, word], ()
        terms: Terms = [(Fraction(1), scalars, word)]
        return terms, shape

    def product(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """Multiply; a 1x1 polynomial is a scalar, and multiplies any other."""
        require(ONE in (p[1], q[1]) or p[1][1] == q[1][0], "two factors do not compose")
        self.work.spend(20 * len(p[0]) * len(q[0]))
        shape = q[1] if p[1] == ONE else p[1] if q[1] == ONE else (p[1][0], q[1][1])
        terms: Terms = []
        for c, s, u in p[0]:
            for d, t, v in q[0]:
                self.work.spend(len(s) + len(t) + len(u) + len(v))
                scalars, word = s + t, u + v
                if word and shape == ONE:  # a number, which may multiply what it does not fit
                    scalars, word = [*scalars, word], ()
                terms.append((self.limited(c * d), scalars, word))
        return terms, shape

    def trace(self, p: Polynomial) -> Polynomial:
        """Take the trace; that of an identity is its size."""
        (rows, columns), number = p[1], 1
        require(rows == columns, "a trace is taken of what is square")
        empty: Word = ()
        if isinstance(rows, int):
            number = rows
        elif any(not u for _, _, u in p[0]):
            if (rows, False) not in self.numbers:
                self.add(rows, ONE, True, False)
            empty = (self.numbers[rows, False],)
        terms: Terms = []
        for c, s, u in p[0]:
            more = [u] if u else [empty] if empty else []
            terms.append((c if u else c * number, [*s, *more], ()))
        return terms, ONE

    def transpose(self, p: Polynomial) -> Polynomial:
        """Transpose; a scalar is its own transpose."""
        return [(c, s, self.turned(u)) for c, s, u in p[0]], p[1][::-1]

    def turned(self, word: Word) -> Word:
        """Return the transpose of a word."""
        return tuple([self.adjoints[a] for a in reversed(word)])

    def norm(self, p: Polynomial) -> Polynomial:
        """Return ``|p|^2 = tr(p' p)``: not negative for real matrices, and 0 only where p is."""
        return self.trace(self.product(self.transpose(p), p))

    def closed(self, word: Word) -> list[Word]:
        """Bring a trace to normal form: the scalars whose product it is, each called by one name.

        The trace of AB is that of BA and of B'A', so that a trace is called by its least rotation
        or transpose. Where a size 1 stands between two letters, the product parts into scalars.
        """
        cost = len(word)
        self.compose((*word, word[0]))
        cuts = [i for i, a in enumerate(word) if self.shapes[a][0] == 1]
        twice = word + word
        pieces = [word] if not cuts else [twice[i:j] for i, j in pairwise([*cuts, cuts[0] + cost])]
        named = []
        for piece in pieces:
            self.work.spend(3 + len(piece) + len(piece) ** 2 // 16)
            both = (piece, self.turned(piece))
            named.append(min(w[i:] + w[:i] for w in both for i in range(len(w))))
        return named

    def total(self, summands: Iterator[tuple[Fraction, Polynomial]]) -> dict[Any, Fraction]:
        """Add up, in normal form.

        A polynomial P of matrices is 0 if tr(P Z) is for a letter Z of which nothing is known: so
        one normal form, that of scalars, serves for all shapes. Z is a new letter at each call.
        """
        total: dict[Any, Fraction] = {}
        probe, shape = -1, None
        for c, (terms, found) in summands:
            if shape is None:
                shape = found
                probe = self.add(("", "probe", len(self.shapes)), shape[::-1], False, True)
            require(found == shape, "a part of a sum has another shape than the goal")
            for d, scalars, word in terms:
                self.work.spend(10)
                names = [name for w in (*scalars, (*word, probe)) for name in self.closed(w)]
                key = tuple(sorted(names))
                total[key] = self.limited(total.get(key, Fraction(0)) + c * d)
        return total

    def limited(self, number: Fraction) -> Fraction:
        """Count what arithmetic on a number costs, and refuse one that grows without end."""
        bits = number.numerator.bit_length() + number.denominator.bit_length()
        self.work.spend(1 + bits // 32 + bits**2 // 100_000)
        require(bits < 7 * DIGITS, "a number grows to too many digits")
        return number


class Goal(NamedTuple):
    """What is shown of a polynomial: that it is "zero", "nonpositive", or of a small "rank"."""

    kind: str
    polynomial: Polynomial
    bound: Any = None  # of a rank: a size, or the polynomial whose rank bounds it


def as_goal(data: Any, algebra: Algebra, at: Index | None = None, bases: str | None = None) -> Goal:
    """Read a goal."""
    bases = algebra.own if bases is None else bases
    require(isinstance(data, dict), "a goal must be an object")
    if data.keys() == {"rank", "at most"}:
        limit = data["at most"]
        if isinstance(limit, dict):
            require(limit.keys() == {"rank"}, "a bound must be a size or a rank")
            bound: Any = algebra.polynomial(limit["rank"], at, bases)
        else:
            bound = algebra.names.size(limit, at, bases)
        return Goal("rank", algebra.polynomial(data["rank"], at, bases), bound)
    require(data.keys() in ({"zero"}, {"nonpositive"}), "a goal is zero, nonpositive or a rank")
    ((kind, terms),) = data.items()
    polynomial = algebra.polynomial(terms, at, bases)
    require(kind == "zero" or polynomial[1] == ONE, "only a number can be nonpositive")
    return Goal(kind, polynomial)


def as_zero(data: Any, algebra: Algebra, at: Index | None = None, bases: str | None = None) -> Polynomial:
    """Read a hypothesis: a polynomial that is 0."""
    is_zero = isinstance(data, dict) and data.keys() == {"zero"}
    require(is_zero, "a hypothesis must say what is zero")
    return algebra.polynomial(data["zero"], at, bases)


def check_proof(goal: Goal, hypotheses: list[Polynomial], data: Any, algebra: Algebra) -> None:
    """Check that a goal follows from hypotheses: the one way through which every proof passes."""
    require(isinstance(data, dict), "a proof must be an object")
    method = data.get("method")
    known = isinstance(method, str) and method in PROOFS
    require(known, "the method is unknown, or cannot stand here")
    data = as_fields(data, "a proof", PROOFS[method])
    shows = SHOWS.get(method, goal.kind)
    require(shows == goal.kind, f"{method} cannot show such a goal")
    algebra.work.spend(sum(len(h[0]) for h in hypotheses))
    if method in NESTED:
        NESTED[method](goal, hypotheses, data, algebra)
        return
    vanish(SUMMANDS[method](goal, data, algebra), hypotheses, data, algebra)


def vanish(
    parts: Iterator[tuple[Fraction, Polynomial]],
    hypotheses: list[Polynomial],
    data: dict[str, Any],
    algebra: Algebra,
) -> None:
    """Require that a sum of polynomials is the sum of the cofactors, each of which is 0.

    A cofactor is coefficient * left * hypothesis * right; with a fifth entry, coefficient * fifth
    * tr(left * hypothesis * right). Of n hypotheses, number n + k is number k transposed.
    """

    def summands() -> Iterator[tuple[Fraction, Polynomial]]:
        yield from parts
        for entry in as_list(data["cofactors"], "cofactors"):
            coefficient, left, k, right, *outer = as_list(entry, "a cofactor", 4, 5)
            require(is_int(k, 0, 2 * len(hypotheses) - 1), "a cofactor names no hypothesis")
            h = hypotheses[k % len(hypotheses)]
            h = h if k < len(hypotheses) else algebra.transpose(h)
            p = algebra.product(algebra.product(algebra.beside(left), h), algebra.beside(right))
            p = algebra.product(algebra.beside(outer[0]), algebra.trace(p)) if outer else p
            yield -as_rational(coefficient), p
            algebra.work.spend(len(coefficient) // 10)

    require(not any(algebra.total(summands()).values()), "the cofactors do not sum to the goal")


Summands = Iterator[tuple[Fraction, Polynomial]]


def identity(goal: Goal, *_: Any) -> Summands:
    """Show that the goal is 0: it is the sum of the cofactors."""
    yield Fraction(1), goal.polynomial


def rank(goal: Goal, data: dict[str, Any], algebra: Algebra) -> Summands:
    """Show that a rank is at most a bound: the goal is a product of factors, plus the cofactors.

    The rank of a product is at most any size between two factors, and at most the rank of a factor
    or of its transpose.
    """
    factors = [algebra.polynomial(f) for f in as_list(data["factors"], "factors")]
    require(factors, "a product has factors")
    require(all(p[1][1] == q[1][0] for p, q in pairwise(factors)), "the factors do not compose")
    if isinstance(goal.bound, int) or isinstance(goal.bound[0], str):
        between = [p[1][1] for p in factors[:-1]]
        require(goal.bound in between, "the bound is no size between factors")
    else:
        require(any(same(f, goal.bound, algebra) for f in factors), "the bound is no factor")
    yield Fraction(1), goal.polynomial
    yield Fraction(-1), reduce(algebra.product, factors)


def same(p: Polynomial, q: Polynomial, algebra: Algebra) -> bool:
    """Whether two polynomials are equal, or one is the transpose of the other."""
    for turned in (False, True):
        if p[1] == (q[1][::-1] if turned else q[1]):
            other = algebra.transpose(q) if turned else q
            if not any(algebra.total(iter([(Fraction(1), p), (Fraction(-1), other)])).values()):
                return True
    return False


def squares(data: dict[str, Any], algebra: Algebra) -> Summands:
    """Read positive multiples of squared norms, none of which is negative."""
    for entry in as_list(data["squares"], "squares"):
        weight, square = as_list(entry, "a square", 2)
        require(as_rational(weight) > 0, "the weight of a square must be positive")
        algebra.work.spend(len(weight) // 5)
        yield as_rational(weight), algebra.norm(algebra.polynomial(square))


def descent(goal: Goal, data: dict[str, Any], algebra: Algebra) -> Summands:
    """Show that a number is at most 0: it is minus a sum of squares, plus the cofactors."""
    yield Fraction(1), goal.polynomial
    yield from squares(data, algebra)


def cancellation(goal: Goal, data: dict[str, Any], algebra: Algebra) -> Summands:
    """Show that the goal is 0: its squared norm, plus squares, is the sum of the cofactors.

    So a sum of what is not negative is 0, and each of its parts is.
    """
    yield Fraction(1), algebra.norm(goal.polynomial)
    yield from squares(data, algebra)


# by each method without further proofs in it, what the cofactors must sum to
SUMMANDS = {"identity": identity, "rank": rank, "descent": descent, "cancellation": cancellation}


def check_cases(goal: Goal, known: list[Polynomial], data: Fields, algebra: Algebra) -> None:
    """Show a goal in cases: a product of sums of squared norms is the sum of the cofactors.

    So one of the sums is 0, and with it all polynomials in it; each case may assume them.
    """
    cases = [as_list(case, "a case") for case in as_list(data["split"], "split")]
    split = [[algebra.polynomial(p) for p in case] for case in cases]
    parts = as_list(data["parts"], "parts", len(split))
    require(split and all(split), "a case assumes something")
    norms = [[t for p in case for t in algebra.norm(p)[0]] for case in split]
    product = reduce(algebra.product, [(terms, ONE) for terms in norms])
    vanish(iter([(Fraction(1), product)]), known, data, algebra)
    for case, part in zip(split, parts, strict=True):
        check_proof(goal, [*known, *case], part, algebra)


def check_lemmas(goal: Goal, known: list[Polynomial], data: Fields, algebra: Algebra) -> None:
    """Show a goal by lemmas: each is 0 by a proof of its own, and from then on a hypothesis."""
    lemmas = as_list(data["lemmas"], "lemmas")
    require(lemmas, "there is no lemma")
    for entry in lemmas:
        lemma = as_fields(entry, "a lemma", {"zero", "proof"})
        shown = algebra.polynomial(lemma["zero"])
        check_proof(Goal("zero", shown), known, lemma["proof"], algebra)
        known = [*known, shown]
    check_proof(goal, known, data["proof"], algebra)


# the methods that have proofs in them
NESTED = {"cases": check_cases, "lemmas": check_lemmas}


def check_plain(data: dict[str, Any], work: Work) -> None:
    """Check a statement and its proof."""
    method = data["method"]
    data = as_fields(data, "a certificate", STATEMENT | PROOFS[method])
    algebra = Algebra(Names(data, work), work)
    hypotheses = [as_zero(h, algebra) for h in as_list(data["hypotheses"], "hypotheses")]
    goal = as_goal(data["goal"], algebra)
    check_proof(goal, hypotheses, {key: data[key] for key in PROOFS[method]}, algebra)


def check_all(data: dict[str, Any], work: Work) -> None:
    """Check that each of several certificates holds."""
    parts = as_list(as_fields(data, "a certificate", ALL)["parts"], "parts")
    require(parts, "there is nothing to check")
    for part in parts:
        require(isinstance(part, dict) and part.get("method") != "all", "a part cannot have parts")
        check(part, work)


def check_induction(data: dict[str, Any], work: Work) -> None:
    """Check theorems about every index k in a range, one after the other, for any L of 1 or more.

    Each is shown at every l alike; or at its first index, and at l+1 from l; or at its last, and
    at l from l+1. What holds at a range of indices may be used at any index that lies in it.
    """
    data = as_fields(data, "an induction", INDUCTION)
    names = Names(data, work)
    known = []  # what is zero, from where to where
    for law in as_list(data["hypotheses"], "hypotheses"):
        law = as_fields(law, "a hypothesis", {"zero", "from", "to"})
        as_zero({"zero": law["zero"]}, Algebra(names, work), ("l", 0), "L")
        known.append(({"zero": law["zero"]}, as_end(law["from"]), as_end(law["to"])))
    theorems = as_list(data["theorems"], "theorems")
    require(theorems, "there is nothing to check")
    for entry in theorems:
        theorem = as_fields(entry, "a theorem", {"goal", "from", "to", "cases"})
        first, last = as_end(theorem["from"]), as_end(theorem["to"])
        cases = as_list(theorem["cases"], "cases", 1, 2)
        cases = [check_case(case, theorem, known, names, work) for case in cases]
        ways: list[Any] = [[(("l", 0), None)]]
        if first is not None:
            ways.append([(first, None), (("l", 1), ("l", 0))])
        if last is not None:
            ways.append([(last, None), (("l", 0), ("l", 1))])
        require(cases in ways, "an induction needs a base and a step")
        known.append((theorem["goal"], first, last))


def check_case(data: Any, theorem: Any, known: list[Any], names: Names, work: Work) -> Any:
    """Check a base, a step, or what holds at every l alike; return its index, and that before."""
    is_proof = isinstance(data, dict) and isinstance(data.get("method"), str)
    require(is_proof, "a case must be a proof")
    proof = PROOFS.get(data["method"], set())
    data = as_fields(data, "a case", {"at", "after", "uses"} | proof)
    first, last = as_end(theorem["from"]), as_end(theorem["to"])
    at, after = as_index(data["at"], "lL"), data["after"]
    after = None if after is None else as_index(after, "lL")
    algebra = Algebra(names, work, "lL")
    hypotheses = []
    for use in as_list(data["uses"], "uses"):
        number, index = as_list(use, "a use", 2)
        index = as_index(index, "lL")
        require(is_int(number, 0, len(known)), "what is used is not known")
        if number == len(known):  # the theorem itself, at the index before
            require(after is not None and index == after, "a theorem is used before it is shown")
            law = theorem["goal"]
        else:
            law, low, high = known[number]
            step = after is not None
            inside = lies_within(index, low, high, first, last, step)
            require(inside, f"{index} may lie outside the range")
        work.spend(10)
        hypotheses.append(as_zero(law, algebra, index, "L"))
    goal = as_goal(theorem["goal"], algebra, at, "L")
    check_proof(goal, hypotheses, {key: data[key] for key in proof}, algebra)
    return at, after


def lies_within(i: Index, low: Any, high: Any, first: Any, last: Any, step: bool) -> bool:
    """Whether low <= i <= high for every L >= 1 and l from first to last (last - 1 in a step).

    All are linear in l and L, with coefficients -1, 0 and 1: the least value of a difference is at
    an end of the range of l, and then of L.
    """
    last = None if last is None else (last[0], last[1] - step)
    return (low is None or never_below(i, low, first, first, last)) and (
        high is None or never_below(high, i, last, first, last)
    )


def never_below(a: Index, b: Index, extreme: Any, first: Any, last: Any) -> bool:
    """Whether a - b is not negative, where l is at the end of its range that makes it least."""
    slope, constant = 0, 0
    for (base, offset), sign in ((a, 1), (b, -1)):
        if base == "l":
            if extreme is None:
                return False
            base, more = extreme
            offset += more
        slope += sign * (base == "L")
        constant += sign * offset
    least, most = 1, None  # the L at which the range of l is not empty
    if first is not None and last is not None:
        grows, room = (last[0] == "L") - (first[0] == "L"), last[1] - first[1]
        if grows > 0:
            least = max(1, -room)
        elif grows < 0:
            most = room
        elif room < 0:
            return True
    if most is not None and most < least:
        return True
    if slope < 0:
        return most is not None and slope * most + constant >= 0
    return slope * least + constant >= 0


def check(data: Any, work: Work | None = None) -> None:
    """Accept a certificate in silence, or raise Refused with the reason."""
    work = work or Work()
    try:
        require(isinstance(data, dict), "a certificate must be an object")
        require(data.get("format") == FORMAT, f"the format must be {FORMAT}")
        method = data.get("method")
        require(isinstance(method, str), "the method must be a string")
        ways = dict.fromkeys(PROOFS, check_plain)
        ways |= {"all": check_all, "induction": check_induction}
        require(method in ways, f"the method {method[:40]!r} is unknown")
        ways[method](data, work)
    except Refused:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Refused(f"malformed: {type(error).__name__} {error}"[:200]) from None
    except (RecursionError, MemoryError):
        raise Refused("the certificate is nested too deeply, or too large") from None


def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that has a field twice, for readers differ in which they take."""
    found = dict(pairs)
    require(len(found) == len(pairs), "an object has a field twice")
    return found


def no_number(text: str) -> Any:
    """Refuse numbers with a point, and NaN."""
    raise Refused(f"{text[:40]!r} is no integer")


def whole(text: str) -> int:
    """Read an integer, unless it is longer than any that has a meaning here."""
    require(len(text.removeprefix("-")) <= DIGITS, "an integer has too many digits")
    return int(text)


def read(path: Path) -> Any:
    """Read a file, unless it is too large, or no file that ends."""
    require(path.is_file(), "there is no such regular file")
    with path.open("rb") as file:
        return parse(file.read(BYTES + 1))


def parse(data: bytes) -> Any:
    """Read JSON in UTF-8, whose numbers are integers, and in whose objects a field stands once."""
    require(len(data) <= BYTES, f"the file is larger than {BYTES} bytes")
    numbers: Any = {"parse_int": whole, "parse_float": no_number, "parse_constant": no_number}
    try:
        return json.loads(data.decode(), object_pairs_hook=no_duplicates, **numbers)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(f"no JSON in UTF-8: {error}"[:200]) from None
    except (RecursionError, MemoryError):
        raise Refused("the file is nested too deeply, or too large") from None


def main(paths: list[str]) -> int:
    """Check files, and print of each what was read and whether it is accepted."""
    for path in paths:
        try:
            data = read(Path(path))
            check(data)
            text = "\n  ".join([f"accepted: {path}", *statements(data)])
        except (OSError, ValueError) as error:
            say(f"refused: {path}: {error}"[:400])
            return 1
        except MemoryError:
            say(f"refused: {path}: there is too little memory")
            return 1
        say(text)
    if not paths:
        print("usage: python checker.py CERTIFICATE.json ...", file=sys.stderr)  # noqa: T201
    return 0 if paths else 2


def say(text: str) -> None:
    """Print, with an escape for each character that the terminal's encoding lacks."""
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "backslashreplace").decode(encoding))  # noqa: T201


def statements(data: dict[str, Any]) -> Iterator[str]:
    """Run through what an accepted certificate says, a line each: letters, hypotheses, goals."""
    for part in data["parts"] if data["method"] == "all" else [data]:
        induction = part["method"] == "induction"
        yield from (f"{item_text(a)} is {shape_text(s)}" for a, s in part["letters"].items())
        goals = part["theorems" if induction else "goal"]
        spoken = [*map(names_in, part["hypotheses"]), names_in(goals)]
        places = Counter(name for names in spoken for name in names)
        for number, h in enumerate(part["hypotheses"], 1):
            where = range_text(h) if induction else ""
            own = sorted(a for a in spoken[number - 1] & part["letters"].keys() if places[a] == 1)
            here = f", and {', '.join(map(item_text, own))} stands nowhere else" if own else ""
            yield f"hypothesis {number}: {polynomial_text(h['zero'])} = 0{where}{here}"
        for theorem in part["theorems"] if induction else [part]:
            yield f"shown: {goal_text(theorem['goal'])}{range_text(theorem) if induction else ''}"


def names_in(item: Any) -> set[str]:
    """Return what may be a name in a part of a certificate."""
    if isinstance(item, str):
        return {item}
    parts = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return set().union(*map(names_in, parts))


def shape_text(shape: list[Any]) -> str:
    """Write what a letter stands for."""
    if not shape:
        return "a number"
    kind = "a symmetric matrix" if len(shape) == 3 else "a matrix"
    return f"{kind}, {item_text(shape[0])} x {item_text(shape[1])}"


def goal_text(goal: dict[str, Any]) -> str:
    """Write a goal."""
    if "rank" in goal:
        bound = goal["at most"]
        of_rank = isinstance(bound, dict)
        limit = f"rank({polynomial_text(bound['rank'])})" if of_rank else item_text(bound)
        return f"rank({polynomial_text(goal['rank'])}) <= {limit}"
    if "zero" in goal:
        return f"{polynomial_text(goal['zero'])} = 0"
    return f"{polynomial_text(goal['nonpositive'])} <= 0"


def range_text(data: dict[str, Any]) -> str:
    """Write for which k something holds."""
    ends = ["" if e is None else index_text(*e) for e in (data["from"], data["to"])]
    return f", for every k from {ends[0] or 'minus infinity'} to {ends[1] or 'infinity'}"


def index_text(base: str, offset: int) -> str:
    """Write an index."""
    return f"{base}{offset:+d}" if base and offset else base or str(offset)


def item_text(item: Any) -> str:
    """Write a letter, a trace or a size."""
    if isinstance(item, dict):
        if "T" in item:
            return f"{item_text(item['T'])}'"
        return f"tr({' '.join(map(item_text, item['tr']))})"
    if isinstance(item, list):
        return f"{item_text(item[0])}[{index_text(*item[1:])}]"
    plain = isinstance(item, int) or re.fullmatch(r"[A-Za-z]\w*\+?", item, re.ASCII)
    return str(item) if plain and item not in ("I", "tr") else json.dumps(item)


def polynomial_text(terms: list[Any]) -> str:
    """Write a polynomial; an identity is written with its size."""
    text = ""
    for coefficient, items, *size in terms:
        sign, number = "-" if coefficient[0] == "-" else "+", coefficient.removeprefix("-")
        factors = [item_text(a) for a in items] + [f"I[{item_text(n)}]" for n in size if n != 1]
        shown = [number] * (number != "1" or not factors) + factors
        text += f" {sign} {' '.join(shown)}"
    return text.removeprefix(" + ").strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
