"""The checker of counts: accepts what is shown, refuses what is not, and spans what symbolic brackets span."""

import ast
import contextlib
import copy
import json
import random
import shutil
import sys
import time
from itertools import pairwise, product
from pathlib import Path

import pytest
from sympy import Integer, Matrix, eye, symbols

from tptheory import Backprop, DampedTargetProp, FeedbackAlignment, TargetProp, damping
from tptheory.certificates import law_counts
from tptheory.certificates.law_counts import PRIME, Refused, check, parse
from tptheory.invariants.law_count import LawCount
from tptheory.symbolic.rule_at_numbers import RuleAtNumbers

FILE = Path(law_counts.__file__)
TP_132 = {
    "format": "tptheory-law-count/2",
    "title": "the flow of target propagation has exactly 2 independent conserved quantities at widths 1-3-2",
    "point": [[[-4], [-3], [-3]], [[1, 1, 1], [4, 3, 4]]],
    "curve": [
        [[[3]], [[2], [-4]]],
        [[[2]], [[3], [1]]],
        [[[-4]], [[-1], [4]]],
        [[[-1]], [[-2], [-2]]],
        [[[-1]], [[1], [3]]],
        [[[2]], [[-4], [2]]],
    ],
    "fields": [[[[1]], [[1], [0]]], [[[1]], [[0], [1]]]],
    "program": [
        ["matrix", [[-1, 0, 0], [0, -1, 0], [0, 0, -1]]],
        ["transpose", 1],
        ["product", 1, 5],
        ["inverse", 6],
        ["product", 5, 7],
        ["transpose", 2],
        ["product", 4, 8],
        ["product", 10, 3],
        ["product", 11, 9],
        ["matrix", [[-1, 0], [0, -1]]],
        ["transpose", 0],
        ["product", 13, 3],
        ["product", 15, 9],
        ["product", 16, 14],
    ],
    "velocities": [12, 17],
    "differentials": [[8, 6, 6, -3, 8, -3, 1, -2, 1], [-2, 0, 2, -6, 8, 0, 0, -2, 2]],
    "number": 2,
}
"""A certificate that two laws are all that TP has at widths 1-3-2, with the differentials of both."""


def certificate(widths, kind, order, number, seed=0):
    """Return a certificate without differentials, for BP (transpose) or TP (pinv), at a small random point."""
    draw, depth = random.Random(seed), len(widths) - 1
    steps = Steps(depth + 2)

    def drawn(rows, columns):
        return [[draw.choice([-3, -2, -1, 1, 2, 3]) for _ in range(columns)] for _ in range(rows)]

    x, d, velocities = [depth], depth + 1, []
    for l in range(depth - 1):
        x.append(steps.add("product", l, x[-1]))
    for l in reversed(range(depth)):
        minus = steps.add("matrix", [[-int(i == j) for j in range(widths[l + 1])] for i in range(widths[l + 1])])
        velocities.insert(0, steps.add("product", steps.add("product", minus, d), steps.add("transpose", x[l])))
        d = steps.add("product", steps.backward(l, kind, wide=widths[l + 1] <= widths[l]), d) if l else d
    return {
        "format": law_counts.FORMAT,
        "program": steps.program,
        "velocities": velocities,
        "point": [drawn(n, m) for m, n in pairwise(widths)],
        "curve": [[drawn(widths[0], 1), drawn(widths[-1], 1)] for _ in range(order)],
        "fields": [
            [[[int(i == k)] for k in range(n)] for i, n in zip(at, (widths[0], widths[-1]), strict=True)]
            for at in product(range(widths[0]), range(widths[-1]))
        ],
        "differentials": [],
        "number": number,
    }


class Steps:
    """A program that grows, after so many matrices that are there before it."""

    def __init__(self, before):
        self.before, self.program = before, []

    def add(self, *step):
        """Add a step, and return its number."""
        self.program.append([*step])
        return self.before + len(self.program) - 1

    def backward(self, l, kind, wide):
        """Return the feedback of a weight: its transpose, or its pseudo-inverse at full rank."""
        turned = self.add("transpose", l)
        if kind == "transpose":
            return turned
        if wide:
            return self.add("product", turned, self.add("inverse", self.add("product", l, turned)))
        return self.add("product", self.add("inverse", self.add("product", turned, l)), turned)


def symbolic_fields(widths, kind):
    """Return the weights' entries, and the vector field of each datum of unit vectors, as SymPy sees them."""
    W = [Matrix(n, m, symbols(f"w{l}_:{n * m}")) for l, (m, n) in enumerate(pairwise(widths))]
    coordinates = [w for A in W for w in A]
    fields = []
    for i, j in product(range(widths[0]), range(widths[-1])):
        x, d = eye(widths[0])[:, i], eye(widths[-1])[:, j]
        xs, ds = [x], [d]
        for A in W:
            xs.append(A * xs[-1])
        for A in reversed(W[1:]):
            wide = A.rows <= A.cols
            pinv = A.T * (A * A.T).inv() if wide else (A.T * A).inv() * A.T
            ds.insert(0, (A.T if kind == "transpose" else pinv) * ds[0])
        fields.append(Matrix([-v for d, x in zip(ds, xs, strict=False) for v in d * x.T]))
    return coordinates, fields


@pytest.mark.parametrize(
    ("widths", "kind", "order"),
    [
        ((1, 1, 1), "transpose", 2),
        ((2, 2, 1), "transpose", 3),
        ((1, 2, 2), "transpose", 3),
        ((1, 1, 1), "pinv", 2),
        ((1, 1, 2), "pinv", 3),
        ((2, 1, 2), "pinv", 3),
        ((1, 1, 1, 2), "pinv", 3),
    ],
    ids=str,
)
def test_directions_lie_in_the_span_of_symbolic_brackets(widths, kind, order):
    """SymPy's brackets of at most so many fields at the point span each direction of the checker, and have its rank."""
    data = certificate(widths, kind, order, 0)
    coordinates, fields = symbolic_fields(widths, kind)
    entries = [a for A in data["point"] for row in A for a in row]
    at = dict(zip(coordinates, entries, strict=True))
    brackets, last = list(fields), list(fields)
    for _ in range(order - 1):
        last = [v.jacobian(coordinates) * u - u.jacobian(coordinates) * v for u, v in product(fields, last)]
        brackets += last
    values = [[a.p * pow(a.q, -1, PRIME) % PRIME for a in v.subs(at)] for v in brackets]
    found = law_counts.directions(data)

    def rank(rows):
        return law_counts.reduced(rows, len(coordinates))[1]

    assert rank(found) == rank(values) == rank(values + found)


@pytest.mark.parametrize(
    ("widths", "kind", "order", "number"),
    [
        ((1, 1, 1), "transpose", 1, 1),
        ((2, 2, 1), "transpose", 2, 3),
        ((2, 2, 2, 2), "transpose", 2, 6),
        ((1, 1, 1), "pinv", 1, 1),
        ((1, 3, 2), "pinv", 6, 2),
        ((2, 2, 2, 2), "pinv", 3, 2),
        ((1, 2, 3, 2), "pinv", 11, 2),
    ],
    ids=str,
)
def test_known_counts_are_accepted_and_no_others(widths, kind, order, number):
    """What `count_conservation_laws` measures over other primes; one more, one fewer and a lower order are refused."""
    data = certificate(widths, kind, order, number, seed=1)
    assert check(data) == number
    for wrong in (number - 1, number + 1):
        with pytest.raises(Refused, match=f"the number is {number}"):
            check(data | {"number": wrong})
    if order > 1:
        with pytest.raises(Refused, match="the number is"):
            check(data | {"curve": data["curve"][:-1]})


def without(name):
    """Return the certificate without a field."""
    return {key: value for key, value in TP_132.items() if key != name}


def changed(name, *path_and_value):
    """Return the certificate with one entry of a field replaced."""
    *path, last, value = path_and_value
    data = copy.deepcopy(TP_132)
    inner = data[name]
    for step in path:
        inner = inner[step]
    inner[last] = value
    return data


def steps(*more):
    """Return the certificate with more steps at the end of its program."""
    return TP_132 | {"program": [*TP_132["program"], *more]}


TAMPERED = {
    "another format": TP_132 | {"format": "tptheory-law-count/1"},
    "another rule": TP_132 | {"velocities": TP_132["velocities"][::-1]},
    "another point": changed("point", 0, 0, 0, 7),
    "another point above": changed("point", 1, 1, 2, 7),
    "a shorter curve": TP_132 | {"curve": TP_132["curve"][:-1]},
    "a curve that stands": TP_132 | {"curve": [[[[0]], [[0], [0]]]] * 6},
    "no field that moves": TP_132 | {"fields": [[[[0]], [[1], [0]]], [[[1]], [[0], [0]]]]},
    "another differential": changed("differentials", 0, 3, 5),
    "a differential twice": TP_132 | {"differentials": TP_132["differentials"][:1] * 2},
    "a number too low": TP_132 | {"number": 1},
    "a number too high": TP_132 | {"number": 3},
    **{f"without {name}": without(name) for name in sorted(law_counts.FIELDS)},
    "a field more": TP_132 | {"more": 1},
    "a truth value": TP_132 | {"number": True},
    "a float": TP_132 | {"number": 2.0},
    "a text": TP_132 | {"number": "2"},
    "a matrix too large": steps(["matrix", [[1] * 13]]),
    "a matrix of no rows": steps(["matrix", []]),
    "a matrix of no columns": steps(["matrix", [[]]]),
    "a ragged matrix": steps(["matrix", [[1, 2], [3]]]),
    "a matrix of text": steps(["matrix", [["1"]]]),
    "a matrix of truth values": steps(["matrix", [[True]]]),
    "two matrices in a step": steps(["matrix", [[1]], [[1]]]),
    "an unknown step": steps(["adjoint", 1]),
    "a step of too few": steps(["product", 1]),
    "a step of too many": steps(["transpose", 1, 1]),
    "a step about itself": steps(["transpose", 4 + len(TP_132["program"])]),
    "a step about one before all": steps(["transpose", -1]),
    "a step about a truth value": steps(["transpose", True]),
    "an empty step": steps([]),
    "a step of text": steps("transpose"),
    "a step without a name": steps([1, 1]),
    "factors that do not compose": steps(["product", 0, 0]),
    "a sum of two shapes": steps(["sum", 0, 1]),
    "an inverse of what is not square": steps(["inverse", 1]),
    "an inverse of what is singular": steps(["matrix", [[law_counts.PRIME]]], ["inverse", 4 + len(TP_132["program"])]),
    "a velocity of another shape": TP_132 | {"velocities": [0, 0]},
    "a velocity too few": TP_132 | {"velocities": TP_132["velocities"][:1]},
    "a velocity that is no step": TP_132 | {"velocities": [0, 1000]},
    "a velocity of text": TP_132 | {"velocities": ["0", "1"]},
    "a point of another shape": TP_132 | {"point": TP_132["point"][::-1]},
    "a point too few": TP_132 | {"point": TP_132["point"][:1]},
    "no point": TP_132 | {"point": []},
    "a point that is singular": TP_132 | {"point": [TP_132["point"][0], [[1, 2, 3], [2, 4, 6]]]},
    "an empty curve": TP_132 | {"curve": []},
    "a curve too long": TP_132 | {"curve": TP_132["curve"] * 40},
    "a datum of one column": changed("curve", 0, [[[1]]]),
    "a datum of another shape": changed("fields", 0, [[[1]], [[1]]]),
    "a datum that changes its shape": changed("curve", 1, [[[1], [1]], [[1], [1]]]),
    "a datum that is none": changed("fields", 0, 1),
    "a differential of another length": changed("differentials", 0, [1]),
    "a differential of text": changed("differentials", 0, 0, "1"),
    "no object": [TP_132],
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_certificate_is_refused(name):
    """Every field, changed in one place, and whatever the format does not name."""
    with pytest.raises(Refused):
        check(TAMPERED[name])


def test_a_good_one_is_accepted_and_its_title_is_a_remark():
    """The failing twin of all that is refused above."""
    assert check(TP_132) == 2
    assert check(TP_132 | {"title": ["anything"], "laws": 3, "fixed": None}) == 2
    assert check(steps(["transpose", 1])) == 2
    assert check(without("title")) == 2
    assert len(TP_132["differentials"]) == 2


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b"NaN",
        b"1.5",
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b" " * (law_counts.BYTES + 1),
        b"1" * 10_000,
    ],
    ids=range(9),
)
def test_text_that_is_no_certificate_is_refused(text):
    """At once, and by no other error."""
    with pytest.raises(Refused):
        check(parse(text))


def test_random_changes_never_fail_otherwise():
    """Replacing, dropping or doubling any part of a certificate ends in a number, or in being refused."""
    draw = random.Random(0)
    parts = [None, True, 0, -1, 10**30, "1", "", "W", [], {}, ["W", 1], [["1"]]]
    for _ in range(400):
        data = copy.deepcopy(certificate((1, 2, 1), "pinv", 2, 3))
        inner, key = data, draw.choice(sorted(data))
        while isinstance(inner[key], list | dict) and inner[key] and draw.random() < 0.8:
            inner = inner[key]
            key = draw.randrange(len(inner)) if isinstance(inner, list) else draw.choice(sorted(inner))
        inner[key] = draw.choice([*parts, copy.deepcopy(inner[key])])
        with contextlib.suppress(Refused):
            assert check(data) in range(5)


def large(kind):
    """Return a certificate that asks for as much as the format allows."""
    data = certificate((12,) * 12, "pinv", 32, 0)
    if kind == "steps":
        data = certificate((12, 12), "pinv", 2, 0)
        data["program"] += [["product", 0, 0]] * 100_000
    if kind == "entries":
        data = certificate((12, 12), "pinv", 2, 0)
        data["point"] *= 400
        data["velocities"] *= 400
    return data


@pytest.mark.parametrize("kind", ["series", "steps", "entries"])
def test_a_hostile_certificate_is_refused_at_once(kind):
    """The work is estimated before it is begun: long curves, long programs and many matrices that move."""
    started = time.process_time()
    with pytest.raises(Refused, match="too much work"):
        check(large(kind))
    assert time.process_time() - started < 5


def test_the_work_that_is_allowed_ends_soon():
    """A certificate that is just within the estimate is checked in a minute, on any machine."""
    data = certificate((2, 6, 2), "pinv", 8, 10)
    started = time.process_time()
    with contextlib.suppress(Refused):
        check(data)
    assert time.process_time() - started < 10


@pytest.mark.parametrize("order", [1, 2, 3, 5, 8])
def test_series_are_inverted(order):
    """The product with the inverse is the identity, to every order; so are sums and products of series."""
    draw = random.Random(order)
    A = [[[draw.randrange(PRIME) for _ in range(3)] for _ in range(3)] for _ in range(order)]
    one = law_counts.cut([[[int(i == j) for j in range(3)] for i in range(3)]], order)
    X = law_counts.inverted(A)
    assert law_counts.times(A, X) == law_counts.times(X, A) == one
    assert law_counts.plus(law_counts.times(A, X), one, -1) == law_counts.cut([[[0] * 3] * 3], order)


def test_it_imports_only_the_standard_library_and_runs_alone(python, tmp_path):
    """A copy of the one file, without the package in reach, accepts and refuses files."""
    nodes = list(ast.walk(ast.parse(FILE.read_text(encoding="utf-8"))))
    imported = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module.split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names
    shutil.copy(FILE, tmp_path / "alone.py")
    (tmp_path / "good.json").write_text(json.dumps(TP_132), encoding="utf-8")
    (tmp_path / "bad.json").write_text(json.dumps(TP_132 | {"number": 1}), encoding="utf-8")
    done = python("-I", "-S", "alone.py", "good.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    accepted, said = done.stdout.splitlines()
    assert accepted == "accepted: good.json"
    assert said.startswith("  M_0 (3x1), M_1 (2x3) move by M_0' = M_")
    assert "at most 2 independent quantities are conserved" in said
    done = python("-I", "-S", "alone.py", "good.json", "bad.json", "none.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "refused: bad.json: the number is 2\nrefused: none.json: " in done.stdout


@pytest.mark.parametrize(
    "rule",
    [Backprop(), TargetProp(), RuleAtNumbers(DampedTargetProp(), {damping: Integer(1)}), FeedbackAlignment()],
    ids=repr,
)
def test_every_rule_is_written(rule):
    """Feedback of each kind has an expression in the format, constants written out, and the checker accepts it."""
    verdict = LawCount(rule, (2, 1, 1), number=1).own_verdict(0.5, 0)
    assert check(verdict.evidence["certificate"] if verdict.word == "undecided" else verdict.certificate.data) >= 1
