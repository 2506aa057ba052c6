"""The search for relations between ranks.

The matrices are those whose ranks the goal or a hypothesis speaks of, the parts of their words, and products with
letters and with complements of idempotents, and what elimination leaves of two by two blocks. Wherever a matrix is a
sum of multiples of others, or a product is zero or is rewritten by a hypothesis, there is a relation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, combinations_with_replacement, islice, product

from tptheory.proving.nonnegative import half_of
from tptheory.proving.rank_blocks import compare_blocks
from tptheory.proving.rank_lemmas import outside
from tptheory.proving.rank_pool import RankPool, is_multiple_of_identity, without_last_letter
from tptheory.proving.rank_relations import Contained, Coprime, Joined, Summed, alike, alike_from_the_left
from tptheory.proving.semidefinite import flint_rational, solutions
from tptheory.proving.term_order import Monomial, order
from tptheory.proving.words import Polynomial, Rational, divide, rotations

LONGEST_WORD = 8
"""Longer words are not cut into all their parts."""
MOST_SUMMANDS = 4
"""A matrix is written as a sum of multiples of at most so many others."""
MOST_SUMS = 12
"""So many sums are used for each matrix."""
MOST_TRIED, MOST_PAIRS = 500, 60
"""So many sums are looked at for each matrix, and so many pairs of matrices that have several terms."""


class RelationSearch:
    """A search for relations between the ranks of matrices.

    Args:
        pool: the matrices; what is found joins them.
    """

    def __init__(self, pool: RankPool) -> None:
        self.pool, self.alphabet, self.basis = pool, pool.alphabet, pool.basis

    def grow(self) -> Iterator[None]:
        """Find relations, and stop twice: without products of the matrices with further letters, and with these."""
        for M in self.pool.compared:
            short = self.pool.note(M)
            if short != M:
                one = Polynomial.identity(self.alphabet, M.columns)
                self.pool.add(*alike(short, one, one, M))
            compare_blocks(self.pool, short)
        self._full_ranks()
        self._nonzero()
        self._words()
        self._grams()
        self._multiples()
        self._products()
        self._sums()
        yield
        self._contexts()
        self._sums()
        yield

    def _full_ranks(self) -> None:
        """Compare each matrix that is known to have an inverse on one side with the identity."""
        for A, P in self.pool.translator.inverse_pairs():
            for U, X in ((A, P), (A.transpose(), P.transpose())):
                one = Polynomial.identity(self.alphabet, U.rows)
                if not A.is_scalar and self.basis.rewritten(U * X) == one:
                    self.pool.add(Contained(U, X, one))

    def _nonzero(self) -> None:
        """Compare each matrix whose squared norm is known to have a reciprocal with the number 1."""
        for s, k in list(self.pool.translator.inverse_pairs()):
            traces = [scalars for scalars, word in s.terms if len(scalars) == 1 and not word and len(s.terms) == 1]
            half = half_of(self.alphabet, rotations(traces[0][0])) if traces else ""
            if half and self.basis.vanishes(s * k - Polynomial.identity(self.alphabet, 1)):
                M = Polynomial.word(self.alphabet, half)
                x, y = self.pool.translator.bring_in_columns(M)
                row = (M * y).transpose()
                self.pool.add(Contained(M, y, M * y), Contained(row, x, Polynomial.identity(self.alphabet, 1)))

    def _words(self) -> None:
        """Compare the parts of each word: ``rank xy + rank yz <= rank y + rank xyz``."""
        words = {w for M in self.pool.compared for _, w in self.basis.rewritten(M).terms if w}
        words |= self._words_of_hypotheses({letter for w in words for letter in w})
        parts = {w[i:j] for w in words if len(w) <= LONGEST_WORD for i, j in combinations(range(len(w) + 1), 2)}
        for whole in sorted(parts):
            if self.alphabet.transpose(whole) < whole and self.alphabet.transpose(whole) in parts:
                continue
            self.pool.note(Polynomial.word(self.alphabet, whole))
            self._cut(whole)

    def _words_of_hypotheses(self, letters: set[str]) -> set[str]:
        """Return the words of the hypotheses that are made of some letters, such as the power that is zero."""
        every = (word for h in self.pool.translator.hypotheses for _, word in h.polynomial.terms)
        return {word for word in every if word and letters.issuperset(word)}

    def _grams(self) -> None:
        """Show ``rank AX = rank A'AX = rank A'X`` where hypotheses rewrite ``A'AX`` as ``AA'X``."""
        for M in self._both_ways():
            first = next(iter(M.terms))[1][:1]
            A = Polynomial.word(self.alphabet, first)
            square = self.basis.rewritten(A.transpose() * M)
            words = [word for _, word in square.terms]
            if len(M.terms) == len(words) == 1 and words[0][:2] == first + self.alphabet.adjoints[first]:
                P, rest = self.pool.pinv(A).transpose(), Polynomial.word(self.alphabet, words[0][1:])
                square = self.pool.note(square)
                self.pool.add(*alike_from_the_left(A.transpose(), P, M, square))
                self.pool.add(*alike_from_the_left(A, P.transpose(), rest, square))

    def _cut(self, word: str) -> None:
        """Compare the parts of a word, for every way to cut it in three, the middle one of which may be empty."""
        for i, j in combinations_with_replacement(range(1, len(word)), 2):
            A, C = (Polynomial.word(self.alphabet, w) for w in (word[:i], word[j:]))
            B = Polynomial.word(self.alphabet, word[i:j]) if i < j else Polynomial.identity(self.alphabet, C.rows)
            self.pool.frobenius(A, B, C)
            self._coprime(A, B, C, self._letters_that_make(B))

    def _letters_that_make(self, B: Polynomial) -> list[Polynomial]:
        """Return the letters of the hypotheses that say what a matrix equals."""
        stating = (h.polynomial for h in self.pool.translator.hypotheses if B.terms.keys() <= h.polynomial.terms.keys())
        return self._letters([p for p in stating if len(p.terms) > 2])

    def _coprime(self, A: Polynomial, B: Polynomial, C: Polynomial, letters: list[Polynomial]) -> None:
        """Compare the parts of a product ``A B C`` the other way, if ``B = B C X + Y A B`` for sums of letters."""
        F, G, H = A * B, B * C, A * B * C
        right = [p for p in letters if (p.rows, p.columns) == (G.columns, B.columns)]
        left = [p for p in letters if (p.rows, p.columns) == (B.rows, F.rows)]
        numbers = self.combination(B, [*(G * x for x in right), *(y * F for y in left)]) if left or right else None
        if numbers is not None:
            X = sum(map(Polynomial.scale, right, numbers), Polynomial.zero(self.alphabet, G.columns, B.columns))
            Y = sum(map(Polynomial.scale, left, numbers[len(right) :]), Polynomial.zero(self.alphabet, B.rows, F.rows))
            B, F, G, H = map(self.pool.note, (B, F, G, H))
            self.pool.add(Coprime(A, B, F, G, H, X, Y))

    def combination(self, target: Polynomial, candidates: list[Polynomial]) -> list[Rational] | None:
        """Return coefficients with which candidates add up to a target by the hypotheses; None if there are none."""
        every = [self.basis.rewritten(p) for p in candidates]
        monomials = sorted({m for p in (target, *every) for m in p.terms})
        columns = [[flint_rational(p.terms.get(m, 0)) for m in monomials] for p in every]
        space = solutions(columns, [flint_rational(target.terms.get(m, 0)) for m in monomials])
        return None if space is None else [divide(int(c.p), int(c.q)) for c in space.point]

    def _multiples(self) -> None:
        """Compare matrices of which one is the other times a sum of letters."""
        both = self._both_ways()
        letters = self._letters(both)
        for U, L in product(both, repeat=2):
            right = [x for x in letters if (x.rows, x.columns) == (U.columns, L.columns)]
            if U.rows == L.rows and U != L and right:
                numbers = self.combination(L, [U * x for x in right])
                if numbers is not None:
                    X = sum(map(Polynomial.scale, right, numbers), Polynomial.zero(self.alphabet, U.columns, L.columns))
                    self.pool.add(Contained(U, X, L))

    def _both_ways(self) -> list[Polynomial]:
        """Return the compared matrices, rewritten, and their transposes, but for zero and multiples of identities."""
        noted = [self.pool.note(M) for M in self.pool.compared]
        others = [M for M in noted if M and not is_multiple_of_identity(M)]
        return [*dict.fromkeys(p for M in others for p in (M, M.transpose()))]

    def _letters(self, polynomials: Sequence[Polynomial], *, with_identities: bool = True) -> list[Polynomial]:
        """Return the letters of polynomials and their transposes, and identities of the sizes between them."""
        adjoints = self.alphabet.adjoints
        found = {c for p in polynomials for _, word in p.terms for a in word for c in (a, adjoints[a])}
        letters = [Polynomial.word(self.alphabet, a) for a in sorted(found)]
        sizes = dict.fromkeys(p.rows for p in (*polynomials, *(q.transpose() for q in polynomials)))
        return [*letters, *(Polynomial.identity(self.alphabet, size) for size in sizes if with_identities)]

    def _products(self) -> None:
        """Compare matrices with their product, where that is zero, a multiple of an identity, or noted already."""
        for F, G in product(self._both_ways(), repeat=2):
            if F.columns == G.rows:
                H = self.basis.rewritten(F * G)
                if not H or is_multiple_of_identity(H) or self.pool.canonical_of(H).matrix in self.pool.noted:
                    one = Polynomial.identity(self.alphabet, F.columns)
                    self.pool.frobenius(F, one, G)
                    if H:
                        self._coprime(F, one, G, self._letters((one, F, G)))

    def _contexts(self) -> None:
        """Multiply the matrices, and parts of them, by letters and by complements ``I - E``, from one or both sides."""
        letters = self._letters([self.basis.rewritten(M) for M in self.pool.compared], with_identities=False)
        letters += [q for _, P in self.pool.pairs for q in (P, P.transpose()) if len(P.terms) == 1]
        complements = self._complements(letters)
        letters += complements
        for M in list(dict.fromkeys(self.basis.rewritten(M) for M in self.pool.compared)):
            if M and not is_multiple_of_identity(M):
                for x, y in product(*self._multiply(M, letters)):
                    self.pool.frobenius(x, M, y)
                    self._reduce(x, M, y, letters)
                self._cut_sums(M, letters)
                self._split(M, complements)

    def _complements(self, letters: list[Polynomial]) -> list[Polynomial]:
        """Return ``I - E`` for the idempotents ``E`` among letters and products of two, and compare the ranks."""
        products = [x * y for x, y in product(letters, repeat=2) if x.columns == y.rows and x.rows == y.columns]
        found = dict.fromkeys(self.basis.rewritten(E) for E in [*letters, *products] if E.rows == E.columns)
        complements = []
        for E in found:
            if E and not is_multiple_of_identity(E) and self.basis.vanishes(E * E - E):
                one = Polynomial.identity(self.alphabet, E.rows)
                complements.append(one - E)
                self.pool.frobenius(E, one, one - E)
                self.pool.add(Summed(one, self.pool.note(E), self.pool.note(one - E)))
        return complements

    def _split(self, M: Polynomial, complements: list[Polynomial]) -> None:
        """Compare a matrix with its parts ``M E`` and ``M (I - E)``, and so its transpose."""
        for p, C in product((M, M.transpose()), complements):
            if p.columns == C.rows and self._is_telling(p * C):
                one, rest = Polynomial.identity(self.alphabet, C.rows), self.pool.note(p * C)
                for whole, part in ((C, rest), (one - C, self.pool.note(p - p * C))):
                    U = self.pool.note(whole).transpose()
                    self.pool.add(Contained(U, p.transpose(), part.transpose()))
                self.pool.add(Summed(p, self.pool.note(p - p * C), rest))

    def joined(self, A: Polynomial, Z: Polynomial) -> Polynomial:
        """Compare the parts of each of two matrices outside the image of the other; return ``(I - A A+) Z``."""
        D, N = (self.pool.note(outside(U, V, self.pool.pinv)) for U, V in ((A, Z), (Z, A)))
        self.pool.add(Joined(A, Z, D, N), Joined(Z, A, N, D))
        return D

    def _cut_sums(self, M: Polynomial, letters: list[Polynomial]) -> None:
        """For ``M = W C`` with a common first letter W, compare the ranks in ``x W C``; and so for the transpose."""
        for x, p in product(letters, (M, M.transpose())):
            parts = without_last_letter(p.transpose()) if len(p.terms) > 1 else None
            if parts and x.columns == p.rows and self._is_telling(x * p):
                C, W = (part.transpose() for part in parts)
                A, B, C = (x, W, C) if p is M else (C.transpose(), W.transpose(), x.transpose())
                self.pool.frobenius(A, B, C)

    def _multiply(self, M: Polynomial, letters: list[Polynomial]) -> tuple[list[Polynomial], list[Polynomial]]:
        """Compare a matrix with its products with letters, where a hypothesis rewrites them or the search has met them.

        Returns:
            The letters of such products that stand left of the matrix, and those right of it.
        """
        left = [x for x in letters if x.columns == M.rows and self._is_telling(x * M)]
        right = [y for y in letters if y.rows == M.columns and self._is_telling(M * y)]
        for y in right:
            self.pool.add(Contained(M, y, self.pool.note(M * y)))
        for x in left:
            self.pool.add(Contained(M.transpose(), x.transpose(), self.pool.note(x * M).transpose()))
        return left, right

    def _is_telling(self, M: Polynomial) -> bool:
        """Whether a product is rewritten by a hypothesis, or has been met by the search."""
        return bool(M) and (self.basis.rewrites(M) or self.pool.canonical_of(M).matrix in self.pool.noted)

    def _reduce(self, x: Polynomial, M: Polynomial, y: Polynomial, letters: list[Polynomial]) -> None:
        """Compare ``D = M - M y (x M y)^-1 x M``, which x kills, with M (Wedderburn, 1934; Guttman, 1946)."""
        for K in self._inverses_of(self.basis.rewritten(x * M * y)):
            C = Polynomial.identity(self.alphabet, M.columns) - y * K * x * M
            self.pool.frobenius(x, M, C)
            D, rest = self.pool.note(M * C), self.pool.note(M - M * C)
            rows = self.pool.note(x * M).transpose()
            self.pool.add(Summed(M, D, rest), Contained(rows, (M * y * K).transpose(), rest.transpose()))
            for part in (D, *(self.basis.rewritten(D * last) for last in self._multiply(D, letters)[1])):
                self._multiply(part, letters)

    def _inverses_of(self, M: Polynomial) -> Iterator[Polynomial]:
        """Run through the inverses of a matrix that are known to be such."""
        if M and is_multiple_of_identity(M):
            yield M.scale(divide(1, M.terms[(), ""] ** 2))
        one = Polynomial.identity(self.alphabet, M.rows)
        for A, P in self.pool.translator.inverse_pairs():
            if M in (A, A.transpose()) and self.basis.rewritten(A * P) == one == self.basis.rewritten(P * A):
                yield P if M == A else P.transpose()

    def _sums(self) -> None:
        """Write compared matrices, sums that are inverted, and identities as sums of others, and compare the ranks."""
        sizes = {M.rows: None for M in self.pool.noted if M.rows == M.columns and ((), "") in M.terms}
        targets = [M for M in map(self.basis.rewritten, self.pool.compared) if M]
        targets += [Polynomial.identity(self.alphabet, size) for size in sizes]
        targets += [A for A, _ in self.pool.translator.inverse_pairs() if len(A.terms) > 1 and not A.is_scalar]
        for target in dict.fromkeys(targets):
            summands = self._summands(target)
            for parts in (*self._sums_of_two(target, summands), *_sums_of(target, summands)):
                self._sum(target, parts)

    def _sums_of_two(
        self, target: Polynomial, summands: list[Polynomial]
    ) -> Iterator[list[tuple[Rational, Polynomial]]]:
        """Write a matrix as a sum of multiples of two, some terms of which cancel, as ``2 I = (R + I) - (R - I)``."""
        within = [M for M in summands if len(M.terms) > 1]
        for pair in islice(combinations(within, 2), MOST_PAIRS):
            numbers = self.combination(target, [*pair])
            if numbers is not None and all(numbers):
                yield list(zip(numbers, pair, strict=True))

    def _summands(self, target: Polynomial) -> list[Polynomial]:
        """Return noted matrices of a target's shape, and products of others with words that share a term with it."""
        found: dict[Polynomial, None] = {}
        for one in list(self.pool.noted):
            for M in dict.fromkeys((one, one.transpose())):
                for left, right in self._places(M, target):
                    placed = self._placed(left, M, right)
                    if placed is not None and (placed.rows, placed.columns) == (target.rows, target.columns):
                        found[placed] = None
        return [M for M in found if M not in (target, target.scale(-1))]

    def _places(self, M: Polynomial, target: Polynomial) -> Iterator[tuple[str, str]]:
        """Run through the words to put beside a matrix of several terms, so that one of them is a term of a target.

        A matrix of the target's shape, of any number of terms, also stands without words beside it.
        """
        if (M.rows, M.columns) == (target.rows, target.columns):
            yield "", ""
        for (_, word), (_, inner) in product(target.terms, M.terms):
            at = word.find(inner) if len(M.terms) > 1 and inner and inner != word else -1
            if at >= 0:
                yield word[:at], word[at + len(inner) :]

    def _placed(self, left: str, M: Polynomial, right: str) -> Polynomial | None:
        """Multiply a matrix by words, and compare the ranks; None if nothing is left."""
        for word, from_left in ((right, False), (left, True)):
            if word:
                x = Polynomial.word(self.alphabet, word)
                more = self.pool.note(x * M if from_left else M * x)
                U, X, L = (M.transpose(), x.transpose(), more.transpose()) if from_left else (M, x, more)
                self.pool.add(Contained(U, X, L))
                M = more
        return M or None

    def _sum(self, whole: Polynomial, parts: list[tuple[Rational, Polynomial]]) -> None:
        """Compare the rank of a sum with those of its terms."""
        *first, (a, before), (c, last) = parts
        for b, M in first:
            rest = self.basis.rewritten(whole - M.scale(b))
            self.pool.note(rest)
            self.pool.add(Summed(whole, M.scale(b), rest))
            whole = rest
        self.pool.add(Summed(whole, before.scale(a), last.scale(c)))


def _sums_of(target: Polynomial, summands: list[Polynomial]) -> list[list[tuple[Rational, Polynomial]]]:
    """Write a matrix as sums of multiples of few others, each of which cancels a term that is left over."""
    found: list[list[tuple[Rational, Polynomial]]] = []
    waiting: list[tuple[Polynomial, list[tuple[Rational, Polynomial]]]] = [(target, [])]
    for rest, parts in waiting:
        if len(found) == MOST_SUMS:
            break
        if not rest:
            found += [parts] if len(parts) > 1 else []
            continue
        if len(parts) == MOST_SUMMANDS or len(waiting) > MOST_TRIED:
            continue
        used = [M for _, M in parts]
        monomial, having_it = _rarest_monomial(rest, [M for M in summands if M not in used])
        for M in having_it:
            c = divide(rest.terms[monomial], M.terms[monomial])
            waiting.append((rest - M.scale(c), [*parts, (c, M)]))
    return found


def _rarest_monomial(p: Polynomial, summands: list[Polynomial]) -> tuple[Monomial, list[Polynomial]]:
    """Return the monomial of a polynomial that the fewest summands have, and these summands."""
    having = {m: [M for M in summands if m in M.terms] for m in p.terms}
    rarest = min(having, key=lambda m: (len(having[m]), order(m)))
    return rarest, having[rarest]
