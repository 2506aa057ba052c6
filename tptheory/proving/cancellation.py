"""Lemmas by cancellation: what vanishes because its square does, found among the consequences of the hypotheses.

For real matrices ``D'D = 0`` gives ``D = 0``. No combination of hypotheses gives that, so the search for one has to be
helped: each consequence of the hypotheses is cut at one end, and where the square of what is left vanishes, so does
what is left. The lemmas join the hypotheses, and the search goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, islice, permutations, product
from time import perf_counter
from typing import NamedTuple

from tptheory.proving.auxiliary_letters import AuxiliaryLetters
from tptheory.proving.completion import Completion
from tptheory.proving.knowledge import ROOT
from tptheory.proving.multiples import sum_that_vanishes
from tptheory.proving.nonnegative import half_of, half_of_trace
from tptheory.proving.norms import Squares, VanishingSum, gram, traced, vanishing_with
from tptheory.proving.searching import (
    Attempt,
    LemmaChain,
    Proof,
    StuckError,
    combination_of,
    completion,
    refuse_when_late,
)
from tptheory.proving.squares import WeightedSquare
from tptheory.proving.term_order import Monomial
from tptheory.proving.translation import Translator
from tptheory.proving.words import Alphabet, Polynomial, Terms, divide, rotations, square_root, summed

ROUNDS = 4
"""How many times lemmas are looked for; each time the lemmas before are hypotheses."""
GROWTH = 100
"""Up to how many elements the basis grows before its elements are looked at."""
CANDIDATES = 300
"""How many polynomials are tried in a round."""
SHORT_WORDS = 60
"""How many words of one or two letters are compared with each other."""
LONGEST = 8
"""A polynomial with more terms than this is not squared."""
MOST_HALVES = 4
"""A number is not read as the form of a sum of more matrices."""


class LemmaCandidate(NamedTuple):
    """A polynomial that may vanish, and weighted squares of others that its squared norm may cancel with."""

    polynomial: Polynomial
    squares: Squares = ()

    def alike(self) -> list[tuple[Polynomial, ...]]:
        """Return what identifies the candidate, its transpose and the negatives of both: each beside the squares."""
        others = [other for _, other in self.squares]
        turned = (self.polynomial, self.polynomial.transpose())
        return [(p.scale(sign), *others) for sign in (1, -1) for p in turned]


def by_cancellation(attempt: Attempt, translator: Translator, deadline: float) -> Proof:
    """Prove with lemmas: first with those that follow from the hypotheses, then with those of lemmas too."""
    lemmas = LemmaChain(translator)
    stuck = StuckError("no lemma by cancellation was found")
    if translator.maybe_nonreal is not None:
        raise stuck
    for _ in range(ROUNDS):
        refuse_when_late(deadline)
        known = len(lemmas.lemmas)
        for polynomial, proof in _lemmas(lemmas.branch, deadline):
            lemmas.add(polynomial, proof)
        if len(lemmas.lemmas) == known:
            break
        try:
            return lemmas.close(attempt(lemmas.branch, deadline))
        except StuckError as error:
            stuck = error
    raise stuck


def _lemmas(translator: Translator, deadline: float) -> list[tuple[Polynomial, Proof]]:
    """Return polynomials that vanish by cancellation and are not known to vanish, each with its proof."""
    basis = completion(translator, deadline)
    basis.grow(GROWTH)
    consequences = basis.consequences()
    candidates = chain(
        _roots(translator, basis, deadline),
        (each for p in consequences for q in (p, *_closed(p)) for each in _summands(q)),
        _images_of_roots(translator),
        _images_of_sums(translator, consequences),
        _other_inverses(translator, basis),
        _images_of_pairs(translator),
        (LemmaCandidate(q) for p in consequences for q in _cut(p)),
        _differences(translator.alphabet, basis),
    )
    found: list[tuple[Polynomial, Proof]] = []
    seen: set[tuple[Polynomial, ...]] = set()
    for candidate in islice(candidates, CANDIDATES):
        p, alike = candidate.polynomial, candidate.alike()
        if perf_counter() > deadline:
            break
        if alike[0] in seen or len(p.terms) > LONGEST or basis.vanishes(p):
            continue
        seen.update(alike)
        shown = vanishing_candidate(basis, candidate)
        if shown is not None:
            found.append((p, shown.cancellation(translator, p)))
    return found


def vanishing_candidate(basis: Completion, candidate: LemmaCandidate) -> VanishingSum | None:
    """Show, if the basis does so as it is, that the squared norm of a candidate, plus the squares, vanishes."""
    p, squares = candidate
    for D in () if squares else (p, p.transpose()):
        square = gram(D)
        if basis.vanishes(square):
            return VanishingSum(traced(combination_of(basis, square), D))
    return vanishing_with(basis, p.norm(), squares)


def _roots(translator: Translator, basis: Completion, deadline: float) -> Iterator[LemmaCandidate]:
    """Run through the roots of what is not below 0, each with others whose squares its own square cancels with.

    The others may be products of two roots of numbers, too.
    """
    alphabet = translator.alphabet
    letters = AuxiliaryLetters.of(translator).multipliers
    numbers = [Polynomial.number(alphabet, (letter,)) for letter in letters if alphabet.shapes[letter] is None]
    matrices = [Polynomial.word(alphabet, letter) for letter in letters if alphabet.shapes[letter] is not None]
    roots = [root for root in (*numbers, *matrices) if not basis.vanishes(root)]
    products = [r * s for r, s in combinations(numbers, 2)]
    for root in roots:
        others = [other for other in (*roots, *products) if other is not root]
        squares = sum_that_vanishes(root, others, basis.rewritten, lambda: refuse_when_late(deadline))
        if squares is not None:
            yield LemmaCandidate(root, squares)


def _images_of_roots(translator: Translator) -> Iterator[LemmaCandidate]:
    """Run through ``R'X`` for each root ``R R' = M``: as ``|R'X|^2 = tr(X'M X)``, it is 0 where ``X'M X`` is.

    ``X`` is a letter, or ``I - A A+`` or ``I - A+ A``, perhaps times coordinates. A square letter is tried again with
    the square of ``X R``, for ``M X + X M = 0``; and the difference of two forms with those of both roots.
    """
    letters = _matrices(translator.alphabet)
    roots = [p for p in letters if _is_of_kind(p, ROOT)]
    killed = [X for pair in translator.inverse_pairs() for X in _kernel_projections(*pair)]
    killed += [E * X for E, X in product(letters, killed) if _is_of_kind(E, "coordinates") and E.columns == X.rows]
    for root in roots:
        yield from (LemmaCandidate(root.transpose() * X) for X in killed if X.rows == root.rows)
        yield from _images_of_letters(root, letters, [root])
    yield from _images_of_differences(roots)


def _images_of_pairs(translator: Translator) -> Iterator[LemmaCandidate]:
    """Run through ``R'X`` with the square of ``X Q`` for letters X and two roots, for ``M X + X N = 0``."""
    letters = _matrices(translator.alphabet)
    roots = [p for p in letters if _is_of_kind(p, ROOT)]
    for root in roots:
        yield from (c for c in _images_of_letters(root, letters, [Q for Q in roots if Q is not root]) if c.squares)


def _images_of_sums(translator: Translator, zeros: Sequence[Polynomial]) -> Iterator[LemmaCandidate]:
    """Run through ``R'D`` for sums ``D`` where a number that vanishes may be ``tr(D'M D)``, with ``R R' = M``."""
    roots = [p for p in _matrices(translator.alphabet) if _is_of_kind(p, ROOT)]
    for root, zero in product(roots, [p for p in zeros if p.is_scalar]):
        halves = [*_halves_around(zero, root)]
        if 1 < len(halves) <= MOST_HALVES:
            first, *others = halves
            for signs in product((1, -1), repeat=len(others)):
                D = summed([first, *(half.scale(sign) for sign, half in zip(signs, others, strict=True))])
                yield LemmaCandidate(root.transpose() * D)


def _halves_around(number: Polynomial, root: Polynomial) -> Iterator[Polynomial]:
    """Run through ``c U`` for the terms ``c^2 tr(U'M U)`` of a number, up to one factor, for the root of a letter M."""
    alphabet, ((_, character),) = number.alphabet, root.terms
    M = alphabet.letters[character][0].family.subject
    middles = {word for _, word in M.terms} if isinstance(M, Polynomial) else set()
    middles |= {alphabet.transpose(word) for word in middles}
    unit = next(iter(number.terms.values()), 1)
    for (scalars, _), c in number.terms.items():
        turns = rotations(scalars[0]) if len(scalars) == 1 and alphabet.is_trace(scalars[0]) else []
        half = half_of(alphabet, [turn[1:] for turn in turns if turn[0] in middles])
        factor = square_root(divide(c, unit))
        if half and factor is not None:
            yield Polynomial.word(alphabet, half).scale(factor)


def _images_of_differences(roots: list[Polynomial]) -> Iterator[LemmaCandidate]:
    """Run through ``R'(M - N)`` and ``Q'(M - N)`` for ``R R' = M`` and ``Q Q' = N``: ``M^2 = N^2`` gives ``M = N``."""
    for first, second in permutations(roots, 2):
        M, N = (
            root.alphabet.letters[character][0].family.subject
            for root in (first, second)
            for _, character in root.terms
        )
        if (M.rows, M.columns) == (N.rows, N.columns):
            yield LemmaCandidate(first.transpose() * (M - N), [(Fraction(1), second.transpose() * (M - N))])


def _matrices(alphabet: Alphabet) -> list[Polynomial]:
    """Return the letters that are matrices, and no numbers, as those of shape 1x1 may be."""
    every = (Polynomial.word(alphabet, a) for a in sorted(alphabet.matrices_of_certificates()))
    return [p for p in every if any(word for _, word in p.terms)]


def _images_of_letters(
    root: Polynomial, letters: list[Polynomial], roots: list[Polynomial]
) -> Iterator[LemmaCandidate]:
    """Run through ``R'X`` for a root R and letters X, alone and with the square of ``X Q`` for each root Q."""
    for X in letters:
        if X.rows == root.rows and X not in (root, root.transpose()):
            yield LemmaCandidate(root.transpose() * X)
            yield from (
                LemmaCandidate(root.transpose() * X, [(Fraction(1), X * Q)]) for Q in roots if Q.rows == X.columns
            )


def _is_of_kind(p: Polynomial, kind: str) -> bool:
    """Whether a letter is of a family of some kind, and not its transpose."""
    ((_, character),) = p.terms
    letter, turned = p.alphabet.letters[character]
    return letter.family.kind == kind and not turned


def _kernel_projections(A: Polynomial, P: Polynomial) -> Iterator[Polynomial]:
    """Run through ``I - A A+`` and ``I - A+ A``, for a matrix and its pseudo-inverse or inverse."""
    if any(word for _, word in P.terms):
        yield Polynomial.identity(A.alphabet, A.rows) - A * P
        yield Polynomial.identity(A.alphabet, A.columns) - P * A


def _summands(p: Polynomial) -> Iterator[LemmaCandidate]:
    """Where a polynomial is a sum of squares such as ``A A' + B B'``, run through what is squared."""
    halves: list[WeightedSquare] = []
    if p.rows != p.columns or len({c > 0 for c in p.terms.values()}) != 1:
        return
    for monomial, c in p.terms.items():
        half = _half_of_term(p, monomial)
        if not half:
            return
        halves.append((Fraction(c if c > 0 else -c), Polynomial.word(p.alphabet, half)))
    for k, (weight, root) in enumerate(halves):
        yield LemmaCandidate(root, [(w / weight, other) for j, (w, other) in enumerate(halves) if j != k])


def _half_of_term(p: Polynomial, monomial: Monomial) -> str:
    """Return ``A`` for a term of a polynomial that reads ``A A'`` or ``tr(A A')``; nothing for any other term."""
    scalars, word = monomial
    if word:
        return "" if scalars else half_of(p.alphabet, [word])
    return half_of_trace(p.alphabet, scalars[0]) if p.is_scalar and len(scalars) == 1 else ""


def unit_factors(h: Polynomial) -> Iterator[Polynomial]:
    """Run through polynomials ``X + b I`` that have a right inverse because a polynomial vanishes.

    With ``R + S = R S`` it is ``R - I``, as ``(R - I)(S - I) = I``.
    """
    if h.rows != h.columns:
        return
    one = Polynomial.identity(h.alphabet, h.rows)
    for (scalars, word), c in h.terms.items():
        if scalars or len(word) != 2:
            continue
        first, second = (Polynomial.word(h.alphabet, letter) for letter in word)
        if (first.rows, second.rows) != (h.rows, h.rows):
            continue
        left = first + one.scale(divide(h.terms.get(((), word[1]), 0), c))
        right = second + one.scale(divide(h.terms.get(((), word[0]), 0), c))
        rest = h - (left * right).scale(c)
        if rest and rest.terms.keys() == {((), "")}:
            yield left


def _shared_beginnings(p: Polynomial) -> Iterator[tuple[Polynomial, str]]:
    """Run through a polynomial and its transpose, each with every proper beginning that all its words share."""
    for whole in (p, p.transpose()):
        words = [word for _, word in whole.terms]
        for k in range(1, min(map(len, words))):
            if len({word[:k] for word in words}) != 1:
                break
            yield whole, words[0][:k]


def _closed(p: Polynomial) -> Iterator[Polynomial]:
    """Run through the square polynomials ``v' p`` for the words v that all words of p, or of p', end with."""
    for turned, beginning in _shared_beginnings(p.transpose()):
        has_scalars = any(scalars for scalars, _ in turned.terms)
        if p.alphabet.shape(beginning)[1] == turned.columns and not has_scalars:
            yield Polynomial.word(p.alphabet, beginning) * turned.transpose()


def _cut(p: Polynomial) -> Iterator[Polynomial]:
    """Run through what is left of a polynomial when letters that all its words share at one end are cut off."""
    for whole, beginning in _shared_beginnings(p):
        k = len(beginning)
        terms: Terms = {(s, word[k:]): c for (s, word), c in whole.terms.items()}
        shape = p.alphabet.shape(next(iter(whole.terms))[1][k:])
        left = Polynomial(p.alphabet, *shape, terms)
        yield left if whole is p else left.transpose()


def _differences(alphabet: Alphabet, basis: Completion) -> Iterator[LemmaCandidate]:
    """Run through the differences of short words of one shape."""
    letters = sorted(alphabet.matrices_of_certificates())
    pairs = (a + b for a in letters for b in letters if alphabet.shapes[a][1] == alphabet.shapes[b][0])  # type: ignore[index]
    short = [Polynomial.word(alphabet, word) for word in islice(chain(letters, pairs), SHORT_WORDS)]
    shown = [p for p in short if not basis.rewrites(p)]
    for one, other in combinations(shown, 2):
        if (one.rows, one.columns) == (other.rows, other.columns):
            yield LemmaCandidate(one - other)


def _other_inverses(translator: Translator, basis: Completion) -> Iterator[LemmaCandidate]:
    """Run through ``I - B A`` for square matrices with ``A B = I``, and the letter B of a pseudo-inverse or inverse.

    The squared norm of ``I - A+ A`` is ``n - tr(A A+)``: that is where the dimension is finite.
    """
    for A, B in translator.inverse_pairs():
        if A.rows != A.columns:
            continue
        one = Polynomial.identity(A.alphabet, A.rows)
        for left, right in ((A, B), (B, A)):
            if basis.vanishes(left * right - one):
                yield LemmaCandidate(right * left - one)
