"""The shortest way to write a sum of words that is found: common factors are written once.

``A B + A C + D B + D C`` is ``(A + D) (B + C)``. Factors do not commute, so a factor is common to words that begin with
it, or to words that end with it; scalars are common wherever they stand. A sum may have several shortest forms: the
search takes one split after the other, the one that saves most first, and keeps the best of what it has tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tptheory.proving.contents import common_divisor, shared
from tptheory.proving.rewriting import without
from tptheory.proving.term_order import Monomial, order
from tptheory.proving.words import Polynomial, Rational, Terms, divide

TRIED = 3
"""How many splits of a sum are followed."""
MOST_TERMS_TRIED = 16
"""Of a sum with more terms only the split that saves most is followed."""
Items = tuple[tuple[Monomial, Rational], ...]


@dataclass(frozen=True)
class Product:
    """A rational times scalars times factors, each a letter or a sum."""

    coefficient: Rational
    scalars: tuple[str, ...]
    factors: tuple[str | Sum, ...]


@dataclass(frozen=True)
class Sum:
    """A sum of products; one without terms is 0."""

    terms: tuple[Product, ...]


class Factoring:
    """Write sums of words with few letters.

    Args:
        weight: how many letters of the reader a letter, or a trace among the scalars, stands for.
    """

    def __init__(self, weight: Callable[[str], int]) -> None:
        self.weight = weight
        self._known: dict[Items, Sum] = {}

    def __call__(self, polynomial: Polynomial) -> Sum:
        """Return the shortest form that is found of a polynomial."""
        return self.best(_sorted(polynomial.terms))

    def best(self, items: Items) -> Sum:
        """Return the shortest form that is found of terms with their coefficients."""
        if items not in self._known:
            self._known[items] = self._best(items)
        return self._known[items]

    def length(self, form: Sum) -> int:
        """Return the number of letters of a form."""
        return sum(
            sum(map(self.weight, set(product.scalars)))
            + sum(self.length(f) if isinstance(f, Sum) else self.weight(f) for f in product.factors)
            for product in form.terms
        )

    def _best(self, items: Items) -> Sum:
        if len(items) < 2:
            return _written_out(items)
        outside, inside = _common(items)
        if outside is not None:
            return Sum((_around(outside, self.best(inside)),))
        splits = sorted(self._splits(items), key=lambda split: -split.saved)
        found = [_written_out(items)]
        for split in splits[: TRIED if len(items) <= MOST_TERMS_TRIED else 1]:
            found.append(Sum((*self._multiplied(split).terms, *self.best(split.rest).terms)))
        return min(found, key=self.length)

    def _multiplied(self, split: _Split) -> Sum:
        left, right = self.best(split.left), self.best(split.right)
        return Sum((_product(left, right),))

    def _splits(self, items: Items) -> Iterator[_Split]:
        """Run through the ways to write a part of the sum as a product of two factors, at least one of them a sum."""
        seen: set[tuple[Items, Items]] = set()
        terms = dict(items)
        for factor, at_left in _quotients(items):
            others = _cofactors(terms, factor, at_left)
            left, right = (others, factor) if at_left else (factor, others)
            covered = {_joined(a, b): c * d for a, c in left for b, d in right}
            rest = _sorted({m: c for m, c in terms.items() if m not in covered})
            saved = self._flat(_sorted(covered)) - self._flat(left) - self._flat(right)
            if saved > 0 and (left, right) not in seen:
                seen.add((left, right))
                yield _Split(left, right, rest, saved)

    def _flat(self, items: Items) -> int:
        return sum(sum(map(self.weight, (*set(scalars), *word))) for (scalars, word), _ in items)


@dataclass(frozen=True)
class _Split:
    """A sum as a product of two factors, plus a rest.

    Attributes:
        left: the left factor.
        right: the right factor.
        rest: the terms that the product does not have.
        saved: how many letters fewer the product has than its terms have.
    """

    left: Items
    right: Items
    rest: Items
    saved: int


def _sorted(terms: Terms) -> Items:
    return tuple(sorted(terms.items(), key=lambda item: order(item[0]), reverse=True))


def _written_out(items: Items) -> Sum:
    return Sum(tuple(Product(c, scalars, tuple(word)) for (scalars, word), c in items))


def _joined(left: Monomial, right: Monomial) -> Monomial:
    return tuple(sorted((*left[0], *right[0]))), left[1] + right[1]


def _around(outside: Product, inside: Sum) -> Product:
    """Return a product with a sum put in the place of its empty factor."""
    at = outside.factors.index("")
    whole = _product(Sum((replace(outside, factors=outside.factors[:at]),)), inside)
    return replace(whole, factors=(*whole.factors, *outside.factors[at + 1 :]))


def _product(left: Sum, right: Sum) -> Product:
    """Return the product of two sums; one with a single term is no sum in it."""
    first, second = (form.terms[0] if len(form.terms) == 1 else Product(1, (), (form,)) for form in (left, right))
    scalars = tuple(sorted((*first.scalars, *second.scalars)))
    return Product(first.coefficient * second.coefficient, scalars, (*first.factors, *second.factors))


def _common(items: Items) -> tuple[Product | None, Items]:
    """Return what all terms have in common, with an empty factor in the place of the rest; None if it is nothing."""
    content, scalars = _content(items)
    words = [word for (_, word), _ in items]
    head = _common_prefix(words)
    tail = _common_prefix([word[len(head) :][::-1] for word in words])[::-1]
    if not (scalars or head or tail or content != 1):
        return None, items
    inside = {
        (without(s, scalars) or (), word[len(head) : len(word) - len(tail)]): divide(c, content)
        for (s, word), c in items
    }
    return Product(content, scalars, (*head, "", *tail)), _sorted(inside)


def _content(items: Items) -> tuple[Rational, tuple[str, ...]]:
    """Return the rational and the scalars that terms have in common; without them the first term is positive."""
    number = common_divisor(c for _, c in items)
    return -number if items[0][1] < 0 else number, tuple(sorted(shared(scalars for (scalars, _), _ in items)))


def _common_prefix(words: list[str]) -> str:
    first, last = min(words), max(words)
    at = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:at]


def _quotients(items: Items) -> Iterator[tuple[Items, bool]]:
    """Run through sums that stand beside a common factor, each with whether that factor stands at its left.

    The common factor is the beginning or the end of at least two words, or a scalar of at least two terms.
    """
    for inside in _by_beginning(items, lambda word: word):
        yield _normalised(inside), True
    for inside in _by_beginning(items, lambda word: word[::-1]):
        yield _normalised(inside), False
    for scalar in sorted({s for (scalars, _), _ in items for s in scalars}):
        inside = {(without(s, (scalar,)) or (), word): c for (s, word), c in items if scalar in s}
        if len(inside) > 1:
            yield _normalised(inside), True


def _by_beginning(items: Items, read: Callable[[str], str]) -> Iterator[Terms]:
    """Run through the rests of all words that begin alike when they are read forwards, or backwards."""
    words = [(scalars, read(word), c) for (scalars, word), c in items]
    for part in sorted({word[:k] for _, word, _ in words for k in range(1, len(word) + 1)}):
        inside = {(s, read(word[len(part) :])): c for s, word, c in words if word.startswith(part)}
        if len(inside) > 1:
            yield inside


def _normalised(terms: Terms) -> Items:
    """Return terms without the rational and the scalars that they have in common."""
    items = _sorted(terms)
    content, scalars = _content(items)
    return _sorted({(without(s, scalars) or (), word): divide(c, content) for (s, word), c in items})


def _cofactors(terms: Terms, factor: Items, at_left: bool) -> Items:
    """Return every term whose product with a factor is a part of a sum; ``at_left`` if it stands left of the factor.

    Products of two different terms with the factor have no monomial in common.
    """
    ((first_scalars, first_word), first), *_ = factor
    found: Terms = {}
    used: set[Monomial] = set()
    for (scalars, word), c in terms.items():
        rest = without(scalars, first_scalars) if first_scalars else scalars
        end = word[len(word) - len(first_word) :] if at_left else word[: len(first_word)]
        if rest is None or end != first_word:
            continue
        own = rest, word[: len(word) - len(first_word)] if at_left else word[len(first_word) :]
        ratio = divide(c, first)
        products = {(_joined(own, m) if at_left else _joined(m, own)): ratio * d for m, d in factor}
        if used.isdisjoint(products) and all(terms.get(m) == d for m, d in products.items()):
            found[own] = ratio
            used.update(products)
    return _sorted(found)
