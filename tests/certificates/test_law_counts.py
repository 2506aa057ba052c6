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
from sympy import Integer, Matrix, Rational, eye, symbols

from tptheory import Backprop, DampedTargetProp, FeedbackAlignment, TargetProp, damping
from tptheory.certificates import law_counts
from tptheory.certificates.law_counts import PRIME, Refused, check, parse
from tptheory.invariants.law_count import LawCount
from tptheory.symbolic.rule_at_numbers import RuleAtNumbers

FILE = Path(law_counts.__file__)
TP_132 = {
    "format": "tptheory-law-count/1",
    "title": "the flow of target propagation has exactly 2 independent conserved quantities at widths 1-3-2",
    "widths": [1, 3, 2],
    "backward": [["pinv", ["W", 2]]],
    "point": [[["-4"], ["-3"], ["-3"]], [["1", "1", "1"], ["4", "3", "4"]]],
    "curve": [
        [["3"], ["2", "-4"]],
        [["2"], ["3", "1"]],
        [["-4"], ["-1", "4"]],
        [["-1"], ["-2", "-2"]],
        [["-1"], ["1", "3"]],
        [["2"], ["-4", "2"]],
    ],
    "fields": [[["1"], ["1", "0"]], [["1"], ["0", "1"]]],
    "differentials": [
        ["4", "3", "3", "-3/2", "4", "-3/2", "1/2", "-1", "1/2"],
        ["-2", "0", "2", "-6", "8", "0", "0", "-2", "2"],
    ],
    "number": 2,
}
"""A certificate that two laws are all that TP has at widths 1-3-2, with the differentials of both."""


def certificate(widths, kind, order, number, seed=0):
    """Return a certificate without differentials, for BP (transpose) or TP (pinv), at a small random point."""
    draw = random.Random(seed)

    def column(n):
        return [str(draw.choice([-3, -2, -1, 1, 2, 3])) for _ in range(n)]

    L = len(widths) - 1
    return {
        "format": law_counts.FORMAT,
        "widths": list(widths),
        "backward": [["product", *([kind, ["W", k]] for k in range(l + 1, L + 1))] for l in range(1, L)],
        "point": [[column(m) for _ in range(n)] for m, n in pairwise(widths)],
        "curve": [[column(widths[0]), column(widths[-1])] for _ in range(order)],
        "fields": [
            [[str(int(i == k)) for k in range(n)] for i, n in zip(at, (widths[0], widths[-1]), strict=True)]
            for at in product(range(widths[0]), range(widths[-1]))
        ],
        "differentials": [],
        "number": number,
    }


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
    entries = [Rational(a) for A in data["point"] for row in A for a in row]
    at = dict(zip(coordinates, entries, strict=True))
    brackets, last = list(fields), list(fields)
    for _ in range(order - 1):
        last = [v.jacobian(coordinates) * u - u.jacobian(coordinates) * v for u, v in product(fields, last)]
        brackets += last
    values = [[a.p * pow(a.q, -1, PRIME) % PRIME for a in v.subs(at)] for v in brackets]
    found = law_counts.directions(data, law_counts.Work(10**9))
    plain = law_counts.Ring(1, 1, law_counts.Work(10**9))

    def rank(rows):
        return law_counts.reduced([[plain(a) for a in row] for row in rows], len(coordinates))[1]

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


TAMPERED = {
    "another format": TP_132 | {"format": "tptheory-law-count/2"},
    "other widths": TP_132 | {"widths": [3, 1, 2]},
    "another rule": TP_132 | {"backward": [["transpose", ["W", 2]]]},
    "another point": changed("point", 0, 0, 0, "7"),
    "another point above": changed("point", 1, 1, 2, "7"),
    "a shorter curve": TP_132 | {"curve": TP_132["curve"][:-1]},
    "a curve that stands": TP_132 | {"curve": [[["0"], ["0", "0"]]] * 6},
    "no field that moves": TP_132 | {"fields": [[["0"], ["1", "0"]], [["1"], ["0", "0"]]]},
    "another differential": changed("differentials", 0, 3, "5"),
    "a differential twice": TP_132 | {"differentials": TP_132["differentials"][:1] * 2},
    "a number too low": TP_132 | {"number": 1},
    "a number too high": TP_132 | {"number": 3},
    **{f"without {name}": without(name) for name in sorted(law_counts.FIELDS)},
    "a field more": TP_132 | {"more": 1},
    "a truth value": TP_132 | {"number": True},
    "a float": TP_132 | {"number": 2.0},
    "a width of 0": TP_132 | {"widths": [1, 0, 2]},
    "a width too large": TP_132 | {"widths": [1, 13, 2]},
    "widths that are none": TP_132 | {"widths": {"1": 3}},
    "one operator more": TP_132 | {"backward": TP_132["backward"] * 2},
    "an unknown node": TP_132 | {"backward": [["adjoint", ["W", 2]]]},
    "a weight that is not there": TP_132 | {"backward": [["pinv", ["W", 3]]]},
    "a node without arguments": TP_132 | {"backward": [["pinv"]]},
    "an operator of another shape": TP_132 | {"backward": [["W", 2]]},
    "an inverse of what is not square": TP_132 | {"backward": [["inverse", ["W", 2]]]},
    "a sum of two shapes": TP_132 | {"backward": [["sum", ["pinv", ["W", 2]], ["W", 2]]]},
    "a ragged matrix": TP_132 | {"backward": [["matrix", [["1", "2"], ["3"]]]]},
    "an empty matrix": TP_132 | {"backward": [["matrix", []]]},
    "a node of text": TP_132 | {"backward": ["W_2"]},
    "a point of another shape": TP_132 | {"point": TP_132["point"][::-1]},
    "a point too few": TP_132 | {"point": TP_132["point"][:1]},
    "a point of integers": changed("point", 0, 0, 0, 4),
    "a point that is singular": TP_132 | {"point": [TP_132["point"][0], [["1", "2", "3"], ["2", "4", "6"]]]},
    "a divisor that is 0": changed("point", 0, 0, 0, "1/0"),
    "a divisor that is the prime": changed("point", 0, 0, 0, f"1/{PRIME}"),
    "a number in other digits": changed("point", 0, 0, 0, "१"),
    "a number that is too long": changed("point", 0, 0, 0, "1" * 301),
    "an empty curve": TP_132 | {"curve": []},
    "a curve too long": TP_132 | {"curve": TP_132["curve"] * 6},
    "a datum of one column": changed("curve", 0, [["1"]]),
    "a datum of another length": changed("fields", 0, [["1"], ["1"]]),
    "a differential of another length": changed("differentials", 0, ["1"]),
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
    assert check(TP_132 | {"title": ["anything"]}) == 2
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
    if kind == "sums":
        data["backward"] = [["sum", *[["W", 2]] * 7000] for _ in range(10)]
    if kind == "rows":  # of which each is reduced by all before it
        long = [str(10**280 + 7 * k) for k in range(12)]
        fields = [[long, [str(i * j % 11) for j in range(12)]] for i in range(100)]
        data = certificate((12, 12), "transpose", 1, 0) | {"fields": fields}
    return data


def nested(depth):
    """Return a certificate whose operator is BP's under an even number of transposes, and so of their depth."""
    data = certificate((1, 1, 1), "transpose", 1, 1)
    operator = ["W", 2]
    for _ in range(depth):
        operator = ["transpose", operator]
    return data | {"backward": [operator]}


def test_an_expression_is_nested_at_most_so_deep():
    """The format's limit, 29 nodes about a weight; beyond it there is a refusal, and no recursion without end."""
    assert check(nested(29)) == 1
    for depth in (30, 200, 100_000):
        with pytest.raises(Refused, match="bad expression"):
            check(nested(depth))


@pytest.mark.parametrize("kind", ["products", "sums", "rows"])
def test_a_hostile_certificate_is_refused_soon(kind):
    """All work is counted: the largest networks, long curves and long sums end within seconds."""
    started = time.process_time()
    with pytest.raises(Refused, match="too much work"):
        check(large(kind))
    assert time.process_time() - started < 12


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
    assert said.startswith("  at widths 1-3-2, W_l moves by -N_l d x_(l-1)', N_1 = ")
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
