"""The checker accepts what sums to its goal, and nothing else."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from oracles.theorems import library

from tptheory import prove
from tptheory.proving import checker

GOOD = {
    "format": "tptheory-certificate/1",
    "theorem": "an example: AXA = A and XA = YA give AYA = A",
    "method": "identity",
    "symbols": {"A": ["m", "n"], "A'": ["n", "m"], "X": ["n", "m"], "Y": ["n", "m"], "c": [], "n": []},
    "adjoints": [["A", "A'"]],
    "hypotheses": [
        [["1", ["A", "X", "A"]], ["-1", ["A"]]],
        [["1", ["X", "A"]], ["-1", ["Y", "A"]]],
    ],
    "goal": [["1", ["A", "Y", "A"]], ["-1", ["A"]]],
    "cofactors": [["1", [], 0, []], ["-1", ["A"], 1, []]],
}


def certificate(**changes):
    """Return the good certificate with some fields replaced."""
    return {**copy.deepcopy(GOOD), **changes}


def test_accepts_the_format_of_the_design():
    """A certificate as DESIGN.md writes it is accepted."""
    checker.check(GOOD)


BAD = {
    "format": (certificate(format="other/1"), "format"),
    "method": (certificate(method="magic"), "the method is unknown"),
    "sum": (certificate(cofactors=[["1", [], 0, []]]), "do not sum"),
    "sign": (certificate(cofactors=[["1", [], 0, []], ["1", ["A"], 1, []]]), "do not sum"),
    "coefficient": (certificate(cofactors=[["2", [], 0, []], ["-1", ["A"], 1, []]]), "do not sum"),
    "decimal": (certificate(cofactors=[["1.0", [], 0, []]]), "no rational"),
    "exponent": (certificate(cofactors=[["1e99999999", [], 0, []]]), "no rational"),
    "zero denominator": (certificate(cofactors=[["1/0", [], 0, []]]), "no rational"),
    "endless number": (certificate(cofactors=[["1" * 5000, [], 0, []]]), "no rational"),
    "negative index": (certificate(cofactors=[["1", [], -2, []]]), "negative hypothesis"),
    "index too large": (certificate(cofactors=[["1", [], 9, []]]), "malformed"),
    "a transpose of another shape": (certificate(cofactors=[["1", [], 2, []]]), "malformed: KeyError 'X'"),
    "unknown symbol": (certificate(goal=[["1", ["Q"]]]), "malformed: KeyError 'Q'"),
    "shapes of a word": (certificate(goal=[["1", ["A", "A"]]]), "do not compose"),
    "shapes of terms": (certificate(goal=[["1", ["A"]], ["1", ["X"]]]), "must have one shape"),
    "shape of a part": (certificate(cofactors=[["1", ["X"], 0, []]]), "cannot sum to a goal of shape"),
    "left does not compose": (certificate(cofactors=[["1", ["A"], 0, []]]), "do not compose"),
    "empty word without size": (certificate(goal=[["1", []]]), "must carry its size"),
    "adjoint of wrong shape": (certificate(adjoints=[["A", "Y"], ["A'", "A"]]), "cannot be adjoint"),
    "two adjoints": (certificate(adjoints=[["A", "A'"], ["A", "X"]]), "cannot be adjoint"),
    "bad shape": (certificate(symbols={"A": ["m"]}), "bad shape"),
    "a shape that is no list": (certificate(symbols={**GOOD["symbols"], "A": "mn"}), "malformed: KeyError 'A'"),
    "a scalar with a transpose": (
        certificate(adjoints=[["A", "A'"], ["c", "d"]], symbols={**GOOD["symbols"], "d": ["1", "1"]}),
        "adjoint",
    ),
    "trace of a rectangle": (certificate(goal=[["1", [["A"]], "1"]]), "do not compose"),
    "not an object": (certificate(symbols=[]), "malformed"),
    "no goal": ({k: v for k, v in GOOD.items() if k != "goal"}, "malformed"),
    "no parts": (certificate(method="all", parts=[]), "nothing to check"),
    "a bad part": (certificate(method="all", parts=[GOOD, certificate(cofactors=[])]), "do not sum"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD.keys())
def test_refuses_with_a_reason(data, reason):
    """Each rule of the checker has a certificate that breaks it, and only it."""
    with pytest.raises(checker.Refused, match=reason):
        checker.check(data)


def rank(**changes):
    """Return a rank certificate: A X has rank at most n, because A stands left of X."""
    data = {"method": "rank", "goal": [["1", ["A", "X"]]], "cofactors": [], "factors": [[["1", ["A"]]], [["1", ["X"]]]]}
    return certificate(**{**data, "bound": "n", **changes})


def test_rank_accepts_a_size_between_factors_and_a_factor():
    """The rank of a product is at most each size inside it, and at most the rank of each factor."""
    checker.check(rank())
    checker.check(rank(bound=[["1", ["X"]]]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rank(bound="m"), "bound is not met"),
        (rank(bound="1"), "bound is not met"),
        (rank(bound=[["1", ["A'"]]]), "bound is not met"),
        (rank(factors=[[["1", ["X"]]], [["1", ["X"]]]]), "do not compose"),
        (rank(factors=[[["2", ["A"]]], [["1", ["X"]]]]), "do not sum"),
        (rank(factors=[[["1", ["A"]]], [["1", ["c"], "1"]], [["1", ["X"]]]], bound="1"), "do not compose"),
    ],
)
def test_rank_refuses(data, reason):
    """A bound that the factors do not pass through is refused; a scalar between them is no bottleneck."""
    with pytest.raises(checker.Refused, match=reason):
        checker.check(data)


def descent(weight="2", square=(("1", ("A",)),), goal=(("-2", (("A", "A'"),), "1"),)):
    """Return a descent certificate: -2 tr(A A') never rises above zero."""
    data = {"goal": json.loads(json.dumps(goal)), "squares": [[weight, json.loads(json.dumps(square))]]}
    return certificate(method="descent", cofactors=[], **data)


def test_descent_accepts_minus_a_sum_of_squares():
    """The goal plus positive multiples of tr(Q Q') vanishes."""
    checker.check(descent())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (descent(weight="-2"), "must be positive"),
        (descent(weight="0"), "must be positive"),
        (descent(weight="1"), "do not sum"),
        (descent(goal=(("2", (("A", "A'"),), "1"),)), "do not sum"),
        (descent(square=(("1", ("X",)),)), "malformed: KeyError 'X'"),
    ],
)
def test_descent_refuses(data, reason):
    """A square of weight zero or less, or another sum, is refused."""
    with pytest.raises(checker.Refused, match=reason):
        checker.check(data)


def test_cancellation():
    """A'A = 0 gives A = 0; the cofactors must sum to the squared norm of the goal, not to the goal."""
    zero_gram = {"hypotheses": [[["1", ["A'", "A"]]]], "goal": [["1", ["A"]]], "cofactors": [["1", [], 0, [], []]]}
    checker.check(certificate(method="cancellation", **zero_gram))
    with pytest.raises(checker.Refused, match="cannot sum to a goal of shape"):
        checker.check(certificate(**zero_gram))
    with pytest.raises(checker.Refused, match="do not sum"):
        checker.check(certificate(method="cancellation", **{**zero_gram, "cofactors": []}))


def test_scalars_and_traces_commute():
    """A trace may be rotated and transposed, a scalar stands anywhere, and tr(I) is the declared size."""
    base = {"symbols": {**GOOD["symbols"], "X'": ["m", "n"]}, "adjoints": [["A", "A'"], ["X", "X'"]]}
    goal = [["1", ["c", ["A", "X"]], "1"], ["-1", [["X", "A"], "c"], "1"]]
    checker.check(certificate(**base, goal=goal, cofactors=[], hypotheses=[]))
    transposed = [["1", [["A", "A'", "A", "X"]], "1"], ["-1", [["X'", "A'", "A", "A'"]], "1"]]
    checker.check(certificate(**base, goal=transposed, cofactors=[], hypotheses=[]))
    inverse = [[["1", ["X", "A"]], ["-1", [], "n"]]]
    traced = [["1", [["A", "X"]], "1"], ["-1", ["n"], "1"]]
    checker.check(certificate(**base, goal=traced, hypotheses=inverse, cofactors=[["1", [], 0, [], []]]))
    with pytest.raises(checker.Refused, match="do not sum"):
        checker.check(certificate(**base, goal=[goal[0], ["-1", [["X", "A", "X", "A"], "c"], "1"]], cofactors=[]))


def test_a_one_by_one_product_is_a_scalar():
    """x'y = y'x, and it commutes with every word; x y' is no scalar."""
    symbols = {"x": ["n", "1"], "x'": ["1", "n"], "y": ["n", "1"], "y'": ["1", "n"], "W": ["m", "n"]}  # one sample
    adjoints = [["x", "x'"], ["y", "y'"]]
    base = {"symbols": symbols, "adjoints": adjoints, "hypotheses": [], "cofactors": []}
    checker.check(certificate(**base, goal=[["1", ["x", "x'", "y"]], ["-1", ["x", "y'", "x"]]]))
    checker.check(certificate(**base, goal=[["1", ["W", "x", "x'", "y"]], ["-1", [["y'", "x"], "W", "x"]]]))
    with pytest.raises(checker.Refused, match="do not sum"):
        checker.check(certificate(**base, goal=[["1", ["x", "y'"]], ["-1", ["y", "x'"]]]))


def test_a_size_is_not_a_trace():
    """tr(I_A) for a size called A is not tr(A) for a matrix called A."""
    data = certificate(
        symbols={"A": ["A", "A"], "K": ["A", "A"]},
        adjoints=[["A", "A"], ["K", "K"]],
        hypotheses=[[["1", ["K"]], ["-1", [], "A"]]],
        goal=[["1", [["K"]], "1"], ["-1", [["A"]], "1"]],
        cofactors=[["1", [], 0, [], []]],
    )
    with pytest.raises(checker.Refused, match="a size A scalar"):
        checker.check(data)


def every_certificate():
    """Return the certificates of theorems from every file of proofs/."""
    return [(node, prove(theorem).certificate) for node, theorem in library().items()]


CERTIFICATES = every_certificate()


@pytest.mark.parametrize(("node", "found"), CERTIFICATES, ids=[node for node, _ in CERTIFICATES])
def test_every_theorem_has_a_certificate_that_a_second_reading_confirms(node, found, second_reading):
    """The checker accepts it, and it holds when multiplied out at exact random matrices."""
    assert found.check()
    assert second_reading(found.data)


def test_runs_alone(tmp_path):
    """The file needs nothing but the standard library: it runs isolated, from another folder, on a path."""
    alone = tmp_path / "alone.py"
    alone.write_text(Path(checker.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    good, bad, torn = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "torn.json"
    good.write_text(json.dumps(GOOD))
    bad.write_text(json.dumps(certificate(cofactors=[])))
    torn.write_text(json.dumps(GOOD)[:50])
    for path, status, word in (
        (good, 0, "accepted"),
        (bad, 1, "refused"),
        (torn, 1, "refused"),
        (tmp_path, 1, "refused"),
    ):
        for flags in (["-I"], ["-I", "-O"]):
            run = subprocess.run([sys.executable, *flags, str(alone), str(path)], capture_output=True, text=True)
            assert run.returncode == status
            assert run.stdout.startswith(word)
            assert run.stderr == ""


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a": ' * 50_000, "null", "3", '"x"', "[]", "{}", "\x00", "{'format': 1}"],
    ids=range(9),
)
def test_hostile_json_is_refused(tmp_path, text):
    """Deep nesting, other types and broken text are refused without a traceback."""
    path = tmp_path / "hostile.json"
    path.write_text(text)
    assert checker.main([str(path)]) == 1


def test_work_is_bounded():
    """A certificate that multiplies long polynomials beyond the budget is refused, not run for hours."""
    long = [["1", ["A", "X"] * k] for k in range(1, 400)]
    data = certificate(hypotheses=[long], goal=long, cofactors=[["1", [], 0, []]] * 2000)
    with pytest.raises(checker.Refused, match="too much work"):
        checker.check(data)
