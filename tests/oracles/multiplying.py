"""A second reading of certificates: multiplied out on exact random matrices, sharing no code with the checker."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

Data = dict[str, Any]
Value = tuple[fmpq_mat, tuple[Any, Any]]
"""A matrix, and its shape in the sizes that a certificate declares."""

REMARKS = {"title", "assumptions", "reasons", "left", "meanings"}
STATEMENT = {"format", "sizes", "letters", "hypotheses", "goal"}
OWN = {
    "identity": {"method", "cofactors"},
    "rank": {"method", "cofactors", "factors"},
    "descent": {"method", "cofactors", "squares"},
    "cancellation": {"method", "cofactors", "squares"},
    "cases": {"method", "cofactors", "split", "parts"},
    "lemmas": {"method", "lemmas", "proof"},
}
SHOWN = {"identity": "zero", "cancellation": "zero", "rank": "rank", "descent": "nonpositive"}
DEPTHS = range(1, 40)


def entries(rng: np.random.Generator, rows: int, columns: int) -> fmpq_mat:
    """Return a matrix of small integers."""
    return fmpq_mat(rows, columns, [int(k) for k in rng.integers(-3, 4, size=rows * columns)])


def eye(n: int) -> fmpq_mat:
    """Return the identity."""
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def trace(A: fmpq_mat) -> fmpq:
    """Return the sum of the diagonal."""
    return sum((A[i, i] for i in range(A.nrows())), fmpq(0))


def rational(text: str) -> fmpq:
    """Return the number that a text stands for."""
    numerator, _, denominator = text.partition("/")
    return fmpq(int(numerator), int(denominator or 1))


def transposed(value: Value) -> Value:
    """Return the transpose."""
    return value[0].transpose(), value[1][::-1]


def norm(value: Value) -> fmpq:
    """Return the sum of the squares of all entries."""
    return sum((x * x for x in value[0].entries()), fmpq(0))


def number(value: fmpq) -> Value:
    """Return a number as a matrix."""
    return fmpq_mat(1, 1, [value]), (1, 1)


def product(a: Value, b: Value) -> Value:
    """Multiply; a number multiplies anything."""
    (A, left), (B, right) = a, b
    if left == (1, 1):
        return B * A[0, 0], right
    if right == (1, 1):
        return A * B[0, 0], left
    assert left[1] == right[0], "two factors do not compose"
    return A * B, (left[0], right[1])


class Reading:
    """Random values for the letters of a statement; products are multiplied out as they stand.

    What is written differently gets values of its own, among letters at an index too.
    """

    def __init__(self, data: Data, rng: np.random.Generator) -> None:
        self.rng = rng
        self.letters, self.declared = data["letters"], set(data["sizes"])
        self.indexed = set(data.get("indexed", ()))
        assert self.indexed <= self.declared | self.letters.keys()
        assert not self.declared & self.letters.keys()
        assert len(self.declared) == len(data["sizes"])
        self.sizes: dict[Any, int] = {}
        self.values: dict[Any, Any] = {}

    def key(self, item: Any) -> tuple[Any, ...]:
        """Return a name with its index, which it has if and only if it is declared to."""
        key = tuple(item) if isinstance(item, list) else (item,)
        assert len(key) == (3 if key[0] in self.indexed else 1), key
        return key

    def size(self, item: Any) -> Any:
        """Return a size as it is compared."""
        if isinstance(item, int):
            assert item > 0
            return item
        key = self.key(item)
        assert key[0] in self.declared, key
        return key

    def length(self, size: Any) -> int:
        """Return the number that a size is."""
        if isinstance(size, int):
            return size
        if size not in self.sizes:
            self.sizes[size] = int(self.rng.integers(2, 4))
        return self.sizes[size]

    def letter(self, item: Any) -> tuple[Any, Any]:
        """Return the value of a letter, and its shape; a number has none."""
        if isinstance(item, dict):
            assert item.keys() == {"T"}
            value, shape = self.letter(item["T"])
            assert shape is not None, "a number has no transpose"
            return value.transpose(), shape[::-1]
        key = self.key(item)
        if key[0] in self.declared:
            return fmpq(self.length(key)), None
        assert key[0] in self.letters, key
        declared = self.letters[key[0]]
        if not declared:
            return self.values.setdefault(key, fmpq(int(self.rng.integers(-3, 4)))), None
        shape = tuple(self.size(placed_item(n, key[1:]) if len(key) > 1 else n) for n in declared[:2])
        if key not in self.values:
            value = entries(self.rng, *map(self.length, shape))
            if len(declared) > 2:
                assert declared[2] == "symmetric"
                assert declared[0] == declared[1]
                value = value + value.transpose()
            self.values[key] = value
        return self.values[key], shape

    def term(self, items: list[Any], size: Any = None) -> Value:
        """Multiply letters and traces; where no matrix is among them, they multiply the identity of a size."""
        scalar, found = fmpq(1), None
        for item in items:
            if isinstance(item, dict) and item.keys() == {"tr"}:
                inside, (rows, columns) = self.term(item["tr"])
                assert rows == columns, "a trace is taken of what is square"
                assert all(self.letter(a)[1] for a in item["tr"]), "a trace is of matrices"
                assert item["tr"]
                scalar *= trace(inside)
                continue
            value, shape = self.letter(item)
            if shape is None:
                scalar *= value
            elif found is None:
                found = value, shape
            else:
                assert found[1][1] == shape[0], "two letters do not compose"
                found = found[0] * value, (found[1][0], shape[1])
        if found is None:
            size = 1 if size is None else self.size(size)
            found = eye(self.length(size)), (size, size)
        else:
            assert size is None
        return found[0] * scalar, found[1]

    def polynomial(self, terms: list[Any]) -> Value:
        """Add the terms up."""
        found = []
        for coefficient, items, *size in terms:
            value, shape = self.term(items, *size)
            assert size or any(self.is_matrix(item) for item in items), "an identity has a size"
            found.append((value * rational(coefficient), shape))
        assert len({shape for _, shape in found}) == 1, "terms have one shape"
        return sum((v for v, _ in found[1:]), found[0][0]), found[0][1]

    def is_matrix(self, item: Any) -> bool:
        """Whether an item of a term is no number."""
        return not (isinstance(item, dict) and "tr" in item) and self.letter(item)[1] is not None

    def cofactor(self, hypotheses: list[Any], cofactor: list[Any]) -> Value:
        """Multiply out what a cofactor adds to the sum."""
        coefficient, left, k, right, *outer = cofactor
        n = len(hypotheses)
        assert type(k) is int
        assert 0 <= k < 2 * n
        hypothesis = self.polynomial(hypotheses[k % n]["zero"])
        hypothesis = transposed(hypothesis) if k >= n else hypothesis
        value = product(product(self.term(left), hypothesis), self.term(right))
        if outer:
            assert value[1][0] == value[1][1]
            value = product(self.term(outer[0]), number(trace(value[0])))
        return value[0] * rational(coefficient), value[1]

    def read(self, hypothesis: Data) -> None:
        """Assert that a hypothesis is a polynomial that is zero, whether or not it is used."""
        assert hypothesis.keys() == {"zero"}
        self.polynomial(hypothesis["zero"])

    def rest(self, data: Data) -> Value:
        """Return what must be the sum of the cofactors."""
        goal, method = data["goal"], data["method"]
        if method == "cases":
            value = fmpq(1)
            for case in data["split"]:
                assert case
                value *= sum((norm(self.polynomial(p)) for p in case), fmpq(0))
            assert data["split"]
            return number(value)
        kind = SHOWN[method]
        assert goal.keys() == ({"rank", "at most"} if kind == "rank" else {kind})
        value = self.polynomial(goal[kind])
        if kind == "rank":
            factors = [self.polynomial(factor) for factor in data["factors"]]
            assert all(p[1][1] == q[1][0] for p, q in pairwise(factors))
            whole = factors[0]
            for factor in factors[1:]:
                whole = product(whole, factor)
            bound = goal["at most"]
            if isinstance(bound, dict):
                assert bound.keys() == {"rank"}
                limit = self.polynomial(bound["rank"])
                assert any(f in (limit, transposed(limit)) for f in factors), "the bound is no factor"
            else:
                assert self.size(bound) in [f[1][1] for f in factors[:-1]], "the bound is no size between factors"
            assert whole[1] == value[1]
            return value[0] - whole[0], value[1]
        assert kind == "zero" or value[1] == (1, 1)
        if method == "cancellation":
            value = number(norm(value))
        for weight, square in data.get("squares", ()):
            assert rational(weight) > 0
            value = value[0] + number(norm(self.polynomial(square)) * rational(weight))[0], value[1]
        return value

    def holds(self, data: Data) -> bool:
        """Whether a goal, or what stands for it, is the sum of the cofactors at these values."""
        for hypothesis in data["hypotheses"]:
            self.read(hypothesis)
        value, shape = self.rest(data)
        for cofactor in data["cofactors"]:
            part, found = self.cofactor(data["hypotheses"], cofactor)
            assert found == shape
            value = value - part
        return not any(value.entries())


def placed_item(item: Any, index: Any) -> Any:
    """Return a letter, a trace or a size with an index in the place of ``k``."""
    if isinstance(item, dict):
        ((mark, inside),) = item.items()
        return {mark: placed(inside, index) if mark == "tr" else placed_item(inside, index)}
    if isinstance(item, list):
        name, base, offset = item
        return [name, index[0], offset + index[1]] if base == "k" else item
    return item


def placed(items: list[Any], index: Any) -> list[Any]:
    """Return the items of a term with an index in the place of ``k``."""
    return [placed_item(item, index) for item in items]


def placed_goal(goal: Data, index: Any) -> Data:
    """Return a goal, or a hypothesis, with an index in the place of ``k``."""
    moved = {}
    for kind, terms in goal.items():
        if kind == "at most":
            moved[kind] = placed_goal(terms, index) if isinstance(terms, dict) else placed_item(terms, index)
        else:
            moved[kind] = [[c, placed(items, index), *placed(size, index)] for c, items, *size in terms]
    return moved


def fields(data: Data, known: set[str]) -> None:
    """Assert that an object has these fields, and no other but remarks."""
    assert data.keys() - REMARKS == known, data.keys() ^ known


def plain(data: Data) -> Iterator[Data]:
    """Take a certificate apart into statements with proofs by one sum each, and see that it has the parts it needs."""
    method = data["method"]
    if method == "all":
        fields(data, {"format", "method", "parts"})
        assert data["parts"]
        for part in data["parts"]:
            assert part["method"] != "all"
            yield from plain(part)
    elif method == "induction":
        yield from cases_of(data)
    else:
        fields(data, STATEMENT | OWN[method])
        yield from proofs(data)


def proofs(data: Data) -> Iterator[Data]:
    """Take a proof apart: itself, and those of its cases or lemmas."""
    statement = {key: data[key] for key in ("sizes", "letters", "indexed", "goal") if key in data}
    if data["method"] == "lemmas":
        known = [*data["hypotheses"]]
        assert data["lemmas"]
        for lemma in data["lemmas"]:
            fields(lemma, {"zero", "proof"})
            fields(lemma["proof"], OWN[lemma["proof"]["method"]])
            yield from proofs({**lemma["proof"], **statement, "goal": {"zero": lemma["zero"]}, "hypotheses": [*known]})
            known.append({"zero": lemma["zero"]})
        fields(data["proof"], OWN[data["proof"]["method"]])
        yield from proofs({**data["proof"], **statement, "hypotheses": known})
        return
    yield data
    if data["method"] == "cases":
        for part, case in zip(data["parts"], data["split"], strict=True):
            fields(part, OWN[part["method"]])
            yield from proofs({**part, **statement, "hypotheses": [*data["hypotheses"], *({"zero": p} for p in case)]})


def cases_of(data: Data) -> Iterator[Data]:
    """Take an induction apart: each case with what it uses among its hypotheses."""
    fields(data, {"format", "method", "sizes", "letters", "indexed", "hypotheses", "theorems"})
    assert data["theorems"]
    declared = {key: data[key] for key in ("sizes", "letters", "indexed")}
    laws = []
    for law in data["hypotheses"]:
        fields(law, {"zero", "from", "to"})
        laws.append({"zero": law["zero"]})
        Reading(declared, np.random.default_rng(0)).read(laws[-1])
    for theorem in data["theorems"]:
        fields(theorem, {"goal", "from", "to", "cases"})
        known = [*laws, theorem["goal"]]
        for case in theorem["cases"]:
            fields(case, {"at", "after", "uses"} | OWN[case["method"]])
            used = [placed_goal(known[j], index) for j, index in case["uses"]]
            assert all(j >= 0 and h.keys() == {"zero"} for (j, _), h in zip(case["uses"], used, strict=True))
            proof = {key: value for key, value in case.items() if key not in ("at", "after", "uses")}
            yield from proofs(
                {**declared, **proof, "goal": placed_goal(theorem["goal"], case["at"]), "hypotheses": used}
            )
        laws.append(theorem["goal"])


def at(index: Any, l: int, L: int) -> int:
    """Return the number that an index is."""
    base, offset = index
    return {"": 0, "l": l, "L": L}[base] + offset


def within(index: Any, ends: Any, l: int, L: int) -> bool:
    """Whether an index lies in a range, an end of which may be missing."""
    first, last = ends
    here = at(index, l, L)
    return (first is None or at(first, 0, L) <= here) and (last is None or here <= at(last, 0, L))


def sound(data: Data) -> bool:
    """Whether an induction has a base and a step, and uses no law beyond its range: another reading of the rules."""
    laws = [(law["from"], law["to"]) for law in data["hypotheses"]]
    if speaks_of_l([[law["zero"] for law in data["hypotheses"]], [theorem["goal"] for theorem in data["theorems"]]]):
        return False
    for theorem in data["theorems"]:
        first, last = ends = theorem["from"], theorem["to"]
        shape = [(case["at"], case["after"]) for case in theorem["cases"]]
        ways = [[(["l", 0], None)]]
        ways += [] if first is None else [[(first, None), (["l", 1], ["l", 0])]]
        ways += [] if last is None else [[(last, None), (["l", 0], ["l", 1])]]
        if shape not in ways:
            return False
        for case in theorem["cases"]:
            after = case["after"]
            for j, index in case["uses"]:
                if j == len(laws):
                    if after is None or index != after:
                        return False
                    continue
                for L in DEPTHS:
                    low = -L - 20 if first is None else at(first, 0, L)
                    high = L + 20 if last is None else at(last, 0, L) - (after is not None)
                    if not all(within(index, laws[j], l, L) for l in range(low, high + 1)):
                        return False
        laws.append(ends)
    return True


def speaks_of_l(data: Any) -> bool:
    """Whether something stands at the layer at hand, which a law cannot name."""
    if isinstance(data, list) and len(data) == 3 and data[1] == "l" and type(data[2]) is int:
        return True
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return any(map(speaks_of_l, inside))


def adds_up(data: Data) -> bool:
    """Whether a certificate multiplies out at three random points, and each of its inductions is sound."""
    inductions = [part for part in data.get("parts", [data]) if part.get("method") == "induction"]
    if not all(map(sound, inductions)):
        return False
    return all(Reading(part, np.random.default_rng(s)).holds(part) for part in plain(data) for s in range(3))
