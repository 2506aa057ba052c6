"""The reasons in a stored certificate prove nothing: whatever they are, each door shows what the claim itself says."""

import json
import re
from pathlib import Path

import pytest

from tptheory import Certificate

FILE = '''"""What do stored reasons change?"""

from tptheory.preamble import *

A = MatrixSymbol("A", *symbols("m n"))
CLAIMS = {
    "identity": lambda: Equal(matmul(A, Pinv(A)), Identity(A.rows), given=[full_row_rank(A)]),
    "descent": lambda: NonNegative(matmul(A, A.T)),
    "rank": lambda: RankAtMost(BP.update(two, 1), 1),
    "all": lambda: [Equal(matmul(A, Pinv(A), A), A), Equal(matmul(Pinv(A), A, Pinv(A)), Pinv(A))],
    "induction": lambda: at_every_layer(Equal(deep.activation(l), matmul(deep.product(l, 1), deep.input))),
    "count": lambda: LawCount(BP, (1, 1, 1), number=1),
}


def named(kind, number):
    """Return a theorem of one kind of certificate."""

    def function():
        """By definition."""
        return CLAIMS[kind]()

    function.__name__ = f"{kind}_{number}"
    return theorem(f"True, {kind} {number}")(function)


kinds = [*CLAIMS]
for number in range(NUMBER):
    kind = kinds[number % 6]
    globals()[f"{kind}_{number}"] = named(kind, number)
'''
ODD = [
    *[7, None, True, "given", {"0": ["given"]}, [], [7], [None], ["given"], [{"given": 1}], [[["given"], 1]]],
    [["penrose", 10**900, []]],
    json.loads("[" * 300 + "]" * 300),
    [["given", "x" * 100_000]],
    [["motion", "a\0b\x1b[2J\r\n\x7f\u202e"]],
    [["given", "<script>alert(1)</script> ]]> \\input{/etc/passwd} % & # ~ ^ _ { [link](x) `code"]],
    [["given", "half a pair \ud800"]],
    [["\udfff"]],
    [["given", "$x^2 and $$y$ \\("]],
    [["given"]] * 5000,
    [1.5, float("nan")],
]
"""Reasons that nobody should give; JSON can hold each of them but the last, which makes a file no certificate."""


def with_reasons(data, odd):
    """Return a certificate all of whose proofs, the ones within it too, have these reasons."""
    if isinstance(data, list):
        return [with_reasons(part, odd) for part in data]
    if not isinstance(data, dict):
        return data
    changed = {key: with_reasons(value, odd) for key, value in data.items()}
    return changed | {"reasons": odd} if {"method", "reasons"} & data.keys() else changed


@pytest.fixture
def shown(run, pictures_left_out):
    """Return a function that gives what every door shows of the theorems, once times and folders are left out."""

    def doors():
        explained = json.loads(run("prove", "facts.py", "--explain", "--json").stdout)["theorems"]
        facts = [{key: fact for key, fact in row.items() if key != "seconds"} for row in explained]
        typeset = run("latex", "facts.py", "--standalone").stdout
        with pictures_left_out():
            run("report", "--theorems", "facts.py", "--steps", "0")
        pages = [Path("report", name).read_text(encoding="utf-8") for name in ("report.html", "report.tex")]
        return facts, typeset, pages

    return doors


def test_no_reasons_change_what_is_shown(run, tmp_path, shown):
    """`prove --explain`, `latex` and `report` show the same of every kind of proof, and fall over none."""
    (tmp_path / "facts.py").write_text(FILE.replace("NUMBER", str(len(ODD))), encoding="utf-8")
    run("prove", "facts.py", "--store")
    facts, *rest = shown()
    paths = sorted((tmp_path / "certificates").iterdir())
    kinds = {path: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    assert len(paths) == len(ODD)
    for path, good in kinds.items():
        odd = ODD[int(re.search(r"_(\d+)\.json", path.name)[1])]
        assert with_reasons(good, odd) != good or odd == []
        path.write_text(json.dumps(with_reasons(good, odd)), encoding="utf-8")
        assert odd is ODD[-1] or Certificate.load(path).check()
    now, *after = shown()
    assert [row | {"recalled": True, "distrusted": ""} for row in now] == [row | {"distrusted": ""} for row in facts]
    assert all(row["recalled"] for row in now if not row["node"].endswith(f"_{len(ODD) - 1}"))
    assert after == rest
