"""What a plain certificate says, tried on exact matrices: nothing here knows what a proof is."""

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

Values = dict[str, Any]
"""Sizes as integers, letters as numbers or matrices."""


def _value(item: Any, values: Values) -> Any:
    if isinstance(item, dict) and "tr" in item:
        product = _value(item["tr"][0], values)
        for letter in item["tr"][1:]:
            product = product * _value(letter, values)
        return _trace(product)
    if isinstance(item, dict):
        return values[item["T"]].transpose()
    return fmpq(values[item]) if isinstance(values[item], int) else values[item]


def _trace(A: fmpq_mat) -> fmpq:
    return sum((A[i, i] for i in range(A.nrows())), fmpq(0))


def _size(size: Any, values: Values) -> int:
    return size if isinstance(size, int) else values[size]


def _eye(n: int) -> fmpq_mat:
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def polynomial(terms: Any, values: Values) -> fmpq_mat:
    """Return the value of a polynomial."""
    total = None
    for coefficient, items, *size in terms:
        fraction = Fraction(coefficient)
        number = fmpq(fraction.numerator, fraction.denominator)
        product = _eye(_size(size[0], values)) if size else None
        for item in items:
            value = _value(item, values)
            if isinstance(value, fmpq):
                number *= value
            else:
                product = value if product is None else product * value
        term = product * number
        total = term if total is None else total + term
    return total


def _zero(A: fmpq_mat) -> bool:
    return not any(A.entries())


def assumed(certificate: Any, values: Values) -> bool:
    """Say whether every hypothesis holds."""
    return all(_zero(polynomial(h["zero"], values)) for h in certificate["hypotheses"])


def shown(certificate: Any, values: Values) -> bool:
    """Say whether the goal holds."""
    goal = certificate["goal"]
    if "zero" in goal:
        return _zero(polynomial(goal["zero"], values))
    if "nonpositive" in goal:
        return polynomial(goal["nonpositive"], values)[0, 0] <= 0
    bound = goal["at most"]
    most = polynomial(bound["rank"], values).rank() if isinstance(bound, dict) else _size(bound, values)
    return polynomial(goal["rank"], values).rank() <= most


def instances(certificate: Any, rng: random.Random, tries: int) -> Iterator[Values]:
    """Run through values of the letters: most are 0, 1, or of small rank, as hypotheses like them."""
    for _ in range(tries):
        largest = rng.choice((1, 1, 1, 2, 2, 3))
        values: Values = {name: rng.randint(1, largest) for name in certificate["sizes"]}
        if any(_size(s, values) > 6 for shape in certificate["letters"].values() for s in shape[:2]):
            return
        entries = rng.choice(((0, 1), (0, 1, -1), (0, 0, 0, 1), (-2, -1, 0, 1, 2, 3)))
        for name, shape in certificate["letters"].items():
            rows, columns = (_size(s, values) for s in shape[:2]) if shape else (1, 1)
            A = fmpq_mat(rows, columns, [rng.choice(entries) for _ in range(rows * columns)])
            if rng.random() < 0.4:
                A = _eye(max(rows, columns)) * rng.choice((0, 1, -1))
                A = fmpq_mat(rows, columns, [A[i, j] for i in range(rows) for j in range(columns)])
            if len(shape) == 3:
                A = A + A.transpose() if rng.random() < 0.5 else A * A.transpose()
            values[name] = A if shape else A[0, 0]
        yield values
