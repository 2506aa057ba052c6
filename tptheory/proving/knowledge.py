"""What a proof may use: the letters of an alphabet, the inverses among them, and the polynomials that vanish."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any, Self

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.anchors import anchored, inverse_name
from tptheory.proving.certificate_terms import moved_terms
from tptheory.proving.completion import Completion
from tptheory.proving.contents import inverted
from tptheory.proving.letters import Family, Letter, Size
from tptheory.proving.limits import SHORT, Statistics
from tptheory.proving.term_order import INVERSE, PLAIN
from tptheory.proving.translating import Assumption, Consequences, Reason
from tptheory.proving.words import Alphabet, Polynomial, summed


def penrose(A: Polynomial, P: Polynomial) -> tuple[Polynomial, ...]:
    """Return what vanishes if ``P`` is the pseudo-inverse of ``A``: the four equations of Penrose, in his order."""
    return A * P * A - A, P * A * P - P, (A * P).transpose() - A * P, (P * A).transpose() - P * A


def both_inverse(A: Polynomial, K: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Return what vanishes if ``K`` is the inverse of ``A`` on both sides."""
    return A * K - Polynomial.identity(A.alphabet, A.rows), K * A - Polynomial.identity(A.alphabet, A.columns)


ROOT, PRINCIPAL_ROOT, DIRECTION = "root", "principal root", "direction"
"""The kinds of the letters for square roots, for those that are symmetric, and for columns that may be any."""


class Knowledge(ABC):
    """The hypotheses over one alphabet, with the letters for inverses and the equations that define these.

    `translation.Translator` is the one class of this kind; modules that translate one kind of node see no more of it.

    Args:
        alphabet: the letters.
        named: whether a polynomial that is inverted becomes a letter of its own, if it is more than a letter.

    Attributes:
        bases: the letter that a certificate writes for each symbol that stands for an index: ``k`` for the one that is
            bound, ``L`` for a depth.
        effort: how much work each completion of the hypotheses may do; None for as much as the time allows.
        squares_twice: whether ``D'D`` may take the place of a difference ``D`` that is to vanish; it takes much time.
        searches: what each completion of the hypotheses did, those of branches included.
        maybe_nonreal: a number that may not be real, if there is one: then nothing is shown by squares.
        nonnegative: the letters of functions whose values are not below 0.
        completed: candidates for one square, which `cauchy_schwarz` has completed.
        residuals: by the letter of a symbol ``y``, what it is in terms of the letter of a residual ``W x - y``.
        comparing: whether the parts of a determinant are found: then no other sum that equals one is brought in.
    """

    bases: dict[Any, str]

    def __init__(self, alphabet: Alphabet, named: bool) -> None:
        self.alphabet, self._naming = alphabet, named
        self.effort: int | None = None
        self.squares_twice = True
        self.searches: list[Statistics] = []
        self.maybe_nonreal: Any = None
        self.comparing = False
        self.nonnegative: set[Letter] = set()
        self.completed: list[Any] = []
        self.residuals: dict[str, Polynomial] = {}
        self.hypotheses: list[Assumption] = []
        self.alternatives: list[tuple[int, list[list[Polynomial]]]] = []
        self._seen: set[Polynomial] = set()
        self._consequences: dict[Any, Consequences] = {}
        self._inverses: dict[tuple[str, Polynomial], Polynomial] = {}
        self._coordinates: dict[tuple[tuple[Size, ...], Size], list[Polynomial]] = {}

    @abstractmethod
    def __call__(self, expression: Any) -> Polynomial:
        """Return the polynomial of a matrix or scalar expression."""

    @abstractmethod
    def size(self, size: Any) -> Size:
        """Return a size as shapes of letters use it."""

    @abstractmethod
    def trace_of(self, A: Polynomial) -> Polynomial:
        """Return the trace of a square polynomial."""

    @abstractmethod
    def determinant(self, A: Polynomial) -> Polynomial:
        """Return the determinant of a square polynomial."""

    def assume(self, polynomial: Polynomial, reason: Reason) -> None:
        """Add a hypothesis and its transpose, each once; and what follows from it by the rules of `conclude`."""
        if not polynomial:
            return
        self._assume(polynomial, reason)
        for consequences in [*self._consequences.values()]:
            self._assume_all(consequences(polynomial))

    def conclude(self, key: Any, consequences: Consequences, later: bool = False) -> None:
        """Assume also what follows from each hypothesis, known or yet to come, by a rule that has this key.

        With ``later``, the caller knows that nothing follows from what is known: only what comes later is looked at.
        """
        if key not in self._consequences:
            self._consequences[key] = consequences
            for known in () if later else self.known():
                self._assume_all(consequences(known))

    def note_nonreal(self, node: Any) -> None:
        """Note a number that may not be real, so that its square may be below 0."""
        self.maybe_nonreal = node

    def note_nonnegative(self, value: Polynomial) -> None:
        """Note that the letter that a number is stands for a function whose values are not below 0."""
        self.nonnegative |= {self.alphabet.letters[character][0] for (character,), _ in value.terms}

    def known(self) -> list[Polynomial]:
        """Return the polynomials that vanish by hypothesis."""
        return [hypothesis.polynomial for hypothesis in self.hypotheses]

    def short_completion(self) -> Completion:
        """Return a completion of what is known that does little work."""
        return Completion(self.alphabet, self.known(), SHORT)

    def _assume_all(self, found: Iterable[tuple[Polynomial, Reason]]) -> None:
        for polynomial, reason in list(found):
            self._assume(polynomial, reason)

    def _assume(self, polynomial: Polynomial, reason: Reason) -> None:
        number = None
        for p in (polynomial, polynomial.transpose()):
            if p and p not in self._seen and p.scale(-1) not in self._seen:
                self._seen.add(p)
                self.hypotheses.append(Assumption(p, reason, number))
                number = len(self.hypotheses) - 1

    def assume_one_of(self, alternatives: list[list[Polynomial]]) -> None:
        """Assume that in one of several cases all polynomials of that case are zero.

        As an equation this says that a product is zero: that of the cases' sums of squared norms. Where a case always
        holds, nothing is assumed.
        """
        product = Polynomial.identity(self.alphabet, 1)
        for polynomials in alternatives:
            product = product * summed([p.norm() for p in polynomials])
        if product:
            self.alternatives.append((len(self.hypotheses), alternatives))
            self.hypotheses.append(Assumption(product, ("given",)))

    def branch(self) -> Self:
        """Return a copy over the same letters, to which more hypotheses can be added."""
        branch = copy(self)
        branch.hypotheses, branch.alternatives = [*self.hypotheses], [*self.alternatives]
        branch._seen, branch._inverses = {*self._seen}, {**self._inverses}
        branch._coordinates = {**self._coordinates}
        branch._consequences = {}  # what follows from a case holds in that case only, and is no part of it
        return branch

    def number(self, kind: str, A: Polynomial, text: str, level: int = PLAIN) -> Polynomial:
        """Make a letter for a number that depends on a matrix alone; one matrix gives the same letter everywhere.

        Args:
            kind: the kind of the letter.
            A: the matrix.
            text: its name.
            level: its level; a letter that is `DEFINED` is rewritten into what defines it.
        """
        return self._at_index(kind, A, text, lambda letter, _: Polynomial.scalar(self.alphabet, letter, level))

    def root(self, A: Polynomial) -> Polynomial:
        """Make a letter ``R`` with ``R R' = A`` for a number that is not below 0, or a positive semidefinite matrix.

        What says that ``A`` is such says that ``R`` exists; the equation is for the caller to assume.
        """

        def letter_of(letter: Letter, _: Polynomial) -> Polynomial:
            if self._is_number(A):
                return Polynomial.scalar(self.alphabet, letter)
            return Polynomial.word(self.alphabet, self.alphabet.matrix(letter, A.rows, A.columns, level=INVERSE))

        return self._at_index(ROOT, A, f"sqrt({A!r})", letter_of)

    def root_defect(self, A: Polynomial) -> Polynomial:
        """Return ``R R' - A`` for the root of ``A``: it vanishes where A is not below 0, and is to be assumed then."""
        root = self.root(A)
        return root * root.transpose() - A

    def direction(self, A: Polynomial) -> Polynomial:
        """Make a letter for a column ``z`` that may be any: what holds of ``z' A z`` then holds for every ``z``."""

        def letter_of(letter: Letter, _: Polynomial) -> Polynomial:
            return Polynomial.word(self.alphabet, self.alphabet.matrix(letter, A.rows, 1))

        return self._at_index(DIRECTION, A, f"z[{A!r}]", letter_of)

    def pinv(self, A: Polynomial) -> Polynomial:
        """Return ``A+``, with a number that is not 0 taken out of it."""
        return inverted(A, self._pinv, self._inverse)

    def inverse(self, A: Polynomial) -> Polynomial:
        """Return ``A^-1``, which exists, with a number taken out of it."""
        return inverted(A, self._inverse, self._inverse)

    def inverted_by(self, kind: str, character: str) -> Polynomial | None:
        """Return the polynomial of which a letter is the ``pinv`` or the ``inverse``; None if it is none."""
        plain = Polynomial.word(self.alphabet, character)
        found = {K: A for (own, A), K in self._inverses.items() if own == kind}
        turned = found.get(plain.transpose())
        return found.get(plain) or (None if turned is None else turned.transpose())

    def _pinv(self, A: Polynomial) -> Polynomial:
        """Name ``A+`` by a letter and assume the four Penrose equations; ``(A')+`` is ``(A+)'``."""
        if not A:
            return A.transpose()
        known = self._inverse_of("pinv", A)
        if known is not None:
            return known
        P = self._at_index("pinv", A, inverse_name(A, "+"), self._inverse_letter)
        self._inverses["pinv", A] = P
        A = self._named(A)
        for number, equation in enumerate(penrose(A, P), 1):
            self.assume(equation, ("penrose", number, A.data()))
        return P

    def _inverse(self, A: Polynomial) -> Polynomial:
        """Name ``A^-1`` by a letter and assume that it is the inverse on both sides."""
        known = self._inverse_of("inverse", A)
        if known is not None:
            return known
        if A.rows != A.columns:
            raise UnsupportedExpressionError("'expression' must not invert a matrix that is not square.")
        K = self._at_index("inverse", A, inverse_name(A, "^-1"), self._inverse_letter)
        self._inverses["inverse", A] = K
        A = self._named(A)
        for equation in both_inverse(A, K):
            self.assume(equation, ("inverse", A.data()))
        return K

    def _named(self, A: Polynomial) -> Polynomial:
        """Return a letter that stands for a polynomial, and assume that it does; a letter stands for itself."""
        if not self._naming or A.is_scalar or (len(A.terms) == 1 and all(len(word) < 2 for _, word in A.terms)):
            return A
        return self.name(A, ("definition", "the name of what is inverted"))

    def name(self, A: Polynomial, reason: Reason, level: int = PLAIN) -> Polynomial:
        """Return a letter that stands for a polynomial, and assume that it does.

        Args:
            A: the polynomial.
            reason: why the letter is brought in.
            level: the level of the letter.
        """
        letter = Letter(Family("named", A, f"[{A!r}]", {"named": A.data()}))
        character = self.alphabet.matrix(letter, A.rows, A.columns, level=level, symmetric=A.transpose() == A)
        name = Polynomial.word(self.alphabet, character)
        self.assume(A - name, reason)
        return name

    def bring_in_inverse(self, A: Polynomial) -> None:
        """Name the pseudo-inverse of a polynomial."""
        self._pinv(A)

    def know_pinv(self, A: Polynomial, P: Polynomial) -> None:
        """Remember that a letter is the pseudo-inverse of a polynomial; what defines it is assumed elsewhere."""
        self._inverses["pinv", A] = P

    def known_pinv(self, A: Polynomial) -> Polynomial | None:
        """Return the pseudo-inverse of a polynomial, if it has been named."""
        return self._inverse_of("pinv", A)

    def known_inverse(self, A: Polynomial) -> Polynomial | None:
        """Return the inverse of a polynomial, if it has been named, or if its pseudo-inverse is known to be one."""
        if Polynomial.identity(self.alphabet, A.rows) == A:
            return A
        ((_, word), *others) = A.terms or [((), "")]
        inside = self.inverted_by("inverse", word) if len(word) == 1 and not others else None
        if inside is not None and Polynomial.word(self.alphabet, word) == A:
            return inside
        K, P = self._inverse_of("inverse", A), self.known_pinv(A)
        equations = [] if P is None else [*both_inverse(A, P)]
        return K if K is not None else P if equations and any(p in self._seen for p in equations) else None

    def _inverse_of(self, kind: str, A: Polynomial) -> Polynomial | None:
        """Return the inverse of a kind, if it has been named; that of ``A'`` is the transpose of that of ``A``."""
        turned = self._inverses.get((kind, A.transpose()))
        return self._inverses.get((kind, A)) or (None if turned is None else turned.transpose())

    def bring_in_coordinates(self, parts: Sequence[Size], whole: Size) -> list[Polynomial]:
        """Name and return the parts ``E_i`` of an identity cut into so many columns each: ``E_i' E_j`` is I, or 0.

        They exist, as the sizes sum to that of the whole.
        """
        key = (tuple(parts), whole)
        if key in self._coordinates:
            return self._coordinates[key]
        found = []
        for i, part in enumerate(parts):
            letter = Letter(Family("coordinates", (i, *key), f"E_{i + 1}"))
            found.append(Polynomial.word(self.alphabet, self.alphabet.matrix(letter, whole, part)))
        self._coordinates[key] = found
        for i, first in enumerate(found):
            for second in found[i:]:
                same = Polynomial.identity(self.alphabet, first.columns)
                product = first.transpose() * second
                self.assume(product - same if first is second else product, ("definition", "coordinates"))
        return found

    def all_coordinates(self) -> list[list[Polynomial]]:
        """Return the parts of each identity whose parts have been named."""
        return [*self._coordinates.values()]

    def known_coordinates(self, parts: Sequence[Size], whole: Size) -> list[Polynomial] | None:
        """Return the parts of an identity, if they have been named."""
        return self._coordinates.get((tuple(parts), whole))

    def bring_in_columns(self, A: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Name and return columns with ``x' A y = 1``, which exist for a matrix that is known not to be 0."""

        def column(name: str, size: Size) -> Polynomial:
            family = Family("column", (name, A), name, {"column": A.data()})
            return Polynomial.word(self.alphabet, self.alphabet.matrix(Letter(family), size, 1))

        x, y = column("x", A.rows), column("y", A.columns)
        one = Polynomial.identity(self.alphabet, 1)
        self.assume(x.transpose() * A * y - one, ("definition", "columns between which a matrix that is not 0 is 1"))
        return x, y

    def bring_in_longest_image(self, A: Polynomial) -> tuple[str, str]:
        """Name and return ``x`` of length 1 for which ``A x`` is longest, and ``R`` with ``R R' = |A x|^2 I - A'A``.

        They exist for every matrix: the unit columns are compact, and ``|A z|^2 <= |A x|^2 |z|^2`` for every ``z``.
        """
        x = self.alphabet.matrix(Letter(Family("column", ("longest", A), "x")), A.columns, 1)
        R = self.alphabet.matrix(Letter(Family(ROOT, ("longest", A), "R")), A.columns, A.columns, level=INVERSE)
        column, root = (Polynomial.word(self.alphabet, letter) for letter in (x, R))
        one, whole = (Polynomial.identity(self.alphabet, size) for size in (1, A.columns))
        reason = ("definition", "a column of length 1 whose image is longest")
        self.assume(column.transpose() * column - one, reason)
        norm = (A * column).norm()
        length = self.root(norm)
        self.assume(self.root_defect(norm), ("nonnegative", norm.data()))
        self.assume(root * root.transpose() - length * length * whole + A.transpose() * A, reason)
        return x, R

    def bring_in_inverses(self) -> None:
        """Name the pseudo-inverse of every matrix, and the reciprocal of every number or size that cannot be 0.

        They exist, whatever the claim says: so a proof may speak of them.
        """
        for family in sorted(self.alphabet.named.sizes, key=self.alphabet.named):
            if family.kind == "number":
                self._inverse(Polynomial.scalar(self.alphabet, Letter(family)))
        self.bring_in_reciprocals()
        for character, (letter, turned) in list(self.alphabet.letters.items()):
            if turned or self.alphabet.shapes[character] is None:
                continue
            if letter.family.kind in ("symbol", "sequence", "named"):
                self._pinv(Polynomial.word(self.alphabet, character))

    def bring_in_reciprocals(self) -> None:
        """Name the reciprocal of every number that is declared not to be 0, other than sizes."""
        for letter, _ in list(self.alphabet.letters.values()):
            declared = letter.family.kind == "number" and getattr(letter.family.subject, "is_nonzero", False)
            if declared and letter.family not in self.alphabet.named.sizes:
                self._inverse(Polynomial.scalar(self.alphabet, letter))

    def inverse_pairs(self) -> list[tuple[Polynomial, Polynomial]]:
        """Return every polynomial that has a pseudo-inverse or an inverse, with that."""
        return [(A, inverse) for (_, A), inverse in self._inverses.items()]

    def _inverse_letter(self, letter: Letter, A: Polynomial) -> Polynomial:
        if self._is_number(A):
            return Polynomial.scalar(self.alphabet, letter)
        symmetric = A.transpose() == A
        character = self.alphabet.matrix(letter, A.columns, A.rows, level=INVERSE, symmetric=symmetric)
        return Polynomial.word(self.alphabet, character)

    def _is_number(self, A: Polynomial) -> bool:
        """Whether a polynomial is a number here, and not a matrix with one row and one column."""
        return A.is_scalar and (bool(self.alphabet.cuts) or not any(word for _, word in A.terms))

    def _at_index(self, kind: str, A: Polynomial, name: str, letter_of: Any) -> Polynomial:
        """Make a letter for a function of a polynomial; if the polynomial speaks of layers, the letter has an index."""
        subject, anchor = anchored(A)
        terms = A.data() if anchor is None else moved_terms(A.data(), anchor, BOUND_INDEX)
        family = Family(kind, subject, name, {kind: terms})
        return letter_of(Letter(family, anchor), A)
