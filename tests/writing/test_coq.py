"""Certificates as Coq files: text that names cannot break, and theorems that coqc closes or refuses."""

import copy
import json
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
from tptheory.writing.coq import exported, library, refusal

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
BOTH = {"format": MOVED["format"], "theorem": "two", "method": "all", "parts": [MOVED, SQUARES]}
UP = {
    "format": "tptheory-certificate/1",
    "theorem": "Two sequences of one rule that start alike are the same; and so are their products with V, of any rank",
    "method": "induction",
    "symbols": {
        "W[k]": ["n[k]", "n[k-1]"], "W[k]'": ["n[k-1]", "n[k]"],
        "V[k]": ["n[k-1]", "n[k]"], "V[k]'": ["n[k]", "n[k-1]"],
        "x[k]": ["n[k]", "m"], "x[k]'": ["m", "n[k]"],
        "u[k]": ["n[k]", "m"], "u[k]'": ["m", "n[k]"],
        "S[k]": ["n[k]", "n[k]"], "c[k]": [],
    },
    "adjoints": [["W[k]", "W[k]'"], ["V[k]", "V[k]'"], ["x[k]", "x[k]'"], ["u[k]", "u[k]'"], ["S[k]", "S[k]"]],
    "hypotheses": [
        [[["1", ["x[0]"]], ["-1", ["u[0]"]]], "0", "0"],
        [[["1", ["x[k]"]], ["-1", ["c[k]", "W[k]", "x[k-1]"]]], "1", "L"],
        [[["1", ["u[k]"]], ["-1", ["c[k]", "W[k]", "u[k-1]"]]], "1", "L"],
        [[["1", ["V[k]", "S[k]"]], ["-1", ["V[k]"]]], "-9", "L+9"],
    ],
    "reasons": ["a start", "a rule", "the same rule", "a projection"],
    "parts": [
        [[["-1", ["u[k]"]], ["1", ["x[k]"]]], "0", "L", [
            ["0", "", {"method": "identity", "left": 1, "indices": ["0"], "uses": [[0, "0"]],
                       "cofactors": [["1", [], 0, []]]}],
            ["l+1", "l", {"method": "identity", "left": 1, "indices": ["l", "l+1"],
                          "uses": [[1, "l+1"], [2, "l+1"], [4, "l"]],
                          "cofactors": [["1", [], 0, []], ["-1", [], 1, []], ["1", ["c[l+1]", "W[l+1]"], 2, []]]}],
        ]],
        [[["1", ["V[k]'", "x[k-1]"]], ["-1", ["S[k]", "V[k]'", "u[k-1]"]]], "1", "L", [
            ["l", "", {"method": "identity", "indices": ["l", "l-1"], "uses": [[4, "l-1"], [3, "l"]],
                       "cofactors": [["1", ["V[l]'"], 0, []], ["-1", [], 3, ["u[l-1]"]]]}],
        ]],
        [[["1", ["V[k]", "x[k]", "x[0]'"]]], "L", "L", [
            ["l", "", {"method": "rank", "factors": [[["1", ["V[l]"]]], [["1", ["x[l]", "x[0]'"]]]], "bound": "n[l]",
                       "indices": ["l", "0", "l-1"], "uses": [], "cofactors": []}],
        ]],
    ],
}  # fmt: skip
DOWN = {
    "format": "tptheory-certificate/1",
    "theorem": "What is 0 at the last layer, and is fed back by a rule, is 0 everywhere",
    "method": "induction",
    "symbols": {"W[k]": ["n[k]", "n[k-1]"], "W[k]'": ["n[k-1]", "n[k]"], "d[k]": ["n[k]", "1"], "d[k]'": ["1", "n[k]"]},
    "adjoints": [["W[k]", "W[k]'"], ["d[k]", "d[k]'"]],
    "hypotheses": [[[["1", ["d[L]"]]], "L", "L"], [[["1", ["d[k]"]], ["-1", ["W[k+1]'", "d[k+1]"]]], "0", "L-1"]],
    "parts": [
        [[["1", ["d[k]"]]], "0", "L", [
            ["L", "", {"method": "identity", "indices": ["L"], "uses": [[0, "L"]], "cofactors": [["1", [], 0, []]]}],
            ["l", "l+1", {"method": "identity", "indices": ["l", "l+1"], "uses": [[1, "l"], [2, "l+1"]],
                          "cofactors": [["1", [], 0, []], ["1", ["W[l+1]'"], 1, []]]}],
        ]],
        [[["1", ["d[L-1]"]]], "0", "0", [
            ["l", "", {"method": "identity", "indices": ["L-1"], "uses": [[2, "L-1"]],
                       "cofactors": [["1", [], 0, []]]}],
        ]],
    ],
}  # fmt: skip
RANKS = [RANK, RANK | {"bound": [["1", ["C"]]]}, RANK | {"bound": [["1", ["B"]]]}]
ACCEPTED = [MOVED, SPLIT, SQUARES, DESCENT, *RANKS, BOTH, UP, DOWN]


def small(**changes):
    """Return a small certificate, changed."""
    return copy.deepcopy(MOVED) | changes


def put(data, *path, to):
    """Return a copy of a certificate with one entry replaced."""
    data = copy.deepcopy(data)
    *way, last = path
    inner = data
    for step in way:
        inner = inner[step]
    inner[last] = to
    return data


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


def test_a_theorem_about_layers_is_stated_as_a_mathematician_would():
    """Families, laws in their ranges but at no index below 0, and all goals in one theorem for L layers."""
    assert Certificate(UP).check()
    stated = text_of(UP).rpartition("Theorem ")[2].partition(".\nProof")[0]
    assert " ".join(stated.split()) == (
        "c0_1 : forall (R : realFieldType) (L : nat) (n : nat -> nat) (m : nat) "
        "(W : forall k : nat, 'M[R]_(n k, n k.-1)) (V_ : forall k : nat, 'M[R]_(n k.-1, n k)) "
        "(x : forall k : nat, 'M[R]_(n k, m)) (u : forall k : nat, 'M[R]_(n k, m)) "
        "(S_ : forall k : nat, 'M[R]_(n k, n k)) (c : nat -> R) , (0 < L)%N -> "
        "(forall k : nat, (S_ k)^T = S_ k) -> "
        "(x 0%N = u 0%N :> 'M[R]_(n 0%N, m)) -> (* a start *) "
        "(forall k : nat, (1 <= k <= L)%N -> x k = (c k) *: (W k *m x k.-1) :> 'M[R]_(n k, m)) -> (* a rule *) "
        "(forall k : nat, (1 <= k <= L)%N -> u k = (c k) *: (W k *m u k.-1) :> 'M[R]_(n k, m)) -> (* the same rule *) "
        "(forall k : nat, (1 <= k <= L + 9)%N -> V_ k *m S_ k = V_ k :> 'M[R]_(n k.-1, n k)) -> (* a projection *) "
        "(forall k : nat, (k <= L)%N -> - (u k) = - (x k) :> 'M[R]_(n k, m)) /\\ "
        "(forall k : nat, (1 <= k <= L)%N -> (V_ k)^T *m x k.-1 = S_ k *m (V_ k)^T *m u k.-1 :> 'M[R]_(n k, m)) /\\ "
        r"((\rank (V_ L *m x L *m (x 0%N)^T : 'M[R]_(n L.-1, n 0%N))%R <= n L)%N)"
    )


def test_several_theorems_of_one_certificate_are_one_conjunction():
    """The parts of "all" are theorems, and so is that they all hold; the end asks for it too."""
    assert "\nDefinition c0_all := (conj (@c0_1) (@c0_2)).\nDefinition everything" in text_of(BOTH)
    assert "  let _ := @c0_all in\n" in text_of(BOTH)


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


@pytest.mark.parametrize("name", [HOSTILE, "x. Axiom cheat : False. Variable y", "forall", "L", "k", "n", "𝔸", ""])
def test_names_of_families_cannot_inject(name):
    """Whatever a family is called, the same text is written but for identifiers."""
    written = json.dumps(UP, ensure_ascii=False).replace('"x[', json.dumps(name)[:-1] + "[")
    data = json.loads(written) | {"theorem": name, "reasons": [name] * 4}
    text = text_of(data)
    assert "Axiom cheat" not in re.sub(r"\(\*[^*\n]*\*\)", "", text)
    assert '"' not in text
    assert len(re.findall(r"\.$", text, re.MULTILINE)) == len(re.findall(r"\.$", text_of(UP), re.MULTILINE))


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"method": "magic"}, UnsupportedExpressionError, "no certificate of the method 'magic'"),
        ({"method": "induction"}, InvalidFileError, "malformed"),
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


def itself(symbol, first, last):
    """Return a part of an induction that says that a symbol is what it is, which is said of any index."""
    shown = {"method": "identity", "indices": ["l"], "uses": [], "cofactors": []}
    return [[["1", [symbol]], ["-1", [symbol]]], first, last, [["l", "", shown]]]


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        (put(DOWN, "parts", 1, to=itself("d[L-2]", "1", "L")), UnsupportedExpressionError, "no index below 0"),
        (put(UP, "parts", 1, to=itself("x[k-1]", "0", "L")), UnsupportedExpressionError, "no index below 0"),
        (put(UP, "parts", 1, to=itself("x[-1]", "L", "L")), UnsupportedExpressionError, "no index below 0"),
        (put(UP, "parts", 1, 3, 0, 2, "uses", 1, to=[3, "l-1"]), UnsupportedExpressionError, "no index l-2"),
        (put(UP, "parts", 1, 3, 0, 2, "uses", 1, to=[3, "L-1"]), UnsupportedExpressionError, "nothing at L-1"),
        (put(UP, "parts", 0, 3, 1, 2, "method", to="descent"), InvalidFileError, "not shown to be 0"),
        (put(UP, "parts", 0, 2, to="L+1"), InvalidFileError, "may lie outside"),
    ],
)
def test_what_cannot_be_said_of_layers_is_refused(data, error, match):
    """An index below 0, which Coq would read as 0, and an inequality in the place of an equation."""
    with pytest.raises(error, match=match):
        text_of(data)


def test_every_stored_certificate_is_written():
    """All methods are exported, and nothing that is stored is left out."""
    certificates = [Certificate.load(p) for p in sorted(STORED.glob("*.json"))]
    certificates = [c for c in certificates if "method" in c.data]
    assert len(certificates) > 200
    assert {c.data["method"] for c in certificates} >= {"all", "induction", "identity"}
    assert not [c.theorem for c in certificates if refusal(c)]


def test_the_command_writes_a_file_and_names_what_it_leaves_out(tmp_path):
    """Status 0 if all is written, 3 if something is left out, 2 if nothing can be; the file says so too."""
    whole, part = STORED / "reverse_order.clines_formula.json", tmp_path / "large.json"
    part.write_text(json.dumps(small(goal=[["99999", ["A'"]]], left=1)), encoding="utf-8")
    run, out = CliRunner(), tmp_path / "it.v"
    assert run.invoke(app, ["export", "coq", str(whole), "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith(library())
    done = run.invoke(app, ["export", "coq", str(whole), str(part)])
    assert done.exit_code == 3
    assert "not exported: large: A number of a statement must be at most 10000 for Coq (got 99999)." in done.output
    assert "(* Not in this file: large: A number of a statement" in done.output
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


def tampered_inductions():
    """Run through inductions that prove nothing: a base, a range, an index, a direction, a law, a cofactor changed."""
    base, step = UP["parts"][0][3]
    yield put(UP, "parts", 0, 3, 0, 0, to="1")
    yield put(UP, "parts", 0, 1, to="1")
    yield put(UP, "parts", 0, 2, to="L+1")
    yield put(UP, "parts", 0, 3, 1, slice(0, 2), to=["l", "l+1"])
    yield put(UP, "parts", 0, 3, to=[step, base])
    yield put(UP, "parts", 0, 3, to=[["l", "", step[2]]])
    yield put(UP, "parts", 0, 3, 1, 2, "uses", 0, to=[1, "l"])
    yield put(UP, "parts", 0, 3, 1, 2, "uses", 2, to=[4, "l+1"])
    yield put(UP, "parts", 0, 3, 1, 2, "uses", 1, to=[1, "l+1"])
    yield put(UP, "parts", 0, 3, 1, 2, "cofactors", 2, 0, to="-1")
    yield put(UP, "hypotheses", 0, slice(1, 3), to=["L", "L"])
    yield put(UP, "hypotheses", 1, 1, to="2")
    yield put(UP, "hypotheses", 1, 2, to="L-1")
    yield put(UP, "hypotheses", 3, 2, to="L-1")
    yield put(UP, "parts", 1, 1, to="0")
    yield put(UP, "parts", 1, 3, 0, 2, "uses", 0, to=[5, "l-1"])
    yield put(UP, "parts", slice(0, 2), to=UP["parts"][1::-1])
    yield put(UP, "symbols", to=UP["symbols"] | {"S[k]'": ["n[k]", "n[k]"]}) | {
        "adjoints": [*UP["adjoints"][:4], ["S[k]", "S[k]'"]]
    }
    yield put(DOWN, "parts", 0, 3, 0, 0, to="L-1")
    yield put(DOWN, "parts", 0, 3, 1, slice(0, 2), to=["l+1", "l"])
    yield put(DOWN, "hypotheses", 1, 1, to="1")
    yield put(DOWN, "hypotheses", 1, 2, to="L-2")
    yield put(DOWN, "parts", 1, 3, 0, 2, "uses", 0, to=[2, "L"])


@pytest.mark.parametrize("data", [*tampered(), *tampered_inductions()])
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
@pytest.mark.parametrize(
    "lemma", ["Lemma by_probe", "Lemma cut_like", "Theorem c1_1", "Lemma upward", "Lemma c2_1_goal2"]
)
def test_what_is_admitted_anywhere_is_told(lemma, tmp_path):
    """The closing line sees through to every theorem and to the library: an admitted proof is no closed one."""
    before, after = exported({f"c{i}": Certificate(data) for i, data in enumerate([MOVED, SPLIT, UP])}).split(lemma, 1)
    accepted, said = compiled(tmp_path, before + lemma + after.replace("Qed.", "Admitted.", 1))
    assert not accepted
    assert not said


@pytest.fixture(scope="module")
def opening(tmp_path_factory):
    """Return a folder in which the library is compiled, and what a file begins with that needs it."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "reflection.v").write_text(library(), encoding="utf-8")
    subprocess.run([coqc, "-w", "none", "-R", ".", "", "reflection.v"], cwd=folder, check=True, capture_output=True)
    lines = re.findall(r"^(?:From|Set|Import|Local Open) .*\n", library(), re.MULTILINE)
    return folder, "".join(lines) + "Require Import reflection.\n"


@pytest.mark.slow
@needs_coqc
def test_coq_refuses_every_tampered_certificate(opening):
    """A coefficient, a word, an index, a sign changed, a hypothesis, a square, a case or a cofactor dropped."""
    folder, header = opening
    assert compiled(folder, header + text_of(MOVED))[0]
    for number, data in enumerate(tampered()):
        accepted, said = compiled(folder, header + text_of(data))
        assert not accepted, number
        assert "erefl true" in said, said


@pytest.mark.slow
@needs_coqc
def test_coq_refuses_every_tampered_induction(opening, monkeypatch):
    """It does so by itself: the first judge, which reads indices for the export too, is made to let all pass."""
    folder, header = opening
    for judgement in ("require", "covered"):
        monkeypatch.setattr(checker, judgement, lambda *_: True)
    assert all(compiled(folder, header + text_of(data))[0] for data in (UP, DOWN))
    judged = [data for data in tampered_inductions() if not refusal(Certificate(data))]
    assert len(judged) == 18
    for number, data in enumerate(judged):
        accepted, said = compiled(folder, header + text_of(data))
        assert not accepted, number
        assert "erefl true" in said or "Cannot apply lemma" in said or "No assumption" in said, said


@pytest.mark.slow
@needs_coqc
@pytest.mark.parametrize("share", range(SHARES))
def test_coq_closes_all_stored_certificates(share, tmp_path):
    """Coq accepts all of proofs/."""
    paths = [p for p in sorted(STORED.glob("*.json")) if "method" in Certificate.load(p).data]
    certificates = {p.stem: Certificate.load(p) for p in paths[share::SHARES]}
    accepted, said = compiled(tmp_path, exported(certificates))
    assert accepted, said
