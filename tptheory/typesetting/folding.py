"""Give names to the long parts of a statement, so that it can be read: the statement, and a list of what is named.

A statement that is too long gets a name for each known quantity in it, such as an activation, and then a letter for
the subterm that saves the most, again and again. A subterm and its transpose are one; in a product any run of
neighbouring factors is a subterm. What is replaced is equal to what stood there, and nothing else is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Add, MatAdd, MatMul, MatPow, MatrixExpr, MatrixSymbol, Mul, Pow, S, Symbol, Trace, Transpose

from tptheory.typesetting.shorthands import (
    ProductAsNumber,
    SquaredNorm,
    key,
    product,
    rebuilt,
    transposed,
    upright,
    with_shorthands,
)

LONG = 110
"""A statement whose parts have together more than so many signs gets names for them."""
ENOUGH = 70
"""Names are given until a statement has no more signs than this."""
SAVED = 14
"""The fewest signs that a letter must save."""
MOST = 10
"""The most letters of one statement."""
LONGEST_RUN = 8
"""The most neighbouring factors that get a letter together."""

MATRICES, COLUMNS, NUMBERS = "GHKFQJUVZNCRSTA", "uvwzghpqrsf", "ρστκωνξζ"
"""The letters that are given, in their order: to matrices, to columns, and to numbers."""

INVERSES = ("Pinv", "Inverse")
"""The names of the node classes of inverses."""

Word = tuple[Any, ...]
"""The factors of a product without its scalar."""


@dataclass(frozen=True)
class Naming:
    """A name and what it stands for, in terms of the names before it."""

    name: Any
    meaning: Any


@dataclass(frozen=True)
class Folded:
    """Expressions with names in them, by the expressions as they were, and what is named, in order."""

    expressions: dict[Any, Any]
    names: tuple[Naming, ...]

    def __call__(self, expression: Any) -> Any:
        """Return an expression with the names in it; one that was not among those folded stays as it is."""
        return self.expressions.get(expression, expression)


NOTHING_FOLDED = Folded({}, ())
"""What leaves every expression as it is."""


def folded(expressions: Iterable[Any], known: Sequence[Naming] = ()) -> Folded:
    """Return expressions with names for their long parts, if they are long together.

    Args:
        expressions: all expressions of a statement.
        known: names that a reader knows, such as those of activations. A later one may speak of earlier ones.

    >>> A, B = MatrixSymbol("A", 3, 3), MatrixSymbol("B", 3, 3)
    >>> long = [MatMul(*[B, A + B] * n, evaluate=False) for n in range(1, 8)]
    >>> found = folded([MatAdd(*long, evaluate=False)])
    >>> [str(one.name) for one in found.names][:1]
    ['G']
    """
    plain = {e: with_shorthands(e) for e in expressions if hasattr(e, "args")}
    texts = list(plain.values())
    if sum(map(length, texts)) <= LONG:
        return Folded(plain, ())
    names: list[Naming] = []
    for one in known:
        texts, names = _named(texts, names, one)
    taken = {str(s) for e in (*texts, *(one.meaning for one in known)) for s in _letters_in(e)}
    for _ in range(MOST):
        if sum(map(length, texts)) <= ENOUGH:
            break
        best = _best([*texts, *(one.meaning for one in names)])
        if best is None:
            break
        texts, names = _named(texts, names, Naming(_letter(best, taken), best))
    texts, names = _without_idle(texts, names)
    return Folded(dict(zip(plain, texts, strict=True)), tuple(_in_order(names)))


def length(expression: Any) -> int:
    """Return about how many signs an expression has when it is typeset.

    >>> length(MatMul(MatrixSymbol("A", 2, 2), Transpose(MatrixSymbol("B", 2, 2)), evaluate=False))
    3
    """
    if not getattr(expression, "args", ()) or expression.is_symbol:
        return 1
    inside = sum(map(length, expression.args))
    if isinstance(expression, MatMul | Mul):
        return inside + sum(2 for arg in expression.args if isinstance(arg, MatAdd | Add))
    if isinstance(expression, MatAdd | Add):
        return inside + len(expression.args) - 1
    if isinstance(expression, Transpose | MatPow | Pow) or type(expression).__name__ in INVERSES:
        return inside + (1 if length(expression.args[0]) == 1 else 3)
    if isinstance(expression, SquaredNorm | ProductAsNumber):
        return inside + 3
    return inside + 4


def _letters_in(expression: Any) -> Iterator[Any]:
    """Run through the symbols of an expression."""
    return (node for node in _nodes(expression) if node.is_symbol)


def _nodes(expression: Any) -> Iterator[Any]:
    """Run through the nodes of an expression; what defines a symbol is no part of it."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        if not node.is_symbol:
            waiting.extend(node.args)


def _named(texts: list[Any], names: list[Naming], one: Naming) -> tuple[list[Any], list[Naming]]:
    """Put a name into expressions and into the meanings of the names before it."""
    replace = _Replacing(one)
    return list(map(replace, texts)), [*(Naming(other.name, replace(other.meaning)) for other in names), one]


def _in_order(names: list[Naming]) -> Iterator[Naming]:
    """Run through names so that each comes behind those that its meaning speaks of, and the rest as they are."""
    waiting = list(names)
    while waiting:
        open_names = {one.name for one in waiting}
        first = next(one for one in waiting if not open_names & set(_letters_in(one.meaning)))
        waiting.remove(first)
        yield first


def _without_idle(texts: list[Any], names: list[Naming]) -> tuple[list[Any], list[Naming]]:
    """Leave out the names that stand nowhere, and put what stands once back in its place."""
    while (one := _idle(texts, names)) is not None:
        back = {one.name: one.meaning, Transpose(one.name): transposed(one.meaning)}
        others = [other for other in names if other is not one]
        names = [Naming(other.name, _flat(other.meaning.xreplace(back))) for other in others]
    return texts, names


def _idle(texts: list[Any], names: list[Naming]) -> Naming | None:
    """Return a name that stands nowhere, or once and in the meaning of another name; None if there is none."""
    shown = Counter(node for e in texts for node in _letters_in(e))
    meant = Counter(node for one in names for node in _letters_in(one.meaning))
    return next((one for one in names if not shown[one.name] and meant[one.name] <= 1), None)


def _flat(expression: Any) -> Any:
    """Return an expression in which no product is a factor of a product."""
    if not getattr(expression, "args", ()) or expression.is_symbol:
        return expression
    args = tuple(map(_flat, expression.args))
    if isinstance(expression, MatMul):
        scalar: Any = S.One
        factors: list[Any] = []
        for arg in args:
            if isinstance(arg, MatMul):
                more, inside = arg.as_coeff_matrices()
                scalar, factors = scalar * more, [*factors, *inside]
            elif isinstance(arg, MatrixExpr):
                factors.append(arg)
            else:
                scalar *= arg
        return product(scalar, tuple(factors))
    return rebuilt(expression, args)


class _Replacing:
    """Puts one name into expressions, for what it stands for and for the transpose of that."""

    def __init__(self, one: Naming) -> None:
        self.name, meaning = one.name, one.meaning
        self.nodes: dict[Any, Any] = {}
        self.words: dict[Word, Any] = {}
        self.sums: dict[Any, Any] = {}
        matrix = isinstance(meaning, MatrixExpr)
        for found, put in [(meaning, one.name)] + ([(transposed(meaning), Transpose(one.name))] if matrix else []):
            if isinstance(found, MatMul) and found.as_coeff_matrices()[0] == 1:
                self.words.setdefault(tuple(found.as_coeff_matrices()[1]), put)
            elif isinstance(found, MatAdd):
                self.sums.setdefault(key(found), put)
            else:
                self.nodes.setdefault(found, put)
        self.done: dict[Any, Any] = {}

    def __call__(self, node: Any) -> Any:
        """Return a node with the name in it."""
        if node not in self.done:
            self.done[node] = self._replaced(node)
        return self.done[node]

    def _replaced(self, node: Any) -> Any:
        if node in self.nodes:
            return self.nodes[node]
        if not getattr(node, "args", ()) or node.is_symbol:
            return node
        made = rebuilt(node, tuple(map(self, node.args)))
        if isinstance(made, MatAdd):
            put = self.sums.get(key(made))
            return made if put is None else put
        if isinstance(made, MatMul) and self.words:
            scalar, factors = made.as_coeff_matrices()
            after = self._in_word(tuple(factors))
            return made if after == tuple(factors) else product(scalar, after)
        return made

    def _in_word(self, factors: Word) -> Word:
        """Replace each run of factors that the name stands for, from the left."""
        found: list[Any] = []
        i = 0
        while i < len(factors):
            run = next((w for w in self.words if factors[i : i + len(w)] == w), None)
            found.append(factors[i] if run is None else self.words[run])
            i += 1 if run is None else len(run)
        return tuple(found)


def _best(expressions: list[Any]) -> Any:
    """Return the subterm for which a letter saves the most; None if none saves enough."""
    counts: Counter[Any] = Counter()
    meant: dict[Any, Word] = {}
    keys = _Keys()
    for expression in expressions:
        for factors in _candidates(expression):
            turned = keys.turned(factors)
            own = turned if turned in counts else keys.upright(factors)
            counts[own] += 1
            meant.setdefault(own, factors)
    repeated = {own: product(S.One, meant[own]) for own, n in counts.items() if n > 1}
    saved = {own: (counts[own] - 1) * (length(meaning) - 1) - 4 for own, meaning in repeated.items()}
    best = max(saved, key=lambda own: saved[own], default=None)
    if best is None or saved[best] < SAVED:
        return None
    return upright(repeated[best]) if isinstance(repeated[best], MatrixExpr) else repeated[best]


class _Keys:
    """Tells which subterms are the same, or transposes of each other; each factor is looked at once."""

    def __init__(self) -> None:
        self._both: dict[Any, tuple[Any, Any]] = {}

    def upright(self, factors: Word) -> Any:
        """Return what is the same for factors that have the same product."""
        return tuple(self._of(factor)[0] for factor in factors)

    def turned(self, factors: Word) -> Any:
        """Return what `upright` returns for the factors of the transposed product."""
        return tuple(self._of(factor)[1] for factor in reversed(factors))

    def _of(self, factor: Any) -> tuple[Any, Any]:
        if factor not in self._both:
            own = key(factor)
            self._both[factor] = own, key(transposed(factor)) if isinstance(factor, MatrixExpr) else own
        return self._both[factor]


def _candidates(expression: Any) -> Iterator[Word]:
    """Run through the factors of the subterms that may get a letter, as often as they stand in an expression."""
    for node in _nodes(expression):
        if isinstance(node, MatMul):
            _, factors = node.as_coeff_matrices()
            for size in range(2, min(len(factors), LONGEST_RUN) + 1):
                for i in range(len(factors) - size + 1):
                    yield tuple(factors[i : i + size])
        elif _may_be_named(node) and length(node) > 3:
            yield (node,)


def _may_be_named(node: Any) -> bool:
    """Tell whether a node that is no product of matrices is a subterm that may get a letter."""
    return isinstance(node, MatAdd | Trace | SquaredNorm | ProductAsNumber) or type(node).__name__ in INVERSES


def _letter(meaning: Any, taken: set[str]) -> Any:
    """Return a letter that is not taken, for a matrix, a column or a number, and take it."""
    matrix = isinstance(meaning, MatrixExpr)
    pool = NUMBERS if not matrix else COLUMNS if meaning.shape[1] == 1 else MATRICES
    free = (f"{c}{n}" for n in ("", *(f"_{k}" for k in range(1, 100))) for c in pool)
    name = next(one for one in free if one not in taken and f"{one}_1" not in taken)
    taken.add(name)
    return MatrixSymbol(name, *meaning.shape) if matrix else Symbol(name)
