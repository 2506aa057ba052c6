"""Certificates as Coq files: text that names cannot break, and theorems that coqc closes or refuses."""

import copy
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tptheory.cli import app
from tptheory.errors import InvalidFileError, UnsupportedExpressionError
from tptheory.proving import checker
from tptheory.proving.certificate import Certificate
from tptheory.writing.coq import alone, exported, library, refusal

STORED = Path(__file__).parents[2] / "proofs" / "certificates"
HOSTILE = '*) Axiom cheat : False. (* "'
coqc = shutil.which("coqc")
SHARES = 8
"""In how many files all of proofs/ is compiled."""
needs_coqc = pytest.mark.skipif(coqc is None, reason="coqc is not installed")

MOVED = {
    "format": "tptheory-certificate/1",
    "theorem": "A = B C if A D = B C and D = 1/2 I + 1/2 I",
    "method": "identity",
    "symbols": {
        "A": ["m", "n"], "A'": ["n", "m"], "B": ["m", "p"], "B'": ["p", "m"], "C": ["p", "n"], "C'": ["n", "p"],
        "D": ["n", "n"],
    },
    "adjoints": [["A", "A'"], ["B", "B'"], ["C", "C'"], ["D", "D"]],
    "hypotheses": [[["1", ["A", "D"]], ["-1", ["B", "C"]]], [["1", ["D"]], ["-1/2", [], "n"], ["-1/2", [], "n"]]],
    "reasons": ["a product", "half of I twice"],
    "goal": [["1", ["A'"]], ["-1", ["C'", "B'"]]],
    "left": 1,
    "cofactors": [["1", [], 2, []], ["-1", [], 1, ["A'"]]],
}  # fmt: skip
SPLIT = {
    "format": "tptheory-certificate/1",
    "theorem": "A = 0 if x A = 0 and x A = A, as x = 1 or x = 0",
    "method": "cases",
    "symbols": {"A": ["m", "n"], "A'": ["n", "m"], "x": []},
    "adjoints": [["A", "A'"]],
    "hypotheses": [
        [["1", ["x", "A"]]],
        [["1", ["x"], "1"], ["-1", ["x", "x"], "1"]],
        [["1", ["A"]], ["-1", ["x", "A"]]],
    ],
    "reasons": ["a product", "x is a projection", "another"],
    "goal": [["1", ["A"]]],
    "split": [[[["1", ["x"], "1"], ["-1", [], "1"]]], [[["1", ["x"], "1"]]]],
    "cofactors": [["1", [], 1, ["x"]], ["-1", [], 1, ["x", "x"]]],
    "parts": [
        {"method": "identity", "reasons": [], "cofactors": [["1", [], 0, []], ["-1", [], 3, ["A"]]]},
        {"method": "identity", "reasons": [], "cofactors": [["1", [], 2, []], ["1", [], 3, ["A"]]]},
    ],
}
SQUARES = {
    "format": "tptheory-certificate/1",
    "theorem": "A = 0 if tr(A' A) + 2 |B|^2 = 0",
    "method": "cancellation",
    "symbols": {"A": ["m", "n"], "A'": ["n", "m"], "B": ["m", "p"], "B'": ["p", "m"]},
    "adjoints": [["A", "A'"], ["B", "B'"]],
    "hypotheses": [[["1", [["A'", "A"]], "1"], ["2", [["B", "B'"]], "1"]]],
    "reasons": ["a sum of squares"],
    "goal": [["1", ["A"]]],
    "squares": [["2", [["1", ["B'"]]]]],
    "cofactors": [["1", [], 0, []]],
}
DESCENT = SQUARES | {
    "theorem": "-tr(A' A) <= 0",
    "method": "descent",
    "goal": [["-1", [["A'", "A"]], "1"]],
    "hypotheses": [],
    "squares": [["1", [["1", ["A"]]]]],
    "cofactors": [],
}
RANK = MOVED | {
    "theorem": "A D has rank at most p, and at most that of B",
    "method": "rank",
    "goal": [["1", ["A", "D"]]],
    "factors": [[["1", ["B"]]], [["1", ["C"]]]],
    "bound": "p",
    "cofactors": [["1", [], 0, []]],
}
ACCEPTED = [MOVED, SPLIT, SQUARES, DESCENT, RANK, RANK | {"bound": [["1", ["C"]]]}, RANK | {"bound": [["1", ["B"]]]}]


def small(**changes):
    """Return a small certificate, changed."""
    return copy.deepcopy(MOVED) | changes


def text_of(*certificates):
    """Return what is written after the library."""
    return exported({f"c{i}": Certificate(data) for i, data in enumerate(certificates)}).removeprefix(library())


def statement(text):
    """Return the last theorem that is stated, on one line."""
    return " ".join(re.findall(r"Theorem ([^:]*:.*?)\.\nProof", text, re.DOTALL)[-1].split())


def compiled(folder, text):
    """Run coqc on a file, and return whether it accepts it and what it says."""
    (folder / "it.v").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [coqc, "-w", "none", "-R", ".", "", "it.v"], cwd=folder, capture_output=True, text=True, timeout=450
    )
    return done.returncode == 0 and done.stdout.strip().endswith("Closed under the global context"), done.stderr


def test_a_theorem_is_stated_as_a_mathematician_would():
    """Hypotheses are equations between products, what is symmetric is one of them, reasons are comments."""
    assert Certificate(MOVED).check()
    assert statement(text_of(MOVED)) == (
        "c0_1 : D^T = D -> A *m D = B *m C :> 'M[R]_(m, n) -> (* a product *) "
        "D = (1 / 2%:R) *: 1%:M + (1 / 2%:R) *: 1%:M :> 'M[R]_(n, n) -> (* half of I twice *) "
        "A^T = C^T *m B^T :> 'M[R]_(n, m)"
    )


def test_nothing_is_assumed_and_the_end_says_so():
    """The library admits nothing, and the file asks Coq what it rests on."""
    assert not re.search(r"\b(Admitted|admit|Axiom|Parameter|Conjecture|Abort|bypass_check)\b", library())
    text = exported({"a": Certificate(MOVED), "b": Certificate(MOVED)})
    uses = "  let _ := @a_1 in\n  let _ := @b_1 in\n"
    assert text.endswith(f"Definition everything : True :=\n{uses}  I.\nPrint Assumptions everything.\n")
    assert text == exported({"a": Certificate(MOVED), "b": Certificate(MOVED)})


@pytest.mark.parametrize("name", [HOSTILE, "x. Axiom cheat : False. Variable y", "forall", "holds", "R", "𝔸", "", '"'])
def test_names_cannot_inject(name):
    """Whatever a symbol, a size, a theorem or a reason is called, the same text is written but for identifiers."""

    def renamed(item):
        if isinstance(item, list):
            return [renamed(x) for x in item]
        return {"A": name, "n": f"{name} n"}.get(item, item) if isinstance(item, str) else item

    data = {key: renamed(value) for key, value in small().items() if key != "symbols"}
    data["symbols"] = {renamed(a): renamed(shape) for a, shape in MOVED["symbols"].items()}
    text = text_of(data | {"theorem": name, "reasons": [name, name]})
    bare = re.sub(r"\(\*[^*\n]*\*\)", "", text)
    assert "Axiom cheat" not in bare
    assert '"' not in text
    assert text.count("(*") == text.count("*)") <= 3
    assert len(re.findall(r"\.$", text, re.MULTILINE)) == len(re.findall(r"\.$", text_of(MOVED), re.MULTILINE))


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"method": "induction"}, UnsupportedExpressionError, "no certificate of the method 'induction'"),
        ({"goal": [["99999", ["A'"]]], "left": 1}, UnsupportedExpressionError, "at most 10000 for Coq"),
        ({"symbols": {"A": ["m", "99999999"]}, "adjoints": []}, UnsupportedExpressionError, "A size must be at most"),
        ({"cofactors": [["1", [], -1, []]]}, InvalidFileError, "-1 is no hypothesis"),
        ({"cofactors": [["1", [], 9, []]]}, InvalidFileError, "malformed"),
        ({"goal": [["x", ["A'"]]]}, InvalidFileError, "malformed"),
        ({"goal": [["1", ["?"]]]}, InvalidFileError, "malformed"),
        ({"hypotheses": 3}, InvalidFileError, "malformed"),
    ],
)
def test_what_cannot_be_said_is_refused(change, error, match):
    """An induction, a number too large for a statement and a malformed certificate are refused, never weakened."""
    with pytest.raises(error, match=match):
        text_of(small(**change))


def test_every_stored_certificate_is_written_or_refused_by_name():
    """All methods but induction are exported."""
    certificates = [Certificate.load(p) for p in sorted(STORED.glob("*.json"))]
    certificates = [c for c in certificates if "method" in c.data]
    assert len(certificates) > 150
    for c in certificates:
        inductive = any(part["method"] == "induction" for part in alone(c.data))
        assert refusal(c) == ("Coq is given no certificate of the method 'induction'." if inductive else "")


def test_the_command_writes_a_file_and_names_what_it_leaves_out(tmp_path):
    """Status 0 if all is written, 3 if something is left out, 2 if nothing can be; the file says so too."""
    whole, part = STORED / "reverse_order.clines_formula.json", STORED / "balancedness.bp_balance.json"
    run, out = CliRunner(), tmp_path / "it.v"
    assert run.invoke(app, ["export", "coq", str(whole), "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith(library())
    done = run.invoke(app, ["export", "coq", str(whole), str(part)])
    assert done.exit_code == 3
    assert (
        "not exported: balancedness.bp_balance: Coq is given no certificate of the method 'induction'." in done.output
    )
    assert "(* Not in this file: balancedness.bp_balance: Coq is given" in done.output
    assert run.invoke(app, ["export", "coq", str(part)]).exit_code == 2


def tampered():
    """Run through certificates that are false, or that prove nothing."""
    halves = [["1", ["D"]], ["-1/2", [], "n"], ["-1/3", [], "n"]]
    yield small(cofactors=[["2", [], 2, []], ["-1", [], 1, ["A'"]]])
    yield small(cofactors=[["1", [], 2, []], ["-1", [], 1, ["C'", "B'"]]])
    yield small(cofactors=[["1", [], 0, []], ["-1", [], 1, ["A'"]]])
    yield small(cofactors=[["1", [], 2, []]])
    yield small(hypotheses=[MOVED["hypotheses"][0], halves])
    yield small(hypotheses=MOVED["hypotheses"][:1], cofactors=[["1", [], 1, []]])
    yield small(goal=[["1", ["A'"]], ["1", ["C'", "B'"]]])
    plain = {"adjoints": MOVED["adjoints"][:3], "cofactors": [["1", [], 2, []], ["-1", [], 1, ["A'"]]]}
    yield small(**plain, symbols=MOVED["symbols"] | {"D'": ["n", "n"]}) | {
        "adjoints": [*plain["adjoints"], ["D", "D'"]]
    }
    yield SPLIT | {"split": SPLIT["split"][:1], "parts": SPLIT["parts"][:1]}
    yield SPLIT | {"cofactors": SPLIT["cofactors"][:1]}
    yield SPLIT | {"parts": [SPLIT["parts"][0], SPLIT["parts"][0]]}
    yield SQUARES | {"squares": [["-2", [["1", ["B'"]]]]]}
    yield SQUARES | {"squares": []}
    yield SQUARES | {"hypotheses": [[["1", [["A'", "A"]], "1"], ["-2", [["B", "B'"]], "1"]]]}
    yield SQUARES | {
        "hypotheses": [[["1", [["A'", "A"]], "1"], ["-2", [["B", "B'"]], "1"]]],
        "squares": [["-2", [["1", ["B'"]]]]],
    }
    yield DESCENT | {"goal": [["1", [["A'", "A"]], "1"]]}
    yield DESCENT | {"goal": [["1", [["A'", "A"]], "1"]], "squares": [["-1", [["1", ["A"]]]]]}
    yield RANK | {"factors": [[["1", ["B"]]], [["2", ["C"]]]]}
    yield RANK | {"cofactors": []}


@pytest.mark.parametrize("data", [*tampered()])
def test_the_checker_refuses_what_coq_is_to_refuse(data):
    """The tampered certificates below are false for the first judge too."""
    with pytest.raises(checker.Refused):
        checker.check(data)


@pytest.mark.slow
@needs_coqc
def test_coq_closes_theorems_of_every_method(tmp_path):
    """Identities, ranks, descents, cancellations and cases, in one file, under no assumption."""
    assert all(Certificate(data).check() for data in ACCEPTED)
    accepted, said = compiled(tmp_path, exported({f"c{i}": Certificate(data) for i, data in enumerate(ACCEPTED)}))
    assert accepted, said


@pytest.mark.slow
@needs_coqc
@pytest.mark.parametrize("lemma", ["Lemma by_probe", "Lemma cut_like", "Theorem c1_1"])
def test_what_is_admitted_anywhere_is_told(lemma, tmp_path):
    """The closing line sees through to every theorem and to the library: an admitted proof is no closed one."""
    before, after = exported({f"c{i}": Certificate(data) for i, data in enumerate(ACCEPTED[:2])}).split(lemma, 1)
    accepted, said = compiled(tmp_path, before + lemma + after.replace("Qed.", "Admitted.", 1))
    assert not accepted
    assert not said


@pytest.mark.slow
@needs_coqc
def test_coq_refuses_every_tampered_certificate(tmp_path):
    """A coefficient, a word, an index, a sign changed, a hypothesis, a square, a case or a cofactor dropped."""
    (tmp_path / "reflection.v").write_text(library(), encoding="utf-8")
    subprocess.run([coqc, "-w", "none", "-R", ".", "", "reflection.v"], cwd=tmp_path, check=True, capture_output=True)
    opening = re.findall(r"^(?:From|Set|Import|Local Open) .*\n", library(), re.MULTILINE)
    header = "".join(opening) + "Require Import reflection.\n"
    assert compiled(tmp_path, header + text_of(MOVED))[0]
    for number, data in enumerate(tampered()):
        accepted, said = compiled(tmp_path, header + text_of(data))
        assert not accepted, number
        assert "erefl true" in said, said


@pytest.mark.slow
@needs_coqc
@pytest.mark.parametrize("share", range(SHARES))
def test_coq_closes_all_stored_certificates(share, tmp_path):
    """Coq accepts all of proofs/ that is exported."""
    paths = [p for p in sorted(STORED.glob("*.json")) if "method" in Certificate.load(p).data]
    certificates = {p.stem: Certificate.load(p) for p in paths[share::SHARES]}
    certificates = {name: c for name, c in certificates.items() if not refusal(c)}
    assert certificates
    accepted, said = compiled(tmp_path, exported(certificates))
    assert accepted, said
