"""Words that may stand in squares: halves of traces, what hypotheses make of them, and their products with roots.

Where a trace reads ``tr(u m u')`` with nothing in the middle, or with a symmetric projection there, ``u m`` is a half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations, product
from typing import NamedTuple

from tptheory.clock import require_time
from tptheory.proving.letters import Size, item_text
from tptheory.proving.rewriting import without
from tptheory.proving.words import Alphabet, Polynomial, rotations

Reduce = Callable[[Polynomial], Polynomial]


class SquareCandidate(NamedTuple):
    """A word, times numbers, times the letters of square roots, each of which stands once.

    An empty word is an identity of a size: the number 1, unless another size is given.
    """

    roots: tuple[str, ...]
    scalars: tuple[str, ...]
    word: str
    size: Size = 1

    def __lt__(self, other: tuple[object, ...]) -> bool:
        """Order candidates by roots, numbers and word; those of identities also by their size, be it 1 or a letter."""
        return (*self[:3], str(self.size)) < (*other[:3], str(other[3]))


@dataclass(frozen=True)
class Resources:
    """What a search for squares may use.

    Attributes:
        reduce: brings a polynomial to normal form modulo the hypotheses.
        roots: the letter of the square root of each number that is declared to have one.
        multipliers: the letters ``r`` of numbers ``r^2``, and ``R`` of matrices ``R R'``, of which hypotheses speak.
        velocities: the letters that stand for velocities.
        equations: the hypotheses of the claim, which may be used in both directions.
        thorough: whether candidates are tried that take more time.
        completed: candidates of squares that were completed.
    """

    reduce: Reduce
    roots: Mapping[str, str]
    multipliers: Sequence[str] = ()
    velocities: Sequence[str] = ()
    equations: Sequence[Polynomial] = ()
    thorough: bool = True
    completed: Sequence[SquareCandidate] = ()


Groups = dict[tuple[Size, Size], dict[tuple[str, ...], set[SquareCandidate]]]
"""The halves of the terms of a scalar: by their shape, and then by the term."""


def shape_text(alphabet: Alphabet, shape: tuple[Size, Size]) -> str:
    """Write a shape, so that shapes have an order."""
    return " ".join(item_text(alphabet.named.item(size)) for size in shape)


Part = tuple[tuple[str, ...], tuple[str, ...], str]
"""A term as a square times a trace: the letters of roots and the numbers that are squared, and the trace."""


def parts(scalar: Polynomial, roots: Mapping[str, str]) -> Iterator[Part]:
    """Split each term into a trace and numbers that have roots, in every way; where no trace is split off, it is ""."""
    for scalars, _ in scalar.terms:
        yield from splits_of(scalar.alphabet, scalars, roots)


def splits_of(alphabet: Alphabet, scalars: tuple[str, ...], roots: Mapping[str, str]) -> Iterator[Part]:
    """Split a product of scalars into a trace and numbers that have roots, in every way, as `parts` does."""
    cycles = sorted({s for s in scalars if alphabet.is_trace(s)})
    for cycle in ["", *cycles]:
        counted = Counter(scalars)
        if cycle:
            counted[cycle] -= 1
        if all(power % 2 == 0 or s in roots for s, power in counted.items()):
            yield *halved(sorted(counted.items()), roots), cycle


def halved(powers: Sequence[tuple[str, int]], roots: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the square root of a product of powers of numbers: the letters of square roots, and numbers."""
    odd = tuple(roots[s] for s, power in powers if power % 2)
    return odd, tuple(s for s, power in powers for _ in range(power // 2))


@dataclass(frozen=True)
class Words:
    """Finds words that may stand in squares."""

    resources: Resources
    alphabet: Alphabet
    _symmetric: dict[str, bool] = field(default_factory=dict)
    _projections: dict[str, bool] = field(default_factory=dict)
    _halves: dict[str, list[str]] = field(default_factory=dict)

    def halves_by_shape(self, scalar: Polynomial) -> Groups:
        """Return the halves of the terms of a scalar."""
        groups: Groups = {}
        for scalars, _ in scalar.terms:
            for half in self._halves_of_term(scalars):
                groups.setdefault(self._shape(half), {}).setdefault(scalars, set()).add(half)
        return groups

    def _shape(self, candidate: SquareCandidate) -> tuple[Size, Size]:
        return self.alphabet.shape(candidate.word) if candidate.word else (candidate.size, candidate.size)

    def turned(self, candidate: SquareCandidate) -> SquareCandidate:
        """Return a candidate or its transpose, whose norm is the same: of two shapes the one that comes first."""
        rows, columns = self._shape(candidate)
        if shape_text(self.alphabet, (rows, columns)) <= shape_text(self.alphabet, (columns, rows)):
            return candidate
        return candidate._replace(word=self._transposed(candidate.word))

    def halves(self, scalar: Polynomial) -> Iterator[SquareCandidate]:
        """Return the halves of the terms of a scalar in a row."""
        for scalars, _ in scalar.terms:
            yield from self._halves_of_term(scalars)

    def _halves_of_term(self, scalars: tuple[str, ...]) -> Iterator[SquareCandidate]:
        for roots, numbers, cycle in splits_of(self.alphabet, scalars, self.resources.roots):
            for word in self._halves_of_cycle(cycle) if cycle else [""]:
                yield SquareCandidate(roots, numbers, word)
        yield from self._identities(scalars)
        if self.resources.thorough:
            yield from self._outer_products(scalars)

    def _identities(self, scalars: tuple[str, ...]) -> Iterator[SquareCandidate]:
        """Find the identity where a term has its size as a factor, which is the squared norm of it."""
        for s in {*scalars} - {*filter(self.alphabet.is_trace, scalars)}:
            letter, _ = self.alphabet.letters[s]
            if letter.family in self.alphabet.named.sizes:
                rest = without(scalars, (s,)) or ()
                for roots, numbers, cycle in splits_of(self.alphabet, rest, self.resources.roots):
                    if not cycle:
                        yield SquareCandidate(roots, numbers, "", letter)

    def _outer_products(self, scalars: tuple[str, ...]) -> Iterator[SquareCandidate]:
        """Find ``u v'`` where a term has the factors ``tr(u u')`` and ``tr(v v')`` of two columns."""
        norms = {s: u for s in {*scalars} if self.alphabet.is_trace(s) for u in self._columns_of_norm(s)}
        for first, second in permutations(sorted(norms), 2):
            rest = list(scalars)
            rest.remove(first)
            rest.remove(second)
            for roots, numbers, cycle in splits_of(self.alphabet, tuple(rest), self.resources.roots):
                if not cycle:
                    yield SquareCandidate(roots, numbers, norms[first] + self.alphabet.transpose(norms[second]))

    def _columns_of_norm(self, cycle: str) -> Iterator[str]:
        """Find the columns whose squared norm a trace is."""
        for half in self._halves_of_cycle(cycle):
            for u in (half, self.alphabet.transpose(half)):
                if self.alphabet.shape(u)[1] == 1:
                    yield u

    def _halves_of_cycle(self, cycle: str) -> Iterator[str]:
        """Find ``u m`` for every way to turn the trace into ``tr(u m u')``, ``m`` nothing or a projection; keep it."""
        if cycle not in self._halves:
            turns = self._symmetric_turns(cycle)
            self._halves[cycle] = [u + m for u, m in turns if not m or self._is_projection(m)]
        yield from self._halves[cycle]

    def _symmetric_turns(self, cycle: str) -> Iterator[tuple[str, str]]:
        """Find ``u`` and ``m`` for every way to turn the trace into ``tr(u m u')``, where ``m`` may be anything."""
        seen = set()
        for turned in rotations(cycle):
            require_time()
            transposed = self._transposed(turned)  # it ends with the transpose of each u
            for h in range(len(cycle) // 2 + 1):
                u, m, v = turned[:h], turned[h : len(cycle) - h], turned[len(cycle) - h :]
                if v == transposed[len(cycle) - h :] and (m or u) and (u, m) not in seen:
                    seen.add((u, m))
                    yield u, m

    def _transposed(self, word: str) -> str:
        """Return the transpose of a word, in which letters that are known to be symmetric stand plain."""
        return "".join(map(self._plain, self.alphabet.transpose(word)))

    def _plain(self, letter: str) -> str:
        """Return the letter to which one that is transposed is known to be equal; any other letter is returned."""
        turned = self.alphabet.adjoints[letter]
        if turned != letter and self.alphabet.shapes[letter] == self.alphabet.shapes[turned]:
            return turned if self.alphabet.letters[letter][1] and self._is_symmetric(letter) else letter
        return letter

    def _is_projection(self, word: str) -> bool:
        if word not in self._projections:
            m = self._polynomial(word)
            self._projections[word] = self._is_symmetric(word) and self._vanishes(m * m - m)
        return self._projections[word]

    def _is_symmetric(self, word: str) -> bool:
        if word not in self._symmetric:
            m = self._polynomial(word)
            self._symmetric[word] = m.rows == m.columns and self._vanishes(m - m.transpose())
        return self._symmetric[word]

    def _vanishes(self, p: Polynomial) -> bool:
        """Whether a polynomial is 0 modulo what is known."""
        return not self.resources.reduce(p)

    def _polynomial(self, word: str) -> Polynomial:
        return Polynomial.word(self.alphabet, word)

    def multiplied(self, candidates: Sequence[SquareCandidate]) -> Iterator[SquareCandidate]:
        """Return products of candidates, and of 1, with one or two roots of hypotheses that are not principal."""
        multipliers, shapes = self.resources.multipliers, self.alphabet.shapes
        numbers = [r for r in multipliers if shapes[r] is None]
        matrices = [R for R in multipliers if shapes[R] is not None and self.alphabet.adjoints[R] != R]
        whole = [*(c for c in candidates if not self._has_root_at_an_end(c, matrices)), SquareCandidate((), (), "")]
        for chosen in [(), *combinations(numbers, 1), *combinations(numbers, 2)]:
            for candidate in whole:
                if not {*chosen} & {*candidate.roots}:
                    yield from self._times_roots(candidate, chosen, matrices)

    def times_principal_roots(self, candidates: Sequence[SquareCandidate]) -> list[SquareCandidate]:
        """Return products of candidates with the roots that are symmetric, which may stand beside another root."""
        principal = [R for R in self.resources.multipliers if self.alphabet.adjoints.get(R) == R]
        return [c._replace(word=made) for R in principal for c in candidates for made in self._times(c.word, R)]

    def ends(self, scalar: Polynomial) -> list[SquareCandidate]:
        """Return the letters of one row in the traces of a scalar, such as ``z'`` in a form ``z' A z``."""
        cycles = [cycle for _, _, cycle in parts(scalar, self.resources.roots)]
        letters = dict.fromkeys(letter for cycle in cycles for letter in cycle)
        return [SquareCandidate((), (), a) for a in letters if self.alphabet.shape(a)[0] == 1]

    def with_multiples(self, candidates: Sequence[SquareCandidate]) -> Iterator[list[SquareCandidate]]:
        """Return one set, candidates and their products with roots; none where hypotheses speak of no roots."""
        if self.resources.multipliers:
            yield [*candidates, *self.multiplied(candidates)]

    def _times_roots(
        self, candidate: SquareCandidate, numbers: Sequence[str], matrices: Sequence[str]
    ) -> Iterator[SquareCandidate]:
        """Return the products of a candidate with some numbers, and of these with one of some matrices."""
        roots = tuple(sorted((*candidate.roots, *numbers)))
        words = [candidate.word] if numbers else []
        words += [made for R in matrices for made in self._times(candidate.word, R)]
        return (candidate._replace(roots=roots, word=word) for word in words)

    def _has_root_at_an_end(self, candidate: SquareCandidate, roots: Sequence[str]) -> bool:
        """Whether a word ends with one of some matrices, or begins with the transpose of one."""
        word = candidate.word
        return word[-1:] in roots or self._transposed(word[:1]) in roots

    def _times(self, word: str, R: str) -> Iterator[str]:
        """Return the products of a word, or of its transpose, with a matrix to its right; of an empty word, that."""
        rows, _ = self.alphabet.shape(R)
        if not word:
            yield R
            return
        for turned in dict.fromkeys((word, self._transposed(word))):
            if self.alphabet.shape(turned)[1] == rows:
                yield turned + R

    def around_symmetric_middles(self, scalar: Polynomial) -> Iterator[SquareCandidate]:
        """Return ``u`` and ``u m`` for every way to turn a trace into ``tr(u m u')`` with a symmetric letter ``m``."""
        for roots, numbers, cycle in parts(scalar, self.resources.roots):
            for u, m in self._symmetric_turns(cycle):
                if u and len(m) == 1 and self._is_symmetric(m):
                    yield from (SquareCandidate(roots, numbers, u), SquareCandidate(roots, numbers, u + m))

    def parts_of_forms(self, scalar: Polynomial, changed: bool) -> Iterator[SquareCandidate]:
        """Return ``z'u`` and ``v w`` for every way to cut a form ``z'u v w`` in a scalar, with columns ``z`` and ``w``.

        A form is the inner product of the two, so that it stands in the square of their sum.

        Args:
            scalar: the scalar.
            changed: whether forms in which hypotheses replace a word are cut, too.
        """
        for roots, numbers, cycle in parts(scalar, self.resources.roots):
            for form in dict.fromkeys([cycle, *(self._changed(cycle) if changed else ())]):
                for turned in rotations(form):
                    if self.alphabet.shape(turned)[0] == 1:
                        for k in range(1, len(turned)):
                            yield from (SquareCandidate(roots, numbers, part) for part in (turned[:k], turned[k:]))

    def beside_velocities(self, scalar: Polynomial) -> Iterator[SquareCandidate]:
        """Return the words of the velocities, and of what each is multiplied by, in the scalar as it was typed."""
        for scalars, _ in scalar.terms:
            for s in scalars:
                for i, character in enumerate(s):
                    for v in (character, self.alphabet.adjoints.get(character, "")):
                        if v not in self.resources.velocities:
                            continue
                        rest = s[i + 1 :] + s[:i]
                        beside = self._polynomial(self.alphabet.transpose(rest) if v == character else rest)
                        for p in (self._polynomial(v), beside):
                            for numbers, word in self.resources.reduce(p).terms:
                                yield SquareCandidate((), numbers, word)

    def by_equations(self, scalar: Polynomial, times: int) -> Iterator[SquareCandidate]:
        """Return the halves of terms in which words of hypotheses are replaced by others so many times.

        With two of them ``tr(S T)`` is ``|R' Q|^2`` for ``S = R R'`` and ``T = Q Q'``.
        """
        for roots, numbers, cycle in parts(scalar, self.resources.roots):
            found = [cycle]
            for _ in range(times):
                found = list(dict.fromkeys([*found, *(turned for each in found for turned in self._changed(each))]))
            for turned in found[1:]:
                yield from (SquareCandidate(roots, numbers, half) for half in self._halves_of_cycle(turned))

    def _changed(self, cycle: str) -> Iterator[str]:
        """Replace a word of a hypothesis by another of its words in a trace, in every way."""
        for p in self.resources.equations:
            words = sorted({word for _, word in p.terms})
            for word, other in product(words, words):
                if word != other:
                    yield from self._replaced(cycle, word, other, p.rows)

    def _replaced(self, cycle: str, word: str, other: str, rows: Size) -> Iterator[str]:
        """Replace a word in a trace wherever it stands; an empty word, which is an identity, stands at a size."""
        for turned in rotations(cycle):
            if (
                turned.startswith(word)
                and self.alphabet.shape(turned)[0] == rows
                and len(turned) + len(other) > len(word)
            ):
                yield other + turned[len(word) :]
