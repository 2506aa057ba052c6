"""Certificates as Coq files: text that names cannot break, and theorems that coqc closes or refuses."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from exporting.certificates import (
    ACCEPTED,
    BOTH,
    DOWN,
    MOVED,
    RANK,
    SPLIT,
    UP,
    blocks,
    tampered,
    tampered_inductions,
)
from oracles.format_words import put

from tptheory.certificates import checker
from tptheory.errors import InvalidFileError, UnsupportedExpressionError
from tptheory.exporting.coq import exported, library, refusal

STORED = Path(__file__).parents[2] / "proofs" / "certificates"
HOSTILE = '*) Axiom cheat : False. (* "'
coqc = shutil.which("coqc")
SHARES = 8
"""In how many files all of proofs/ is compiled."""
needs_coqc = pytest.mark.skipif(coqc is None, reason="coqc is not installed")


def stored():
    """Return the certificates of proofs/ by name; counterexamples are none.

    There is one at least: else nothing would be exported, and nothing judged.
    """
    read = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(STORED.glob("*.json"))}
    found = {name: data for name, data in read.items() if data.get("format") == checker.FORMAT and "method" in data}
    assert found
    return found


def text_of(*certificates):
    """Return what is written after the library."""
    return exported({f"c{i}": data for i, data in enumerate(certificates)}).removeprefix(library())


def bare(text):
    """Return a text without comments."""
    return re.sub(r" ?\(\*[^*\n]*\*\)", "", text)


def statement(text):
    """Return the last theorem that is stated, on one line."""
    return " ".join(re.findall(r"Theorem ([^:]*:.*?)\.\nProof", text, re.DOTALL)[-1].split())


def assumed(text):
    """Return the variables and hypotheses of the last section."""
    return re.findall(r"^(?:Hypothesis|Variables?) (.*)$", text[text.rindex("Section Of") :], re.MULTILINE)


def compiled(folder, text):
    """Run coqc on a file, and return whether it accepts it and what it says."""
    (folder / "it.v").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [coqc, "-w", "none", "-R", ".", "", "it.v"], cwd=folder, capture_output=True, text=True, timeout=450
    )
    return done.returncode == 0 and done.stdout.strip().endswith("Closed under the global context"), done.stderr


def test_a_theorem_is_stated_as_a_mathematician_would():
    """Hypotheses are equations between products, what is symmetric is one of them, reasons are comments."""
    text = text_of(MOVED)
    assert statement(text) == (
        "theorem1 : A4^T = A4 -> A1 *m A4 = A2 *m A3 :> 'M[R]_(n1, n2) -> (* a product *) "
        "A4 = (1 / 2%:R) *: 1%:M + (1 / 2%:R) *: 1%:M :> 'M[R]_(n2, n2) -> (* half of I twice *) "
        "A1^T = A3^T *m A2^T :> 'M[R]_(n2, n1)"
    )
    assert "(* n1: m; n2: n; n3: p; A1: A; A2: B; A3: C; A4: D *)" in text


def test_a_theorem_about_layers_is_stated_as_a_mathematician_would():
    """Families have a member at every integer, laws their ranges, and all goals are one theorem for L layers."""
    text = text_of(DOWN)
    assert assumed(text) == [
        "(R : realFieldType) (L : index).",
        "deep : (1 <= L)%index.",
        "n1 : index -> nat.",
        "A1 : forall k : index, 'M[R]_(n1 k, n1 (k - 1)%index).",
        "A2 : forall k : index, 'M[R]_(n1 k, 1).",
        "theorem1_law1 : forall k : index, (L <= k <= L)%index -> A2 k = 0 :> 'M[R]_(n1 k, 1).",
        "theorem1_law2 : forall k : index, (0 <= k <= L - 1)%index -> "
        "A2 k = (member A1 (k + 1)%index (n1 (k + 1)%index) (n1 k))^T *m A2 (k + 1)%index :> 'M[R]_(n1 k, 1).",
    ]
    assert statement(text) == (
        "theorem1 : "
        "(forall k : index, (1 <= k <= L + 1)%index -> A2 (k - 1)%index = 0 :> 'M[R]_(n1 (k - 1)%index, 1)) /\\ "
        "(forall k : index, (0 <= k <= 0)%index -> "
        "((n1 L)%:R) *: A2 (L - 1)%index = 0 :> 'M[R]_(n1 (L - 1)%index, 1))"
    )


def test_a_law_without_ends_is_one_of_every_integer():
    """Where an end is null nothing is assumed of it, of laws and of theorems."""
    text = text_of(UP)
    (projection,) = (line for line in assumed(text) if "(* a projection *)" in line)
    assert projection.startswith("theorem1_law4 : forall k : index, member A2 k (n1 (k - 1)%index) (n1 k) *m A5 k = ")
    assert "(forall k : index, (0 <= k)%index -> A8 k = 0 :> 'M[R]_(n2, 1))" in statement(text)
    assert "(forall k : index, (k <= 2)%index -> A8 (k - 2)%index + " in statement(text)


def test_several_theorems_of_one_certificate_are_one_conjunction():
    """The parts of "all" are theorems, and so is that they all hold; the end asks for it too."""
    assert "\nDefinition theorem1 := (conj (@theorem1_part1) (@theorem1_part2)).\nDefinition everything" in text_of(
        BOTH
    )
    assert "  let _ := @theorem1 in\n" in text_of(BOTH)


def test_nothing_is_assumed_and_the_end_says_so():
    """The library admits nothing, and the file asks Coq what it rests on."""
    assert not re.search(r"\b(Admitted|admit|Axiom|Parameter|Conjecture|Abort|bypass_check)\b", library())
    text = exported({"a": MOVED, "b": MOVED})
    uses = "  let _ := @theorem1 in\n  let _ := @theorem2 in\n"
    assert text.endswith(f"Definition everything : True :=\n{uses}  I.\nPrint Assumptions everything.\n")
    assert text == exported({"a": MOVED, "b": MOVED})


@pytest.mark.parametrize(
    "name", [HOSTILE, "x. Axiom cheat : False. Variable y", "forall", "R", "L", "k", "𝔸", '"', "[k]"]
)
@pytest.mark.parametrize("data", [MOVED, UP])
def test_names_cannot_inject(data, name):
    """Whatever a letter, a size, a theorem or a reason is called, the same text is written but for comments."""

    def renamed(item):
        if isinstance(item, dict):
            return {renamed(key): renamed(value) for key, value in item.items()}
        if isinstance(item, list):
            return [renamed(x) for x in item]
        return {"A": name, "x": name, "n": f"n {name}"}.get(item, item) if isinstance(item, str) else item

    text = text_of(renamed(data) | {"title": name, "reasons": [name] * 4})
    assert bare(text) == bare(text_of({key: value for key, value in data.items() if key != "reasons"}))
    assert '"' not in text
    assert text.count("(*") == text.count("*)")


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        (put(MOVED, "goal", "zero", 0, 0, to="99999"), UnsupportedExpressionError, "at most 10000 for Coq"),
        (put(MOVED, "letters", "A", to=["m", 99999]), UnsupportedExpressionError, "A size must be at most"),
        (put(UP, "letters", "z", to=[99999, 1]), UnsupportedExpressionError, "A size must be at most"),
        (
            put(MOVED, "format", to="tptheory-certificate/1"),
            InvalidFileError,
            "the format must be tptheory-certificate/2",
        ),
        (put(MOVED, "method", to="magic"), InvalidFileError, "the method 'magic' is unknown"),
        (put(MOVED, "method", to="rank"), InvalidFileError, "lacks"),
        (put(MOVED, "method", to="induction"), InvalidFileError, "unknown|lacks"),
        (put(MOVED, "more", to=1), InvalidFileError, "fields that are unknown"),
        (put(MOVED, "cofactors", 0, 2, to=-1), InvalidFileError, "a cofactor names no hypothesis"),
        (put(MOVED, "cofactors", 0, 2, to=9), InvalidFileError, "a cofactor names no hypothesis"),
        (put(MOVED, "goal", "zero", 0, 0, to="x"), InvalidFileError, "is no rational"),
        (put(MOVED, "goal", "zero", 0, 1, to=["?"]), InvalidFileError, "not declared"),
        (put(MOVED, "hypotheses", to=3), InvalidFileError, "must be a list"),
        (put(RANK, "goal", to={"nonpositive": [["1", [], 1]]}), InvalidFileError, "rank cannot show such a goal"),
        (put(UP, "theorems", 0, "cases", 0, "at", to=["", 1]), InvalidFileError, "a base and a step"),
        (put(UP, "theorems", 0, "cases", 0, "uses", 0, 0, to=9), InvalidFileError, "before it is shown"),
        (put(UP, "theorems", 1, "cases", 0, "uses", 0, 0, to=11), InvalidFileError, "not known"),
        (put(UP, "theorems", 0, "cases", 0, "method", to="all"), InvalidFileError, "a case must be a proof"),
        (put(BOTH, "parts", 0, to=BOTH), InvalidFileError, "a part cannot have parts"),
        ([], InvalidFileError, "must be an object"),
    ],
)
def test_what_cannot_be_said_is_refused(data, error, match):
    """A number too large for a statement, what is not understood and what is malformed is refused, never weakened."""
    with pytest.raises(error, match=match):
        text_of(data)


def test_every_stored_certificate_is_written():
    """All methods are exported, and nothing that is stored is left out."""
    certificates = stored()
    assert len(certificates) > 190
    assert {data["method"] for data in certificates.values()} >= {"all", "induction", "identity"}
    assert not [name for name, data in certificates.items() if refusal(data)]


def test_the_command_writes_a_file_and_names_what_it_leaves_out(run, tmp_path):
    """Status 0 if all is written, 3 if something is left out, 2 if nothing can be; the file says so too."""
    written = {
        "whole": MOVED,
        "large": put(MOVED, "goal", "zero", 0, 0, to="99999"),
        "refuted": {"format": "tptheory-counterexample/1"},
    }
    for name, data in written.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    whole, large, refuted = (str(tmp_path / f"{name}.json") for name in written)
    out = tmp_path / "it.v"
    done = run("export", "coq", whole, refuted, "--out", out)
    assert "it is a counterexample, and proves nothing" in done.stderr
    assert out.read_text(encoding="utf-8") == exported({"whole": MOVED})
    done = run("export", "coq", whole, large, status=3)
    assert f"not exported: {large}: A number of a statement must be at most 10000 for Coq (got 99999)." in done.output
    assert "(* Not in this file: large: A number of a statement" in done.output
    run("export", "coq", large, status=2)
    run("export", "coq", refuted, status=2)


def test_the_command_says_of_each_file_what_it_is_and_writes_the_others(run, tmp_path):
    """A count of laws, what is no certificate, a broken one and no JSON have one line each, and the rest is written."""
    (tmp_path / "again").mkdir()
    written = {"whole": MOVED, "again/whole": MOVED, "other": {"a": 1}, "broken": {"format": checker.FORMAT}}
    for name, data in written.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    (tmp_path / "none.json").write_text("none", encoding="utf-8")
    shutil.copy(next(STORED.glob("law_counts.*.json")), tmp_path / "count.json")
    files = [f"{name}.json" for name in (*written, "none", "count")]
    done = run("export", "coq", *files, "--out", "it.v", status=2)
    assert done.stderr.count("\n") == 4
    assert "'none.json' must be a certificate in JSON" in done.stderr
    assert "'other.json' must be a certificate, of the format tptheory-certificate/2 (got None)" in done.stderr
    assert "'broken.json' is not exported: The certificate is malformed" in done.stderr
    assert "not exported: count.json: A count of laws rests on ranks modulo a prime" in done.stderr
    reason = done.stderr.rpartition("count.json: ")[2].strip()
    text = exported({"whole": MOVED, "whole_2": MOVED}, {"count": reason})
    assert (tmp_path / "it.v").read_text(encoding="utf-8") == text
    run("export", "coq", "whole.json", "count.json", status=3)


def test_a_theorem_that_counts_laws_leaves_the_others(run):
    """It is proved, and Coq is not given it."""
    targets = ("proofs/law_counts.py::bp_1_1_1", "proofs/error_ray.py::error_steps_along_a_ray")
    done = run("export", "coq", *targets, status=3)
    assert "not exported: proofs/law_counts.py::bp_1_1_1: A count of laws" in done.stderr
    assert "(* error_ray.error_steps_along_a_ray: " in done.stdout


@pytest.mark.parametrize("data", [*ACCEPTED, *blocks("accepted")])
def test_the_checker_accepts_what_coq_is_to_close(data):
    """The certificates that are compiled below hold for the first judge too."""
    checker.check(data)


@pytest.mark.parametrize("data", [*tampered(), *tampered_inductions()])
def test_the_checker_refuses_what_coq_is_to_refuse(data):
    """The tampered certificates below are false for the first judge too."""
    with pytest.raises(checker.Refused):
        checker.check(data)


@pytest.mark.slow
@needs_coqc
def test_coq_closes_theorems_of_every_method(tmp_path):
    """Identities, ranks, descents, cancellations, cases and inductions, in one file, under no assumption."""
    certificates = [*ACCEPTED, *blocks("accepted")]
    accepted, said = compiled(tmp_path, exported({f"c{i}": data for i, data in enumerate(certificates)}))
    assert accepted, said


@pytest.mark.slow
@needs_coqc
@pytest.mark.parametrize(
    "lemma",
    ["Lemma by_probe", "Lemma cut_like", "Theorem theorem1 ", "Lemma downward ", "Lemma theorem3_goal2_at "],
)
def test_what_is_admitted_anywhere_is_told(lemma, tmp_path):
    """The closing line sees through to every theorem and to the library: an admitted proof is no closed one."""
    before, after = exported({f"c{i}": data for i, data in enumerate([MOVED, SPLIT, DOWN])}).split(lemma, 1)
    accepted, said = compiled(tmp_path, before + lemma + after.replace("Qed.", "Admitted.", 1))
    assert not accepted
    assert not said


@pytest.fixture(scope="module")
def opening(tmp_path_factory):
    """Return a folder in which the library is compiled, and what a file begins with that needs it."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "reflection.v").write_text(library(), encoding="utf-8")
    subprocess.run([coqc, "-w", "none", "-R", ".", "", "reflection.v"], cwd=folder, check=True, capture_output=True)
    lines = re.findall(r"^(?:From|Set|Import|Local Open|Delimit) .*\n", library(), re.MULTILINE)
    return folder, "".join(lines) + "Require Import reflection.\n"


@pytest.mark.slow
@needs_coqc
@pytest.mark.parametrize("tamper", [tampered, tampered_inductions])
def test_coq_refuses_every_tampered_certificate(tamper, opening):
    """What the exporter can write of a tampered certificate, coqc refuses by itself."""
    folder, header = opening
    assert all(compiled(folder, header + text_of(data))[0] for data in (MOVED, UP, DOWN))
    judged = 0
    for number, data in enumerate(tamper()):
        try:
            text = text_of(data)
        except InvalidFileError:
            continue
        accepted, said = compiled(folder, header + text)
        assert not accepted, number
        assert "Error" in said
        assert not re.search(r"Syntax error|not found in the current environment", said), said
        judged += 1
    assert judged >= 20


@pytest.mark.slow
@needs_coqc
@pytest.mark.parametrize("share", range(SHARES))
def test_coq_closes_all_stored_certificates(share, tmp_path):
    """Coq accepts all of proofs/."""
    certificates = stored()
    names = sorted(certificates)[share::SHARES]
    accepted, said = compiled(tmp_path, exported({name: certificates[name] for name in names}))
    assert accepted, said
