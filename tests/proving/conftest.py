"""A second reading of certificates and polynomials: on exact random matrices, sharing no code with the checker."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from oracles.certificates import Values

from tptheory.typesetting.explanation import chain


def entries(rng: np.random.Generator, rows: int, columns: int) -> fmpq_mat:
    """Return a matrix of small integers."""
    return fmpq_mat(rows, columns, [int(k) for k in rng.integers(-3, 4, size=rows * columns)])


def trace(A: fmpq_mat) -> fmpq:
    """Return the sum of the diagonal."""
    return sum((A[i, i] for i in range(A.nrows())), fmpq(0))


def norm(A: fmpq_mat) -> fmpq_mat:
    """Return the sum of the squares of all entries, as a 1x1 matrix."""
    return fmpq_mat(1, 1, [sum((x * x for x in A.entries()), fmpq(0))])


class Reading:
    """Random values for the symbols of a certificate; products are multiplied out as they stand."""

    def __init__(self, data: dict[str, Any], rng: np.random.Generator) -> None:
        sizes = {size for shape in data["symbols"].values() for size in shape}
        self.shapes = data["symbols"]
        self.sizes = {s: int(s) if s.isdecimal() else int(rng.integers(2, 4)) for s in sizes}
        self.values: dict[str, Any] = {}
        for name, shape in data["symbols"].items():
            if not shape:
                self.values[name] = fmpq(self.sizes[name]) if name in self.sizes else fmpq(int(rng.integers(-3, 4)))
            else:
                self.values[name] = entries(rng, self.sizes[shape[0]], self.sizes[shape[1]])
        for a, b in data["adjoints"]:
            A = self.values[a]
            if isinstance(A, fmpq):  # a number is its own transpose, and of nothing else
                assert a == b
                continue
            self.values[b] = A.transpose()
            if a == b:
                self.values[a] = A + A.transpose()

    def word(self, items: list[Any], identity: fmpq_mat | None) -> Any:
        """Multiply a word out; an empty one is ``identity``."""
        scalar, product = fmpq(1), identity
        for item in items:
            if isinstance(item, list):
                scalar *= trace(self.word(item, None))
            elif isinstance(self.values[item], fmpq):
                scalar *= self.values[item]
            else:
                product = self.values[item] if product is None else product * self.values[item]
        return scalar if product is None else product * scalar

    def polynomial(self, terms: list[Any]) -> Any:
        """Add the terms up."""
        total = None
        for coefficient, word, *size in terms:
            size = [] if any(isinstance(a, str) and self.shapes[a] for a in word) else size  # it is read of I alone
            n = self.sizes.get(size[0], int(size[0]) if size[0].isdecimal() else 2) if size else 0
            eye = fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]) if size else None
            value = self.word(word, eye)
            value = fmpq_mat(1, 1, [value]) if isinstance(value, fmpq) else value
            numerator, _, denominator = coefficient.partition("/")
            value = value * fmpq(int(numerator), int(denominator or 1))
            total = value if total is None else total + value
        return total

    def rows(self, terms: list[Any]) -> str:
        """Return the name of the number of rows."""
        _, word, *size = terms[0]
        letters = [item for item in word if isinstance(item, str) and self.shapes[item]]
        return self.shapes[letters[0]][0] if letters else size[0]

    def product(self, A: Any, B: Any) -> Any:
        """Multiply; numbers and 1x1 matrices multiply anything."""
        for x, y in ((A, B), (B, A)):
            if isinstance(x, fmpq_mat) and x.nrows() == x.ncols() == 1:
                return y * x[0, 0]
            if isinstance(x, fmpq):
                return y * x
        return A * B

    def cofactor(self, data: dict[str, Any], cofactor: list[Any]) -> Any:
        """Multiply out what a cofactor adds to the sum."""
        coefficient, left, k, right, *outer = cofactor
        n = len(data["hypotheses"])
        hypothesis = self.polynomial(data["hypotheses"][k % n])
        hypothesis = hypothesis.transpose() if k >= n else hypothesis
        value = self.product(self.product(self.word(left, None), hypothesis), self.word(right, None))
        if outer:
            value = self.product(self.word(outer[0], None), trace(value))
        value = fmpq_mat(1, 1, [value]) if isinstance(value, fmpq) else value
        numerator, _, denominator = coefficient.partition("/")
        return value * fmpq(int(numerator), int(denominator or 1))

    def holds(self, data: dict[str, Any]) -> bool:
        """Whether the identity of a certificate holds at these values."""
        rest = self.polynomial(data["goal"])
        if data["method"] == "cancellation":
            rest = norm(rest)
        if data["method"] == "cases":
            rest = fmpq_mat(1, 1, [1])
            for case in data["split"]:
                norms = [norm(self.polynomial(p)) for p in case]
                rest = rest * sum(norms[1:], norms[0])
        if data["method"] == "rank":
            product = None
            for factor in data["factors"]:
                value = self.polynomial(factor)
                product = value if product is None else self.product(product, value)
            rest = rest - product
            if isinstance(data["bound"], str):
                assert data["bound"] in {shape for f in data["factors"][1:] for shape in [self.rows(f)]}
            else:
                assert any(self.polynomial(data["bound"]) == self.polynomial(f) for f in data["factors"])
        if data["method"] in ("descent", "cancellation"):
            for weight, square in data.get("squares", ()):
                numerator, _, denominator = weight.partition("/")
                assert int(numerator) > 0
                rest = rest + norm(self.polynomial(square)) * fmpq(int(numerator), int(denominator or 1))
        for cofactor in data["cofactors"]:
            rest = rest - self.cofactor(data, cofactor)
        return rest == fmpq_mat(rest.nrows(), rest.ncols())


@pytest.fixture(scope="session")
def second_reading() -> Callable[[dict[str, Any]], bool]:
    """Return a function that multiplies a certificate out at three random points."""

    def holds(data: dict[str, Any]) -> bool:
        if data["method"] == "all":
            return all(holds(part) for part in data["parts"])
        shared = {key: data[key] for key in ("symbols", "adjoints", "goal")}
        for part, case in zip(data["parts"], data["split"], strict=True) if data["method"] == "cases" else ():
            if not holds({**part, **shared, "hypotheses": [*data["hypotheses"], *case]}):
                return False
        return all(Reading(data, np.random.default_rng(seed)).holds(data) for seed in range(3))

    return holds


@pytest.fixture(scope="session")
def reading() -> type[Reading]:
    """Return the class of random readings."""
    return Reading


@pytest.fixture(scope="session")
def shorter() -> Callable[[Any], tuple[int, int]]:
    """Return a function that shortens a certificate, checks the result and its chains, and counts the cofactors."""

    def shortened(certificate: Any) -> tuple[int, int]:
        found = certificate.shortened()
        assert found.check()
        for old, new in zip(certificate.parts(), found.parts(), strict=True):
            written = chain(new)
            steps = written.steps
            assert list(old) == list(new)
            assert {k: v for k, v in old.items() if k not in ("hypotheses", "reasons", "cofactors")} == {
                k: v for k, v in new.items() if k not in ("hypotheses", "reasons", "cofactors")
            }
            assert len(new["cofactors"]) <= len(old["cofactors"])
            assert sorted(i for step in steps for i in step.uses) == list(range(len(new["cofactors"])))
            assert all(step.reason.text for step in steps[1:])
            for seed in range(2):
                assert Values(new, np.random.default_rng(seed)).follows(steps, written.reader)
        return certificate.cofactors, found.cofactors

    return shortened
