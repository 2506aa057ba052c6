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
from oracles.law_counts import holds
from oracles.theorems import PROOFS
from sympy import Integer, Matrix, eye, symbols

from tptheory import Backprop, DampedTargetProp, FeedbackAlignment, TargetProp, damping
from tptheory.certificates import law_counts
from tptheory.certificates.law_counts import PRIME, Refused, check, parse
from tptheory.invariants.fields import DataFields
from tptheory.invariants.law_certificates import Program
from tptheory.invariants.law_count import LawCount
from tptheory.symbolic.rule_at_numbers import RuleAtNumbers

BP, TP = Backprop(), TargetProp()
FILE = Path(law_counts.__file__)
TP_132 = json.loads((PROOFS / "certificates" / "law_counts.tp_1_3_2.json").read_text(encoding="utf-8"))
"""A certificate that two laws are all that TP has at widths 1-3-2, with the differentials of both."""


def certificate(widths, rule, order, number, seed=0):
    """Return a certificate without differentials at a small random point."""
    draw, ends = random.Random(seed), (widths[0], widths[-1])

    def drawn(count):
        return [draw.choice([-3, -2, -1, 1, 2, 3]) for _ in range(count)]

    return {
        "format": law_counts.FORMAT,
        "program": Program(DataFields(rule, widths), {}).steps,
        "point": drawn(sum(m * n for m, n in pairwise(widths))),
        "curve": [drawn(sum(ends)) for _ in range(order)],
        "fields": [[int(k in (i, ends[0] + j)) for k in range(sum(ends))] for i, j in product(*map(range, ends))],
        "differentials": [],
        "number": number,
    }


def symbolic_fields(widths, rule):
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
            ds.insert(0, (A.T if rule == BP else pinv) * ds[0])
        fields.append(Matrix([-v for d, x in zip(ds, xs, strict=False) for v in d * x.T]))
    return coordinates, fields


@pytest.mark.parametrize(
    ("widths", "rule", "order"),
    [
        ((1, 1, 1), BP, 2),
        ((2, 2, 1), BP, 3),
        ((1, 2, 2), BP, 3),
        ((1, 1, 1), TP, 2),
        ((1, 1, 2), TP, 3),
        ((2, 1, 2), TP, 3),
        ((1, 1, 1, 2), TP, 3),
    ],
    ids=str,
)
def test_directions_lie_in_the_span_of_symbolic_brackets(widths, rule, order):
    """SymPy's brackets of at most so many fields at the point span each direction of the checker, and have its rank."""
    data = certificate(widths, rule, order, 0)
    coordinates, fields = symbolic_fields(widths, rule)
    at = dict(zip(coordinates, data["point"], strict=True))
    brackets, last = list(fields), list(fields)
    for _ in range(order - 1):
        last = [v.jacobian(coordinates) * u - u.jacobian(coordinates) * v for u, v in product(fields, last)]
        brackets += last
    values = [[a.p * pow(a.q, -1, PRIME) % PRIME for a in v.subs(at)] for v in brackets]
    found = law_counts.directions(data)
    assert law_counts.rank(found) == law_counts.rank(values) == law_counts.rank(values + found)


@pytest.mark.parametrize(
    ("widths", "rule", "order", "number"),
    [
        ((1, 1, 1), BP, 1, 1),
        ((2, 2, 1), BP, 2, 3),
        ((2, 2, 2, 2), BP, 2, 6),
        ((1, 1, 1), TP, 1, 1),
        ((1, 3, 2), TP, 6, 2),
        ((2, 2, 2, 2), TP, 3, 2),
        ((1, 2, 3, 2), TP, 11, 2),
    ],
    ids=str,
)
def test_known_counts_are_accepted_and_no_others(widths, rule, order, number):
    """What `count_conservation_laws` measures over other primes; one more, one fewer and a lower order are refused."""
    data = certificate(widths, rule, order, number, seed=1)
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
    """Return the certificate with more steps before its velocities."""
    return TP_132 | {"program": [*TP_132["program"][:-9], *more, *TP_132["program"][-9:]]}


KNOWN = 1 + 9 + 3 + len(TP_132["program"])
TAMPERED = {
    "another format": TP_132 | {"format": "tptheory-law-count/2"},
    "a format of a list": TP_132 | {"format": [law_counts.FORMAT]},
    "another rule": TP_132 | {"program": TP_132["program"][:-9] + TP_132["program"][:-10:-1]},
    "another point": changed("point", 0, 7),
    "another point above": changed("point", 8, 7),
    "a shorter curve": TP_132 | {"curve": TP_132["curve"][:-1]},
    "a curve that stands": TP_132 | {"curve": [[0, 0, 0]] * 6},
    "no field that moves": TP_132 | {"fields": [[0, 1, 0], [1, 0, 0]]},
    "no field": TP_132 | {"fields": []},
    "another differential": changed("differentials", 0, 3, 5),
    "a differential twice": TP_132 | {"differentials": TP_132["differentials"][:1] * 2},
    "a differential that is 0": TP_132 | {"differentials": [[0] * 9]},
    "a number too low": TP_132 | {"number": 1},
    "a number too high": TP_132 | {"number": 3},
    "a number beyond the prime": TP_132 | {"number": 2 + PRIME},
    **{f"without {name}": without(name) for name in sorted({"format", *law_counts.NESTING})},
    "a field more": TP_132 | {"more": 1},
    "a truth value": TP_132 | {"number": True},
    "a float": TP_132 | {"number": 2.0},
    "a text": TP_132 | {"number": "2"},
    "a point of text": changed("point", 0, "1"),
    "a point of truth values": changed("point", 0, True),
    "a point of lists": TP_132 | {"point": [TP_132["point"]]},
    "a point of an object": TP_132 | {"point": {}},
    "a point of floats": changed("point", 0, float(TP_132["point"][0])),
    "a step of text": steps("transpose"),
    "a step of an integer": steps(1),
    "a term of text": steps(["111"]),
    "a term of too few": steps([[1, 1]]),
    "a term of too many": steps([[1, 1, 1, 1]]),
    "a term of truth values": steps([[1, True, 1]]),
    "a term about itself": steps([[1, KNOWN - 9, 1]]),
    "a term about a later one": steps([[1, 1, KNOWN]]),
    "the reciprocal of a later one": steps([[1, 1, -KNOWN]]),
    "the reciprocal of what is 0": steps([[PRIME, 0, 0]], [[1, 9 - KNOWN, 0]]),
    "the reciprocal of an empty sum": steps([], [[1, 9 - KNOWN, 0]]),
    "a program too short": TP_132 | {"program": TP_132["program"][-8:]},
    "no program": TP_132 | {"program": []},
    "a point too short": TP_132 | {"point": TP_132["point"][:-1]},
    "no point": TP_132 | {"point": []},
    "a point that is singular": TP_132 | {"point": [*TP_132["point"][:3], 1, 2, 3, 2, 4, 6]},
    "an empty curve": TP_132 | {"curve": []},
    "a curve too long": TP_132 | {"curve": TP_132["curve"] * 40},
    "a datum that is too short": changed("curve", 0, [1, 1]),
    "a field that is too long": changed("fields", 0, [1, 1, 1, 1]),
    "a field that is none": changed("fields", 0, 1),
    "a differential of another length": changed("differentials", 0, [1]),
    "two differentials of another length": TP_132 | {"differentials": [[1], [1, 0]]},
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
    assert check(TP_132 | {"title": ["anything"], "laws": 3.5, "fixed": None}) == 2
    assert check(steps([[1, 1, -2], [0, 0, 0]], [])) == 2
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


def edited(data, draw):
    """Return a copy in which one part, at any depth, is replaced, dropped, doubled or moved by one."""
    data = copy.deepcopy(data)
    inner, key = data, draw.choice(sorted(data))
    while isinstance(inner[key], list | dict) and inner[key] and draw.random() < 0.85:
        inner = inner[key]
        key = draw.randrange(len(inner)) if isinstance(inner, list) else draw.choice(sorted(inner))
    edit = draw.choice(["replace", "drop", "double", "shift"])
    if edit == "drop":
        del inner[key]
    elif edit == "double" and isinstance(inner, list):
        inner.insert(key, copy.deepcopy(inner[key]))
    elif edit == "shift" and type(inner[key]) is int:
        inner[key] += draw.choice([-1, 1])
    else:
        inner[key] = draw.choice([None, True, 0, -1, 2, 10**30, 1.0, "1", [], {}, [1], [[1, 1, 1]], {"a": 1}])
    return data


@pytest.mark.parametrize("name", ["bp_2_2_1", "tp_1_2_1", "tp_1_1_1"])
def test_an_edited_certificate_is_accepted_only_if_it_is_still_a_proof(name):
    """1,200 random edits in all: the verdict is that of an exact recomputation over the rationals, another way."""
    file = PROOFS / "certificates" / f"law_counts.{name}.json"
    data = json.loads(file.read_text(encoding="utf-8")) | {"laws": []}
    draw, accepted = random.Random(name), 0
    for _ in range(400):
        changed_one = edited(data, draw)
        try:
            number = check(changed_one)
        except Refused:
            number = None
        assert (number is not None) is holds(changed_one), changed_one
        accepted += number is not None
    assert 20 < accepted < 300


def test_a_hostile_certificate_is_refused_at_once():
    """The work is estimated before it is begun: long curves, long programs and many numbers that move."""
    data = certificate((1, 1, 1), BP, 1, 1)
    for hostile in (
        data | {"curve": data["curve"] * 1_000},
        data | {"curve": data["curve"] * 30, "program": [[[1, 1, -1]] * 10_000, *data["program"]]},
        data | {"point": [1] * 20_000, "program": [[]] * 20_000, "fields": data["fields"] * 100},
        data | {"fields": data["fields"] * 50_000, "curve": data["curve"] * 20},
    ):
        started = time.process_time()
        with pytest.raises(Refused, match="too much work"):
            check(hostile)
        assert time.process_time() - started < 20


def test_the_work_that_is_allowed_ends_soon():
    """A certificate that is just within the estimate is checked in a minute or two, on any machine."""
    data = certificate((2, 6, 2), TP, 37, 10)
    started = time.process_time()
    with contextlib.suppress(Refused):
        check(data)
    assert time.process_time() - started < 200


@pytest.mark.parametrize("order", [1, 2, 3, 5, 8])
def test_series_have_reciprocals(order):
    """The product with the reciprocal is 1, to every order, and the product of series is that of polynomials."""
    draw = random.Random(order)
    a, b = ([draw.randrange(1, PRIME) for _ in range(order)] for _ in range(2))
    assert law_counts.times(a, law_counts.reciprocal(a)) == [1] + [0] * (order - 1)
    product_of_both = [sum(a[i] * b[k - i] for i in range(k + 1)) % PRIME for k in range(order)]
    assert law_counts.times(a, b) == law_counts.times(b, a) == product_of_both


def test_it_is_small_imports_only_the_standard_library_and_runs_alone(python, tmp_path):
    """A copy of the one file of under 150 lines, without the package in reach, accepts and refuses files."""
    text = FILE.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    nodes = list(ast.walk(ast.parse(text)))
    imported = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module.split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names
    shutil.copy(FILE, tmp_path / "alone.py")
    (tmp_path / "good.json").write_text(json.dumps(TP_132), encoding="utf-8")
    (tmp_path / "bad.json").write_text(json.dumps(TP_132 | {"number": 1}), encoding="utf-8")
    done = python("-I", "-S", "alone.py", "good.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["accepted: good.json", "  at most 2 independent functions are conserved"]
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
