"""The command line says what the API says, in tables and in JSON, and its exit status can be relied on."""

import inspect
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
from multiprocessing import active_children

import numpy as np
import pytest
from rich.progress import Progress

from tptheory import RULES, DeepLinearNetwork, Pinv, __version__, collect, refute, rule_named
from tptheory.claims import theorem as collecting
from tptheory.claims.theorem import theorem_folder
from tptheory.cli import shell, theorems
from tptheory.cli import train as train_command
from tptheory.deciding import answers, library
from tptheory.sweeping import tasks
from tptheory.training.inverses import InverseSettings
from tptheory.training.trainer import train
from tptheory.typesetting.expressions import latex_of

COMMANDS = ["derive", "prove", "refute", "check", "latex", "export", "invariants", "simulate", "train", "report"]
FACTS = '''"""Which of these hold?"""

from tptheory.preamble import *

A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)


@theorem("A A+ A = A [Penrose]")
def first_penrose_equation():
    """By definition."""
    return Equal(matmul(A, Pinv(A), A), A)


@theorem("Matrices commute")
def they_commute():
    """They do not."""
    return Equal(matmul(A, B), matmul(B, A))
'''
HARD = "AtMost(squared_norm(A * B - B * A), 2 * squared_norm(A) * squared_norm(B))"
"""True (Boettcher and Wenzel, 2008), and neither side knows."""
SLOW = "".join(
    f"""

@theorem("Commutators are short, {name}")
def {name}():
    return {HARD}
"""
    for name in ("slow", "slower")
)
CONJECTURES = (
    FACTS.split("@theorem")[0]
    + '''
@conjecture("Matrices commute")
def they_commute():
    """They do not."""
    return Equal(matmul(A, B), matmul(B, A))


@conjecture("A A+ A = A")
def first_penrose_equation():
    """It is true, so that it is no conjecture."""
    return Equal(matmul(A, Pinv(A), A), A)


@conjecture("Matrices commute, we do not know", open=True)
def they_may_commute():
    """Nobody has looked."""
    return Equal(matmul(A, B), matmul(B, A))
'''
)


@pytest.fixture
def facts(theorem_file):
    """Write a file with one theorem that holds and one that does not."""
    return theorem_file(FACTS)


@pytest.fixture
def conjectures(theorem_file):
    """Write a file with a conjecture that is false, one that is true, and one that is called open."""
    return theorem_file(CONJECTURES, "conjectures.py")


@pytest.fixture
def process(python, tmp_path):
    """Return a function that runs the command line in a process of its own, in an empty folder."""
    return lambda *arguments, **environment: python(
        "-m", "tptheory", *arguments, cwd=tmp_path, env={**os.environ, **environment}
    )


def test_version_and_help(run):
    """Help lists every command and the exit statuses, and says that theorem files are run."""
    assert run("--version").stdout == f"tptheory {__version__}\n"
    shown = run("--help").stdout
    assert all(re.search(rf"\b{command}\b", shown) for command in COMMANDS)
    assert "Exit status" in shown
    for command in ("prove", "refute", "latex", "report"):
        assert "are Python and are run" in " ".join(run(command, "--help").stdout.split())


@pytest.mark.parametrize("name", RULES)
def test_derive_prints_what_the_rule_says(run, name):
    """The text, the LaTeX and the JSON hold the rule's own expressions for every layer."""
    rule, net = rule_named(name), DeepLinearNetwork(depth=2, biases=True)
    arguments = ("derive", "--rule", name, "--depth", 2, "--biases")
    text, latex = run(*arguments).stdout, run(*arguments, "--latex").stdout
    listed = {e["symbol"]: e for e in json.loads(run(*arguments, "--json").stdout)["equations"]}
    expected = {"M_2": rule.feedback(net, 2)}
    for l in (1, 2):
        expected |= {f"t_{l}": rule.target(net, l), f"dW_{l}": rule.update(net, l), f"db_{l}": rule.bias_update(net, l)}
    expected |= {f"d{state.symbol}": state.change for l in (1, 2) for state in rule.states(net, l)}
    expected |= {"d_2": rule.error_signal(net, 2)} if name in {"pc", "ep", "ng"} else {}
    assert set(listed) == set(expected)
    for symbol, value in expected.items():
        assert f"{symbol} = {value}\n" in text
        assert latex_of(value) in latex
        assert (listed[symbol]["text"], listed[symbol]["latex"]) == (str(value), latex_of(value))


def test_derive_takes_one_layer_of_fixed_widths(run):
    """Widths, a batch and the loss reach the network; one layer alone can be asked for."""
    data = json.loads(run("derive", "--widths", "4,3,2", "--batch", 5, "--loss", "any", "--layer", 1, "--json").stdout)
    assert data["network"] == "DeepLinearNetwork(widths=(4, 3, 2), batch=5, loss='any')"
    assert {e["layer"] for e in data["equations"]} == {1}
    assert "X.T" in run("derive", "--batch", "B", "--layer", 1).stdout


def test_wide_screens_show_whole_nodes(run, tmp_path):
    """Where there is room every row starts with the name by which that theorem is asked for.

    What stands in ``./proofs`` is meant where no target is named: here, the file of the conjecture of longest name.
    """
    conjectures = [theorem for theorem in collect(theorem_folder()) if theorem.expected == "refuted"]
    longest = max(conjectures, key=lambda theorem: len(theorem.node))
    (tmp_path / "proofs" / "certificates").mkdir(parents=True)
    shutil.copy(longest.path, tmp_path / "proofs")
    for path in (longest.path.parent / "certificates").glob(f"{longest.path.stem}.*"):
        shutil.copy(path, tmp_path / "proofs" / "certificates")
    shown = run("prove", COLUMNS="140").stdout
    for theorem in collect("proofs"):
        assert re.search(rf"^proofs/{theorem.node} +{theorem.expected} ", shown, re.MULTILINE)
    assert "1 refuted as expected" in run("prove", f"proofs/{longest.node}").stdout


def test_a_packaged_theorem_is_asked_for_by_its_node(run):
    """In an empty folder the theorems that come with tptheory are found under ``proofs``."""
    assert "1 proved" in run("prove", "proofs/tp_equals_bp.py::tp_equals_bp").stdout


def test_prove_as_json_is_one_document(run, facts):
    """JSON has a row for each theorem, with what was expected and found, and a count; nothing else is printed."""
    result = run("prove", facts, "--json", status=1)
    data = json.loads(result.stdout)
    assert result.stderr == ""
    assert data["summary"] == {"proved": 1, "refuted": 1, "undecided": 0}
    assert data["as_expected"] is False
    proved, refuted = data["theorems"]
    assert (proved["node"], proved["title"]) == (f"{facts}::first_penrose_equation", "A A+ A = A [Penrose]")
    assert (proved["verdict"], proved["method"], proved["cofactors"] > 0) == ("proved", "identity", True)
    assert (proved["expected"], proved["found"], refuted["expected"], refuted["found"]) == (
        "proved",
        "proved",
        "proved",
        "refuted",
    )
    assert refuted["counterexample"]["total_width"] == 2
    assert set(refuted["counterexample"]["matrices"]) == {"A", "B"}


def test_undecided_shows_how_far_it_got(run, facts):
    """Below an undecided theorem stands why, the row says what was expected, and the exit status is 3."""
    facts.write_text(FACTS.replace("Equal(matmul(A, B), matmul(B, A))", HARD), encoding="utf-8")
    shown = run("prove", "facts.py::they_commute", "--seconds", 0.2, status=3).stdout
    assert re.search(r"^facts.py::they_commute +undecided +- +- .* expected: proved$", shown, re.MULTILINE)
    assert "1 undecided in" in shown
    (row,) = json.loads(run("prove", "facts.py::they_commute", "--seconds", 1, "--json", status=3).stdout)["theorems"]
    assert row["reason"]
    assert row["evidence"]


def test_explain_prints_the_proof(run, facts):
    """`--explain` prints the certificate in words."""
    verdict = answers.prove(collect(f"{facts}::first_penrose_equation")[0])
    shown = run("prove", "facts.py::first_penrose_equation", "--explain").stdout
    assert all(line.strip() in shown for line in verdict.explain().splitlines())


def test_a_theorem_that_is_refuted_is_marked(run, facts):
    """A false theorem comes with its counterexample, a mark, and status 1."""
    shown = run("prove", facts, status=1).stdout
    assert re.search(r"they_commute +refuted +- +width 2 .* expected: proved$", shown, re.MULTILINE)
    assert "1 proved, 1 refuted unexpectedly in" in shown
    assert "Counterexample" in shown


def test_conjectures_are_judged_by_what_is_expected_of_them(run, conjectures):
    """A conjecture that is refuted is fine; one that is proved is a failure; an open one that is settled is news."""
    shown = run("prove", "conjectures.py::they_commute").stdout
    assert re.search(r"they_commute +refuted +- +width 2 +[\d,]+$", shown, re.MULTILINE)
    assert "1 refuted as expected in" in shown
    assert "Counterexample" not in shown
    assert "Counterexample" in run("prove", "conjectures.py::they_commute", "--explain").stdout
    shown = run("prove", conjectures, "--seconds", "1", status=1).stdout
    assert re.search(r"first_penrose_equation +proved +identity .* expected: refuted$", shown, re.MULTILINE)
    assert re.search(r"they_may_commute +refuted .* open, and now refuted: take open=True out", shown)
    assert "1 refuted as expected, 1 open and now refuted, 1 proved unexpectedly in" in shown
    result = json.loads(run("prove", "conjectures.py::they_may_commute", "--json").stdout)
    assert (result["as_expected"], result["theorems"][0]["found"]) == (True, "refuted")


@pytest.mark.parametrize(
    ("pairs", "status", "words"),
    [
        ([], 0, "0 proved"),
        ([("proved", "proved"), ("refuted", "refuted")] * 2, 0, "2 proved, 2 refuted as expected"),
        ([("proved", "proved"), ("undecided", "undecided")], 0, "1 proved, 1 open"),
        ([("proved", "proved"), ("proved", "undecided")], 3, "1 proved, 1 undecided"),
        ([("refuted", "undecided")], 3, "1 undecided"),
        ([("proved", "refuted")], 1, "1 refuted unexpectedly"),
        ([("proved", "undecided"), ("proved", "refuted")], 1, "1 refuted unexpectedly, 1 undecided"),
        ([("refuted", "proved"), ("undecided", "proved")], 1, "1 proved unexpectedly, 1 open and now proved"),
        ([("undecided", "refuted")], 0, "1 open and now refuted"),
        ([("undecided", "proved")], 0, "1 open and now proved"),
    ],
)
def test_what_is_expected_decides_the_status(pairs, status, words):
    """The exit status is that of the worst outcome, and the closing line counts each kind."""
    assert theorems.settled_status(pairs) == status
    assert theorems.settled_summary(pairs, 1.25).plain == f"{words} in 1.2 s"


def test_stored_verdicts_are_checked_again(run, facts, conjectures, tmp_path):
    """`--store` writes what is as expected; it is recalled until it no longer holds, and `--fresh` passes it by."""
    run("prove", facts, "conjectures.py::they_commute", "--store", status=1)
    folder = tmp_path / "certificates"
    names = ["conjectures.they_commute.json", "facts.first_penrose_equation.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    before = {path: path.read_bytes() for path in folder.iterdir()}

    def recalled(*options):
        rows = json.loads(run("prove", facts, "conjectures.py::they_commute", "--json", *options, status=1).stdout)
        return [row["recalled"] for row in rows["theorems"]]

    assert recalled() == [True, False, True]
    assert recalled("--fresh", "--store") == [False, False, False]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    (folder / names[1]).write_bytes((folder / names[0]).read_bytes())
    shown = run("prove", "facts.py::first_penrose_equation").stdout
    assert "what was stored is not used: it is no counterexample to this claim" in shown
    assert "1 proved in" in shown


def test_refute_shows_the_smallest_counterexample(run, facts):
    """A false theorem comes with its matrices, in the words of the API; a true one stays undecided."""
    shown = run("refute", facts, "--seconds", 0.5, status=1).stdout
    assert re.search(r"first_penrose_equation +undecided +- +- ", shown)
    assert re.search(r"they_commute +refuted +2 +yes ", shown)
    assert "0 proved, 1 refuted, 1 undecided in" in shown
    found = refute(collect(f"{facts}::they_commute")[0]).counterexample
    assert all(f"    {line}\n" in shown for line in [*str(found).splitlines(), found.smallness])
    assert "instances tried: " in shown
    said = run("refute", "facts.py::first_penrose_equation", "--seconds", 0.2, status=3).stderr
    assert said == "looking for counterexamples to 1 theorem, for up to 0.2 s each\n"


def test_refute_does_not_search_where_a_proof_is_stored(run, facts, tmp_path):
    """The stored proof is checked again, and the status is 0; one that does not hold, and `--fresh`, make it search."""
    node = "facts.py::first_penrose_equation"
    run("prove", node, "--store")
    result = run("refute", node)
    assert re.search(r"first_penrose_equation +proved +- +- ", result.stdout)
    assert "its stored proof was checked again, and nothing searched" in result.stdout
    assert result.stderr == ""
    assert json.loads(run("refute", node, "--json").stdout)["summary"]["proved"] == 1
    assert "undecided" in run("refute", node, "--fresh", "--seconds", 0.2, status=3).stdout
    (tmp_path / "certificates" / "facts.first_penrose_equation.json").write_text('{"format": 1}', encoding="utf-8")
    assert "undecided" in run("refute", node, "--seconds", 0.2, status=3).stdout


def test_words_of_the_table_are_explained_below_it(run, facts):
    """Cofactors where there is a proof, width where there is a counterexample."""
    shown = run("prove", facts, status=1).stdout
    assert (
        "cofactors: the multiples of hypotheses that a proof adds up\nwidth: the sum of the sizes of a count" in shown
    )
    assert "cofactors: " not in run("prove", "facts.py::they_commute", status=1).stdout
    assert "width: the sum of the sizes" in run("refute", "facts.py::they_commute", status=1).stdout


def test_sequences_are_explained_where_a_proof_speaks_of_them(run, theorem_file):
    """`prove --explain`, its JSON and `when` say what `M_tp` is; a claim about numbers of layers needs no such line."""
    theorem_file(ANY_DEPTH, "any.py")
    where = "Here M_tp[L] = I and M_tp[k] = Pinv(W[k+1])*M_tp[k+1] for k = 0, ..., L - 1; x[0] = x and "
    shown = run("prove", "any.py", "--explain").stdout
    assert shown.count("Here ") == shown.count(where) == 1
    rows = json.loads(run("prove", "any.py", "--json").stdout)["theorems"]
    assert [row["definitions"].startswith(where) for row in rows] == [True, False]
    assert where in run("when", "any.py::deep_signals").stdout


NAMED = """from tptheory.preamble import *
from sympy import Eq

isometry = partial_isometry(A)
others = [full_row_rank(A), Eq(m, 1)]
number, text = 3, "full_row_rank(A)"

@theorem("Its pseudo-inverse is its transpose")
def transposed():
    return Equal(Pinv(A), A.T)
"""


def test_when_takes_the_hypotheses_that_a_file_names(run, theorem_file):
    """Those alone are tried: by name, a list of them too; no text is read as a hypothesis."""
    theorem_file(NAMED, "named.py")
    target = ("when", "named.py::transposed", "--seconds", 5, "--json")
    for names in (("isometry",), ("others", "isometry")):
        options = [word for name in names for word in ("--among", name)]
        (found,) = json.loads(run(*target, *options).stdout)["claims"]
        assert [said["hypotheses"] for said in found["sets"]] == [["A is a partial isometry"]]
    none = "under none of the hypotheses that were tried (2, "
    assert none in run(*target[:-1], "--among", "others", status=3).stdout
    for wrong in ("isometri", "number", "text", "full_row_rank(A)", "symmetric"):
        said = run(*target, "--among", wrong, status=2).stderr
        assert f"'among' must be one of isometry, others (got {wrong!r})" in said


def test_refute_as_json_latex_and_snippet(run, facts, tmp_path):
    """JSON holds what the API says of the counterexample; the printed snippet runs as it stands."""
    found = refute(collect(f"{facts}::they_commute")[0]).counterexample
    (row,) = json.loads(run("refute", "facts.py::they_commute", "--json", status=1).stdout)["theorems"]
    assert (row["verdict"], row["title"], row["method"]) == ("refuted", "Matrices commute", None)
    assert row["counterexample"] == found.to_json() | {"latex": found.latex(), "snippet": found.snippet()}
    assert row["counterexample"]["minimal"] is True
    shown = run("refute", "facts.py::they_commute", "--latex", "--snippet", status=1).stdout
    assert f"${found.latex()}$" in shown
    assert found.snippet() in shown


def test_refute_is_seeded(run, facts):
    """The same seed gives the same counterexample."""
    first, second = (
        json.loads(run("refute", "facts.py::they_commute", "--seed", 5, "--json", status=1).stdout) for _ in range(2)
    )
    assert first["theorems"][0]["counterexample"] == second["theorems"][0]["counterexample"]


def test_certificates_are_written_and_checked(run, facts, tmp_path):
    """What `prove` writes `check` accepts; a certificate that was tampered with is refused with the reason."""
    run("prove", "facts.py::first_penrose_equation", "--write-certificates", "made/here")
    (path,) = (tmp_path / "made/here").iterdir()
    accepted = run("check", path).stdout
    assert accepted.startswith(f"accepted  {path}\n")
    assert "A A+ A = A" in accepted
    assert "[Penrose]" not in accepted, "what is shown is what the checker read, not a title"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["cofactors"], data["title"] = [], "\x1b[2Jgone"
    (tmp_path / "bad.json").write_text(json.dumps(data), encoding="utf-8")
    result = run("check", path, "bad.json", status=1)
    assert "refused  bad.json" in result.stdout
    assert "the cofactors do not sum to the goal" in result.stdout
    assert "\x1b" not in result.stdout
    counts = json.loads(run("check", path, "bad.json", "--json", status=1).stdout)["summary"]
    assert counts == {"accepted": 1, "refused": 1, "counterexamples": 0}
    (tmp_path / "none.json").write_text("none", encoding="utf-8")
    result = run("check", "none.json", path, status=2)
    assert result.stdout == accepted, "a file that cannot be read leaves the others"
    assert result.stderr.startswith("error: 'none.json' must be a certificate in JSON")


def test_latex_prints_or_writes_theorems(run, facts, conjectures, tmp_path):
    """A fragment is printed, or a document written; a section stands for each file, and none for a single theorem."""
    shown = run("latex", "facts.py::first_penrose_equation").stdout
    assert shown.startswith("% Needs in the preamble:")
    assert r"\begin{proof}" in shown
    assert r"\section" not in shown
    shown = run("latex", "conjectures.py::they_commute", "--standalone", "--out", "paper.tex").stdout
    assert shown == "paper.tex\n"
    text = (tmp_path / "paper.tex").read_text(encoding="utf-8")
    assert text.startswith(r"\documentclass")
    assert "Counterexample" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conjectures.py", "facts.py", "paper.tex"]
    assert r"\subsection{Which of these hold?}" in run("latex", facts, status=1).stdout
    written = run("latex", "facts.py::first_penrose_equation", "--out", "fragment.tex")
    assert written.stdout == "fragment.tex\n"
    assert "needs the 7 lines at its head in its preamble" in " ".join(written.stderr.split())
    table = run("latex", facts, "--table", status=1).stdout
    assert r"\begin{longtable}" in table
    assert r"\begin{proof}" not in table


def test_simulate_agrees_with_the_laws(run):
    """TP loses the error; its law drifts less with smaller steps, in proportion; the loss is half |e|^2."""
    rows = {
        lr: json.loads(run("simulate", "--lr", lr, "--steps", int(4 / lr), "--json").stdout)["rows"]
        for lr in (0.004, 0.002)
    }
    for found in rows.values():
        assert [row["step"] for row in found] == [round(i * found[-1]["step"] / 10) for i in range(11)]
        assert all(row["loss"] == pytest.approx(row["error"] ** 2 / 2, rel=1e-12) for row in found)
        assert found[-1]["loss"] < 1e-6 * found[0]["loss"]
    assert rows[0.004][-1]["logdet_drift"] / rows[0.002][-1]["logdet_drift"] == pytest.approx(2, rel=0.2)


def test_simulate_measures_the_drift_that_numpy_does(run):
    """The drifts are those of log |det W_2| - 1/2 |W_1|^2 and W_2'W_2 - W_1 W_1' on the run's own weights."""
    row = json.loads(run("simulate", "--widths", "3,3,3", "--steps", 7, "--lr", 0.02, "--json").stdout)["rows"][-1]
    rng = np.random.default_rng(np.random.SeedSequence(0).spawn(1)[0])
    W, V = (rng.standard_normal((3, 3)) / np.sqrt(3) for _ in range(2))
    x, y = rng.standard_normal(3), rng.standard_normal(3)
    laws = [(np.linalg.slogdet(V)[1] - np.sum(W**2) / 2, V.T @ V - W @ W.T)]
    for _ in range(7):
        e = V @ W @ x - y
        V, W = V - 0.02 * np.outer(e, W @ x), W - 0.02 * np.outer(np.linalg.inv(V) @ e, x)
        laws.append((np.linalg.slogdet(V)[1] - np.sum(W**2) / 2, V.T @ V - W @ W.T))
    assert row["logdet_drift"] == pytest.approx(abs(laws[-1][0] - laws[0][0]), rel=1e-9)
    assert row["balance_drift"] == pytest.approx(np.linalg.norm(laws[-1][1] - laws[0][1]), rel=1e-9)


def test_simulate_is_seeded_and_shows_a_table(run):
    """One seed, one table; another seed, another; the feedback of FA is not drawn from the stream of the weights."""
    assert run("simulate", "--rule", "fa").stdout == run("simulate", "--rule", "fa").stdout
    assert run("simulate", "--seed", 1).stdout != run("simulate").stdout
    shown = run("simulate", "--steps", 3, "--dtype", "float32").stdout.splitlines()
    assert shown[1].split() == ["step", "loss", "|e|", "balance", "drift", "log-det", "drift"]
    assert [line.split()[0] for line in shown[2:6]] == ["0", "1", "2", "3"]


def test_simulate_follows_a_flow(run):
    """--time follows the flow: TP's law stays where steps let it drift, and JSON says the time of each row."""
    found = json.loads(run("simulate", "--time", 2, "--batch", 3, "--biases", "--json").stdout)
    assert [row["time"] for row in found["rows"]] == pytest.approx(np.linspace(0, 2, 11))
    assert max(row["logdet_drift"] for row in found["rows"]) < 1e-9
    assert (found["lr"], found["time"], found["status"]) == (None, 2.0, "completed")
    shown = run("simulate", "--time", 2, "--rule", "bp", "--biases").stdout.splitlines()
    assert shown[0] == "Backpropagation, widths 4-4-4, flow to time 2, float64, seed 0"
    assert shown[1].split()[0] == "time"
    assert max(float(line.split()[3]) for line in shown[2:13]) < 1e-9


def test_simulate_in_other_numbers(run):
    """Fifty digits show what floats do; exact runs start from eighths and stop before their numbers grow too long."""
    floats, digits = (
        json.loads(run("simulate", "--steps", 5, "--dtype", dtype, "--json").stdout)["rows"]
        for dtype in ("float64", "mp50")
    )
    for ours, theirs in zip(digits, floats, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)
    exact = json.loads(
        run("simulate", "--widths", "2,2,1", "--dtype", "exact", "--lr", "1/3", "--batch", 2, "--json").stdout
    )
    assert exact["status"] == "stopped"
    assert exact["lr"] == pytest.approx(1 / 3)
    assert "longer than 20000 bits" in exact["message"]
    assert (8 * exact["rows"][0]["error"]) ** 2 == pytest.approx(128 * exact["rows"][0]["loss"], rel=1e-12)


def test_simulate_with_cross_entropy(run):
    """The loss of log-softmax falls."""
    rows = json.loads(run("simulate", "--rule", "bp", "--loss", "cross-entropy", "--batch", 4, "--json").stdout)["rows"]
    assert rows[-1]["loss"] < rows[0]["loss"]


def test_a_run_that_diverges_says_so(run):
    """Divergence is a result: status 0, and no warning on stderr."""
    result = run("simulate", "--lr", 5, "--steps", 40)
    assert "no longer finite" in result.stdout
    assert result.stderr == ""
    assert json.loads(run("simulate", "--lr", 5, "--steps", 40, "--json").stdout)["status"] == "diverged"


def test_train_prints_the_seed_notebooks_lines(run):
    """The log has the seed's form; JSON holds the run, with the lines on stderr."""
    arguments = ("train", "--rule", "tp", "--steps", 20, "--log-every", 10)
    shown = run(*arguments).stdout
    assert re.findall(r"^iter: (\d{4}) loss: [\d.]+ accuracy: [\d.]{6}$", shown, re.MULTILINE) == [
        "0000",
        "0010",
        "0020",
    ]
    assert "completed: 20 steps" in shown
    result = run(*arguments, "--json")
    data, api = json.loads(result.stdout), train("tp", steps=20, log_every=10)
    assert (data["rule"], data["steps"], data["test_accuracy"]) == ("tp", 20, api.test_accuracy)
    assert [line["step"] for line in data["log"]] == [0, 10, 20]
    assert "iter: 0020" in result.stderr


def test_train_has_the_defaults_of_the_api():
    """No default is written down twice and differently."""
    api, command = inspect.signature(train).parameters, inspect.signature(train_command.train).parameters
    for name in (
        "rule",
        "steps",
        "batch",
        "lr",
        "loss",
        "init",
        "std",
        "bias",
        "damping",
        "engine",
        "dtype",
        "seed",
        "log_every",
        "probes",
        "checkpoint_every",
    ):
        written = command[name].default
        assert (int(written) if name == "batch" else written) == api[name].default, name  # a number, or all
    inverses = inspect.signature(InverseSettings).parameters
    for name, theirs in (("inverse", "kind"), ("noise", "noise"), ("inverse_lr", "lr"), ("alpha", "alpha")):
        assert command[name].default == inverses[theirs].default, name


def test_train_goes_on_from_its_checkpoint(run, tmp_path):
    """The same command twice: first it begins, and says so; then it goes on, to the same end as in one go."""
    command = (
        "train",
        "--rule",
        "dtp",
        "--checkpoint",
        "run.ckpt",
        "--metrics",
        "run.jsonl",
        "--log-every",
        10,
        "--resume",
    )
    assert run(*command, "--steps", 20).stdout.startswith("no checkpoint run.ckpt yet: starting at step 0")
    resumed = json.loads(run(*command, "--steps", 40, "--json").stdout)
    whole = json.loads(run("train", "--rule", "dtp", "--log-every", 10, "--steps", 40, "--json").stdout)
    assert resumed == whole
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in lines] == [0, 10, 20, 30, 40, 40]


def test_train_shows_its_probes(run):
    """Each probe names its theorem, what was measured and what is claimed."""
    shown = run("train", "--rule", "tp", "--steps", 20, "--log-every", 10, "--probes").stdout
    assert re.search(
        r"^  rank +9, at most 9, off by 0.0e\+00 \(layer 1, step \d+; rank_of_updates", shown, re.MULTILINE
    )
    assert re.search(
        r"^  logdet_step +\S+, claimed \S+, off by \d.\de-1\d \(.*log_determinant.py::", shown, re.MULTILINE
    )
    data = json.loads(run("train", "--rule", "bp", "--steps", 2, "--probes", "--json").stdout)
    assert {r["theorem"] for r in data["readings"]} >= {"balancedness.py::bp_balance_step_with_biases"}


def test_train_learns_rings(run):
    """The seed's toy data, by name."""
    data = json.loads(run("train", "--data", "rings", "--loss", "squared", "--steps", 3, "--json").stdout)
    assert (data["data"], data["widths"], data["loss"]) == ("rings", [2, 32, 32, 2], "squared")


def test_train_reads_mnist_from_a_folder(run, tmp_path):
    """`--data` names a folder with the four IDX files."""
    rng = np.random.default_rng(0)
    for part, count in (("train", 30), ("t10k", 10)):
        images, labels = rng.integers(0, 256, (count, 4, 4), np.uint8), rng.integers(0, 10, count, np.uint8)
        head = struct.pack(">4I", 0x803, count, 4, 4)
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, count) + labels.tobytes())
    data = json.loads(run("train", "--data", tmp_path, "--steps", 2, "--batch", 5, "--json").stdout)
    assert (data["data"], data["widths"], data["steps"]) == ("mnist", [16, 32, 32, 10], 2)


def test_report_writes_the_page(run, facts, tmp_path, pictures_left_out):
    """The report ends with a summary and the path of the page; a theorem that is refuted is status 1."""
    arguments = ("report", "--theorems", facts, "--steps", 0, "--trials", 10)
    with pictures_left_out():
        shown = run(*arguments, status=1).stdout.splitlines()
        data = json.loads(run(*arguments, "--out", "elsewhere", "--json", status=1).stdout)
    assert shown[0].startswith("1 proved, 1 refuted unexpectedly in ")
    assert shown[1] == "1 of 1 certificates accepted by the lone checker"
    assert shown[-1] == "report/report.html"
    page = (tmp_path / "report/report.html").read_text(encoding="utf-8")
    assert "Matrices commute" in page
    assert "paper" not in [path.name for path in (tmp_path / "report").iterdir()]
    assert (tmp_path / data["page"]).is_file()
    assert (data["summary"]["proved"], data["summary"]["refuted"]) == (1, 1)
    assert data["summary"]["as_expected"] is False
    assert run("check", *(tmp_path / "elsewhere/certificates").iterdir()).exit_code == 0


def test_a_report_as_expected_is_status_0(run, conjectures, tmp_path, pictures_left_out):
    """A conjecture that is refuted is as expected; its counterexample lies beside the page, and so does a paper."""
    target = f"{conjectures}::they_commute"
    with pictures_left_out():
        result = run("report", "--theorems", target, "--steps", 0, "--trials", 10, "--paper")
    shown = result.stdout
    assert "settling and cross-checking: 1 of 1" in result.stderr  # it is piped: lines, and no bar
    assert shown.startswith("1 refuted as expected in ")
    assert shown.splitlines()[-1] == "report/paper/paper.tex"
    (path,) = (tmp_path / "report/counterexamples").iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["total_width"] == 2
    assert "Not as expected" not in (tmp_path / "report/report.html").read_text(encoding="utf-8")


def test_a_report_tells_which_open_questions_are_settled(run, conjectures, tmp_path, pictures_left_out):
    """They are named as news at the top of the page and of the document, and are no surprise."""
    target = f"{conjectures}::they_may_commute"
    with pictures_left_out():
        shown = run("report", "--theorems", target, "--steps", 0, "--trials", 10).stdout
    assert shown.startswith("1 open and now refuted in ")
    for name, node in (("html", "they_may_commute"), ("tex", "they")):
        text = (tmp_path / f"report/report.{name}").read_text(encoding="utf-8")
        assert "open, and now refuted" in text
        assert node in text
        assert "left open" not in text
        assert re.search(r"1(</b>| <small>of 1</small></b>| of 1 &) false conjectures refuted", text)
        assert "Not as expected" not in text


ANY_DEPTH = """from tptheory.preamble import *

@theorem("TP is BP")
def deep_signals():
    signals = Equal(TP.error_signal(deep, l), BP.error_signal(deep, l))
    return at_every_layer(signals, given=from_the_second(partial_isometry, deep))

@theorem("It is true")
def plain():
    return Equal(Pinv(Pinv(A)), A)
"""
WRONG = [
    (("derive", "--rule", "tpp"), "Did you mean 'tp'?"),
    (("derive", "--loss", "sqared"), "Did you mean 'squared'?"),
    (("derive", "--depth", "0"), "'depth' must be a positive integer"),
    (("derive", "--depth", "3", "--widths", "4,3,2"), "'depth' must be 2"),
    (("derive", "--widths", "4,x"), "'widths' must be widths such as 4-3-2"),
    (("derive", "--batch", "2.5"), "'batch' must be a positive integer"),
    (("derive", "--layer", "9"), "a layer in 1..3"),
    (("prove", "missing.py"), "Theorem files here: broken.py, facts.py"),
    (("prove", "facts.py::they_comute"), "Did you mean 'they_commute'?"),
    (("prove", "proofs/missing.py"), "Theorem files here: "),
    (("prove", "broken.py"), "raised NameError"),
    (("prove", "facts.py", "--seconds", "0"), "'seconds' must be a positive number"),
    (("prove", "facts.py", "--write-certificates", "facts.py"), "facts.py"),
    (("refute", "facts.py::they_comute"), "Did you mean 'they_commute'?"),
    (("refute", "facts.py", "--seconds", "0"), "'seconds' must be a positive number"),
    (("latex", "missing.py"), "Theorem files here"),
    (("latex", "facts.py", "--seconds", "0"), "'seconds' must be a positive number"),
    (("export", "coq", "missing.json"), "must be a readable certificate"),
    (("export", "coq", "missing.py"), "Theorem files here"),
    (("check", "missing.json"), "must be a readable certificate"),
    (("check", "."), "must be a readable certificate, a file (got '.'). Name the certificates in it: ./*.json."),
    (("check", "facts.py"), "must be a certificate in JSON"),
    (("simulate", "--rule", "bpp"), "Did you mean 'bp'?"),
    (("simulate", "--dtype", "float46"), "Did you mean 'float64'?"),
    (("simulate", "--widths", "4"), "at least an input and an output width"),
    (("simulate", "--widths", "4,0,4"), "positive integers"),
    (("simulate", "--lr", "nan"), "'lr' must be"),
    (("simulate", "--lr", "0"), "'lr' must be a positive finite number"),
    (("simulate", "--lr", "1e-999999999"), "'lr' must be a positive finite number"),
    (("simulate", "--lr", "1/0"), "'lr' must be a positive number such as 0.01 or 1/3"),
    (("simulate", "--lr", "soon"), "'lr' must be a positive number such as 0.01 or 1/3"),
    (("simulate", "--steps", "-1"), "'steps' must be"),
    (("simulate", "--dtype", "mp5"), "'dtype' must be of 15 to 1000 digits"),
    (("simulate", "--dtype", "exact", "--loss", "cross-entropy"), "'loss' must be rational"),
    (("simulate", "--loss", "hinge"), "'loss' must be one of cross-entropy, squared"),
    (("simulate", "--batch", "0"), "'batch' must be"),
    (("simulate", "--time", "nan"), "'time' must be a positive, finite number"),
    (("simulate", "--time", "-1"), "'time' must be a positive, finite number"),
    (("simulate", "--time", "1", "--steps", "3"), "'steps' must be left out where a flow is followed"),
    (("simulate", "--time", "1", "--dtype", "mp50"), "'dtype' must be 'float64' for a flow"),
    (("simulate", "--time", "1", "--rule", "rls"), "a rule whose state has a continuous time"),
    (("train", "--rule", "rls", "--engine", "collapsed"), "'engine' must be 'layerwise' or 'auto'"),
    (("train", "--inverse", "sigmoid"), "'inverses' must be left out unless the rule is 'dtp'"),
    (("train", "--rule", "dtp", "--inverse", "relu"), "'inverse' must be one of linear, sigmoid"),
    (("train", "--widths", "64,x"), "'widths' must be widths such as 4-3-2"),
    (("train", "--widths", "64,9"), "'widths' must be from 64 pixels to 10 classes"),
    (("train", "--loss", "hinge"), "'loss' must be one of"),
    (("train", "--resume"), "'checkpoint' must be the file to resume from"),
    (("train", "--checkpoint", "facts.py"), "'checkpoint' must be a file that does not exist yet"),
    (("train", "--checkpoint", "facts.py", "--resume"), "'facts.py' must be a whole checkpoint"),
    (("train", "--metrics", "facts.py"), "'metrics' must be a file that does not exist yet"),
    (("train", "--metrics", "missing/metrics.jsonl"), "'metrics' must be a file that can be written"),
    (("train", "--data", "missing"), "'data' must be digits, rings, mnist, or a folder"),
    (("train", "--batch", "0"), "'batch' must be"),
    (("report", "--theorems", "missing.py"), "Theorem files here"),
    (("prove", "--write-certificates", "facts.py"), "facts.py is a file. Name another, or free this one."),
    (("sweep", "trajectory", "seed=0", "--out", "facts.py/x.parquet"), "facts.py is a file. Name another"),
    (("report", "--theorems", "facts.py", "--trials", "9"), "'trials' must be an integer, 10 or more"),
    (("report", "--theorems", "facts.py", "--out", "facts.py"), "'folder' must be"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
@pytest.mark.parametrize("extra", [(), ("--json",)], ids=["table", "json"])
def test_wrong_input_ends_in_one_clear_line(run, facts, tmp_path, arguments, message, extra):
    """Wrong input is one line on stderr that says how to mend it, status 2, and nothing on stdout."""
    (tmp_path / "broken.py").write_text(FACTS.split("@theorem")[0] + "nowhere\n", encoding="utf-8")
    extra = () if arguments[0] in ("latex", "export") else extra
    result = run(*arguments, *extra, status=2)
    assert re.fullmatch(r"error: .*\n", result.stderr)
    assert message in result.stderr
    assert result.stdout == ""


def test_progress_that_is_not_shown_is_neither_started_nor_stopped(run, monkeypatch):
    """Rich 13 prints an empty line when it stops, on a screen that is no terminal too."""
    monkeypatch.setattr(Progress, "start", lambda _: pytest.fail("it was started"))
    monkeypatch.setattr(Progress, "stop", lambda progress: progress.console.print())
    assert run("simulate", "--steps", 3).stderr == ""


LATE = [
    ("prove", "--seconds", "nan"),
    ("refute", "--seconds", "1e400"),
    ("latex", "proofs", "--seconds", "-1"),
    ("export", "coq", "proofs", "--seconds", "inf"),
    ("when", "proofs", "--seconds", "0"),
    ("report", "--seconds", "1e400"),
    ("report", "--trials", str(10**60)),
    ("report", "--steps", str(10**60)),
    ("report", "--out", "file"),
    ("report", "--out", "rep"),
    ("prove", "--write-certificates", "file"),
    ("prove", "--write-certificates", "link"),
]


@pytest.mark.parametrize("arguments", LATE, ids=map(" ".join, LATE))
def test_options_and_places_are_checked_before_anything_is_loaded(run, tmp_path, monkeypatch, arguments):
    """No theorem is run for the sake of a command that is then refused."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "rep/report.html").mkdir(parents=True)
    monkeypatch.setattr(collecting, "named_files", lambda _: pytest.fail("theorems were looked for"))
    named = "seconds|trials|steps|folder|write_certificates"
    assert re.fullmatch(rf"error: '({named})' must be .*\n", run(*arguments, status=2).stderr)


def test_a_place_where_verdicts_cannot_be_stored_is_refused_before_the_search(run, facts, tmp_path):
    """It is told what is in the way."""
    (tmp_path / "certificates").write_text("", encoding="utf-8")
    assert "certificates is a file. Name another" in run("prove", facts, "--store", status=2).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("deriv",), "Did you mean 'derive'?"),
        (("derive", "--dept", "3"), "--depth"),
        (("simulate", "--seed", "-1"), "seed"),
    ],
)
def test_wrong_usage_suggests_the_nearest(run, arguments, message):
    """A command or option that does not exist is status 2, with the nearest that does."""
    assert message in run(*arguments, status=2).stderr


def test_a_theorem_that_fails_is_told_and_the_others_are_settled(run, facts):
    """A theorem whose own function raises is wrong input, which the status says."""
    facts.write_text(FACTS.replace("return Equal(matmul(A, B)", "return Equal(nowhere"), encoding="utf-8")
    result = run("prove", facts, status=2)
    assert "facts.py::they_commute" in result.stderr
    assert "NameError" in result.stderr
    assert "1 proved in" in result.stdout


@pytest.mark.parametrize(
    ("raised", "status", "message"),
    [(KeyboardInterrupt(), 130, "interrupted"), (MemoryError(), 2, "not enough memory")],
)
@pytest.mark.parametrize("target", ["facts.py", "facts.py::they_commute"], ids=["workers", "alone"])
def test_an_interrupt_is_no_traceback(run, facts, monkeypatch, raised, status, message, target):
    """What stops a search from outside ends in one line and a status of its own, whichever process searches."""

    def stop(*_):
        raise raised

    monkeypatch.setattr(library, "settle", stop)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have these tests ignore it
    try:
        assert message in run("prove", target, status=status).stderr
    finally:
        signal.signal(signal.SIGINT, before)
    assert not active_children()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_an_interrupt_ends_the_workers(tmp_path, facts):
    """Ctrl-C while workers search: one line, status 130, soon, and no process is left."""
    facts.write_text(FACTS + SLOW, encoding="utf-8")
    command = [sys.executable, "-m", "tptheory", "prove", "--seconds", "60", "facts.py"]
    started = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    )
    assert started.stdout.readline()
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=20)
    assert (started.returncode, err) == (130, "error: interrupted\n"), out


def test_the_theorem_folder(tmp_path, monkeypatch):
    """`./proofs` is meant if it holds theorems; else the folder in the package, else the one beside it."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "site" / "tptheory"
    monkeypatch.setattr(collecting, "__file__", str(package / "claims" / "theorem.py"))
    with pytest.raises(collecting.InvalidFileError, match="a folder with theorem files"):
        theorem_folder()
    folders = [package.parent / "proofs", package / "proofs", tmp_path / "proofs"]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "notes.py").write_text("x = 1\n", encoding="utf-8")
    for folder in folders:
        (folder / "facts.py").write_text(FACTS, encoding="utf-8")
        assert theorem_folder().resolve() == folder.resolve()


def test_numbers_that_json_lacks_are_text(capsys):
    """JSON is valid whatever the numbers are, and numpy's are numbers too."""
    shell.print_json({"a": [float("nan"), np.float64("inf")], "b": np.int64(3), "c": (True, None), "d": Pinv})
    assert json.loads(capsys.readouterr().out) == {"a": ["nan", "inf"], "b": 3, "c": [True, None], "d": str(Pinv)}


def test_a_process_of_its_own(process, facts):
    """The real thing: plain text where nobody looks, a narrow screen, an old encoding, and its statuses."""
    plain = process("prove", facts, COLUMNS="60")
    assert plain.returncode == 1
    assert "\x1b" not in plain.stdout + plain.stderr
    assert "first_penrose_equation" in plain.stdout
    ascii_only = process("prove", "--explain", "proofs/rank_of_updates.py::rank_bound", PYTHONIOENCODING="ascii")
    assert (ascii_only.returncode, ascii_only.stderr) == (0, "")
    assert process("--version").stdout == f"tptheory {__version__}\n"
    wrong = process("derive", "--rule", "x")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Traceback" not in wrong.stderr


def test_colours_where_someone_looks(process, facts):
    """A terminal gets colours, unless it asks for none."""
    looked_at = {"FORCE_COLOR": "1", "TERM": "xterm"}
    proved = f"{facts}::first_penrose_equation"
    assert "\x1b[32m" in process("prove", proved, **looked_at).stdout
    assert "\x1b[32m" not in process("prove", proved, **looked_at, NO_COLOR="1").stdout


def test_a_sweep_says_what_it_did_and_goes_on(run):
    """Cells that are recorded are not done again, and new failures are shown and make the exit status 1."""
    grid = ["rule=bp,tp", "widths=3-2", "steps=5", "lr=0.1,-1"]
    shown = run("sweep", "trajectory", *grid, "--out", "runs.jsonl", "--workers", "1", status=1).stdout
    assert "failed: rule=bp widths=(3, 2) steps=5 lr=-1.0: InvalidValueError: 'lr' must be a positive" in shown
    assert re.search(r"^4 cells in .*; 2 failed; records in runs.jsonl$", shown, re.MULTILINE)
    more = ["sweep", "trajectory", *grid, "seed=0..1", "--out", "runs.jsonl", "--workers", "1", "--json"]
    assert json.loads(run(*more, status=1).stdout)["new"] == 8
    again = json.loads(run("sweep", "trajectory", *grid, "--out", "runs.jsonl", "--json", status=1).stdout)
    assert (again["cells"], again["recorded_before"], again["failed"], again["failed_before"]) == (4, 4, 0, 2)
    fine = ["rule=bp,tp", "widths=3-2", "steps=5", "lr=0.1"]
    assert json.loads(run("sweep", "trajectory", *fine, "--out", "runs.jsonl", "--json").stdout)["failed_before"] == 0


def test_a_cross_check_that_does_not_pass_makes_a_sweep_fail(run, theorem_file):
    """A check that fails is a failure, the next time too; where the theorem says something else it is another cell."""
    theorem = """from tptheory.preamble import *
A = MatrixSymbol("A", 2, 2)
@theorem("A pseudo-inverse is the transpose")
def mine():
    return Equal(Pinv(A), RIGHT)
"""
    sweep = ["sweep", "crosscheck", "theorem=mine.py::mine", "seed=0,1", "trials=4", "--out", "checked.jsonl"]
    theorem_file(theorem.replace("RIGHT", "A.T"), "mine.py")
    assert "not passed" in run(*sweep, "--workers", "1", status=1).stdout
    assert "2 recorded before (2 of them failed)" in run(*sweep, status=1).stdout
    tasks._theorem.cache_clear()
    tasks._content.cache_clear()
    theorem_file(theorem.replace("RIGHT", "Pinv(A)"), "mine.py")
    assert json.loads(run(*sweep, "--workers", "1", "--json").stdout)["new"] == 2
    assert json.loads(run(*sweep, "--json").stdout)["recorded_before"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trajektory"], "Did you mean 'trajectory'?"),
        (["trajectory", "rul=bp"], "Did you mean 'rule'?"),
        (["crosscheck"], "Add theorem=..."),
        (["trajectory", "--out", "runs.csv"], ".jsonl or .parquet"),
    ],
)
def test_a_sweep_refuses_in_one_line(run, arguments, words):
    """The argument, what was expected, and the mend."""
    assert words in run("sweep", *arguments, status=2).stderr


def test_invariants_tells_what_is_conserved_and_whether_it_is_all(run):
    """The law is found, proved and counted; the exit status says that nothing is left unproved."""
    shown = run("invariants", "--rule", "tp", "--widths", "2,2,2", "--degree", "4").stdout
    assert "LogPdet(W_2) - Trace(W_1*W_1.T)/2  proved, 1 number" in shown
    assert "1 independent conserved quantity found, which is all there are: 8 dimensions" in shown
    assert "the ranks of brackets of fields: 4 -> 7 -> 7 -> 7, modulo" in shown


def test_invariants_says_so_when_more_laws_exist_than_were_found(run):
    """At widths 1-2-1 the count is three, and words give two."""
    shown = run("invariants", "--rule", "tp", "--widths", "1,2,1").stdout
    assert "2 independent conserved quantities found, but there are 3: 1 has a form that was not tried" in shown


def test_invariants_says_for_which_parameters_it_counts(run):
    """A lambda without a number is drawn at random, and the count is that of almost every one."""
    arguments = ("invariants", "--rule", "damped-tp", "--widths", "2,2,1")
    assert "found, which is all there are for almost every lambda: 6 dimensions" in run(*arguments).stdout
    assert json.loads(run(*arguments, "--json").stdout)["drawn"] == ["lambda"]
    assert "almost" not in run(*arguments, "--set", "lambda=2").stdout


def test_invariants_as_json_and_as_latex(run):
    """One document with all that is known; and lines that a paper can take."""
    arguments = ("invariants", "--rule", "bp", "--widths", "2,2,1", "--biases", "--seed", "3")
    facts = json.loads(run(*arguments, "--json").stdout)
    assert (facts["found"], facts["count"], facts["matched"], facts["certified"]) == (3, 3, True, True)
    assert (facts["seed"], facts["biases"], facts["dimension"]) == (3, True, 9)
    assert [law["verdict"] for law in facts["laws"]] == ["proved"]
    shown = run(*arguments, "--latex").stdout
    assert shown.startswith("\\begin{align*}\n")
    assert f"{facts['laws'][0]['latex']} &= \\text{{const}}" in shown


def test_invariants_tells_what_decays(run):
    """A quantity that decays is shown with its rate, in words, as JSON and in LaTeX; its quotient is counted."""
    arguments = ("invariants", "--rule", "weight-decay", "--widths", "2,2,1")
    shown = run(*arguments).stdout
    assert "-W_1*W_1.T + W_2.T*W_2  decays at the rate 2*c  proved, 3 numbers" in shown
    assert "2 independent conserved quantities found, which is all there are" in shown
    facts = json.loads(run(*arguments, "--json").stdout)
    assert [law["rate"] for law in facts["laws"]] == ["0", "2*c"]
    assert r"&= \text{const} \cdot e^{-2 c t}" in run(*arguments, "--latex").stdout


def test_invariants_of_a_rule_without_laws(run):
    """A single-sample Kaczmarz step conserves nothing, and in LaTeX that is a comment."""
    arguments = ("invariants", "--rule", "kaczmarz", "--widths", "2,2,2")
    assert "0 independent conserved quantities found, which is all there are" in run(*arguments).stdout
    assert run(*arguments, "--latex").stdout.startswith("% 0 independent")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--widths", "40,40,40"),
            "at most 200 parameters (got '3,200 parameters at widths (40, 40, 40), at least 819",
        ),
        (("--widths", "2,x"), "'widths' must be widths such as 4-3-2"),
        (("--degree", "0"), "'degree' must be a positive integer"),
        (("--rule", "rls"), "a rule whose state has a continuous time"),
        (("--rule", "newton"), "Give other widths, or a larger batch."),
        (("--rule", "tb"), "Did you mean 'tp'?"),
    ],
)
def test_invariants_refuses_bad_input_in_one_line(run, arguments, message):
    """The cost of what is too large, what was expected, and the mend."""
    result = run("invariants", *arguments, status=2)
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_invariants_ends_undecided_where_a_law_is_not_proved(run, monkeypatch):
    """A law that the prover does not pass is told as such."""
    from tptheory.invariants import searching

    monkeypatch.setattr(searching, "_small_rational", lambda c, _: searching.Rational(int(c != 0)))
    shown = run("invariants", "--widths", "2,2,1", "--seconds", "1", status=3).stdout
    assert "undecided, 1 number" in shown
