"""A second reading of plain certificates of format 2: on exact random matrices, sharing no code with the checker."""

from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat


def rational(text: str) -> fmpq:
    """Read a rational."""
    c = Fraction(text)
    return fmpq(c.numerator, c.denominator)


def trace(A: fmpq_mat) -> fmpq:
    """Return the sum of the diagonal."""
    return sum((A[i, i] for i in range(A.nrows())), fmpq(0))


def eye(n: int) -> fmpq_mat:
    """Return the identity."""
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def one(x: fmpq) -> fmpq_mat:
    """Return a number as a 1x1 matrix."""
    return fmpq_mat(1, 1, [x])


class Values:
    """Random values for the letters of one certificate; hypotheses need not hold at them, identities do."""

    def __init__(self, data: dict[str, Any], rng: np.random.Generator) -> None:
        self.data, self.rng = data, rng
        self.sizes: dict[Any, int] = {}
        self.letters: dict[Any, Any] = {}

    def size(self, item: Any, at: int = 0) -> int:
        """Return the value of a size, in the shape of a letter at an index."""
        if isinstance(item, int):
            return item
        key = tuple(item) if isinstance(item, list) else item
        return self.sizes.setdefault(key, int(self.rng.integers(2, 4)))

    def letter(self, item: Any) -> Any:
        """Return the value of a letter: a number or a matrix."""
        if isinstance(item, dict):
            return self.letter(item["T"]).transpose()
        key = tuple(item) if isinstance(item, list) else item
        name = item[0] if isinstance(item, list) else item
        if name not in self.data["letters"]:
            return fmpq(self.size(item))
        if key not in self.letters:
            shape = self.data["letters"][name]
            sizes = [
                self.size([s[0], key[1], key[2] + s[2]] if isinstance(s, list) and s[1] == "k" else s)
                for s in shape[:2]
            ]
            entries = [int(x) for x in self.rng.integers(-3, 4, size=sizes[0] * sizes[1] if sizes else 1)]
            value = fmpq_mat(*sizes, entries) if sizes else fmpq(entries[0])
            self.letters[key] = value + value.transpose() if len(shape) == 3 else value
        return self.letters[key]

    def items(self, items: list[Any], identity: fmpq_mat) -> fmpq_mat:
        """Multiply items out as they stand; without a matrix they are a multiple of ``identity``."""
        number, product = fmpq(1), None
        for item in items:
            if isinstance(item, dict) and "tr" in item:
                number *= trace(self.items(item["tr"], identity))
                continue
            value = self.letter(item)
            if isinstance(value, fmpq):
                number *= value
            else:
                product = value if product is None else product * value
        return (identity if product is None else product) * number

    def polynomial(self, terms: list[Any]) -> fmpq_mat:
        """Add the terms up."""
        values = [self.items(w, eye(self.size(n[0]) if n else 1)) * rational(c) for c, w, *n in terms]
        return sum(values[1:], values[0])

    def product(self, A: fmpq_mat, B: fmpq_mat) -> fmpq_mat:
        """Multiply; a 1x1 matrix multiplies anything."""
        if A.nrows() == A.ncols() == 1:
            return B * A[0, 0]
        return A * B[0, 0] if B.nrows() == B.ncols() == 1 else A * B

    def cofactor(self, entry: list[Any]) -> fmpq_mat:
        """Multiply out what a cofactor adds to the sum."""
        coefficient, left, k, right, *outer = entry
        hypotheses = self.data["hypotheses"]
        h = self.polynomial(hypotheses[k % len(hypotheses)]["zero"])
        h = h if k < len(hypotheses) else h.transpose()
        value = self.product(self.product(self.items(left, eye(1)), h), self.items(right, eye(1)))
        value = self.product(self.items(outer[0], eye(1)), one(trace(value))) if outer else value
        return value * rational(coefficient)

    def line(self, terms: Any, reader: Any, like: fmpq_mat) -> fmpq_mat:
        """Multiply out a line of a chain, of the shape of ``like``; ``reader`` knows the letters by number."""
        total = like * 0
        for (scalars, word), c in terms.items():
            beside = [
                {"tr": [reader.item(a) for a in s]} if reader.is_matrix(s[0]) else reader.item(s[0]) for s in scalars
            ]
            items = [*beside, *(reader.item(a) for a in word)]
            total = total + self.items(items, eye(like.nrows())) * fmpq(c.numerator, c.denominator)
        return total

    def follows(self, steps: Any, reader: Any) -> bool:
        """Whether each line of a chain is the one before less the cofactors it names, from one side to the other."""
        data = self.data
        (kind,) = {"zero", "rank", "nonpositive"} & data["goal"].keys()
        terms = data["goal"][kind]
        goal = self.polynomial(terms)
        first, last = goal, goal * 0
        if data["method"] == "identity" and (left := data.get("left", len(terms))) < len(terms):
            first = self.polynomial(terms[:left]) if left else goal * 0
            last = first - goal
        if data["method"] == "cancellation":
            first, last = one(trace(goal.transpose() * goal)), one(fmpq(0))
        for i, factor in enumerate(data.get("factors", ())):
            last = self.product(last, self.polynomial(factor)) if i else self.polynomial(factor)
        for weight, terms in data.get("squares", ()):
            Q = self.polynomial(terms)
            last = last - one(trace(Q.transpose() * Q) * rational(weight))
        lines = [self.line(step.terms, reader, first) for step in steps]
        for step, before, after in zip(steps[1:], lines, lines[1:], strict=False):
            used = [self.cofactor(data["cofactors"][i]) for i in step.uses]
            if not used or before - after != sum(used[1:], used[0]):
                return False
        return lines[0] == first and lines[-1] == last
