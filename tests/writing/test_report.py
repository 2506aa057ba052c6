"""The report, built small and whole."""

import errno
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from html import unescape
from html.parser import HTMLParser
from importlib.metadata import PackageNotFoundError
from pathlib import PurePath

import pytest

from tptheory import RULES, Certificate, TptheoryError, collect, prove
from tptheory.deciding.library import Settled
from tptheory.deciding.verdicts import Verdict
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.training.trainer import LogLine
from tptheory.writing import gathering, studying
from tptheory.writing import report as report_module
from tptheory.writing.gathering import ReportSettings, certificate_names, gather
from tptheory.writing.report import build_report, check_certificates
from tptheory.writing.templating import shown_lines

from .pictures import small_study

SMALL = ReportSettings(trials=4, steps=81, seconds=2.0)
UNTRAINED = ReportSettings(trials=2, steps=0)
THEOREMS = r'''
"""Is <b>50%</b> of $A_1 & B#2 ~ \\input{/etc/passwd} ≤ ⊆ Ø?"""
from sympy import MatrixSymbol, symbols
from tptheory import Equal, Pinv, full_row_rank, matmul, theorem

m, n = symbols("m n", integer=True, positive=True)
A = MatrixSymbol("A", m, n)


@theorem("<script>alert('x')</script> \\input{x} 100% & #1 _{x} ^2 $y$ ~z \\\\ “q” ≤ 中 {")
def hostile():
    """<img src=http://evil/x> \\write18{rm} % & # _ ^ ~ { } \\

    A second paragraph -- "quoted", ``ticked'', by Nøkland. \\end{document}
    """
    return Equal(matmul(A, Pinv(A)), matmul(A, Pinv(A), A, Pinv(A)), given=[full_row_rank(A)])


@theorem("What is not true: $A^+ = A'$")
def not_true():
    """It would make every matrix a partial isometry."""
    return Equal(Pinv(A), A.T)
'''


@dataclass(frozen=True)
class Refuted(Verdict):
    """A verdict that the prover does not give."""

    claim: object

    refuted = True

    def explain(self):
        """Give the reason, in words that need escaping."""
        return "Counterexample:\n  A = [[2]] & <b>"


def decide(theorem):
    """Prove, and call what is undecided refuted."""
    verdict = prove(theorem, seconds=2.0)
    return verdict if verdict.proved else Refuted(theorem.claim)


def judged_by(judge):
    """Return a function that settles a theorem by another judge than `settled_here` has."""
    return lambda theorem, seconds: Settled(theorem, judge(theorem), 0.0)


@pytest.fixture(scope="module")
def theorems(tmp_path_factory):
    """Give two theorems of one file, one of them false."""
    path = tmp_path_factory.mktemp("theorems") / "small.py"
    path.write_text(THEOREMS, encoding="utf-8")
    return collect(path.parent)


@pytest.fixture(scope="module")
def report(tmp_path_factory, theorems):
    """Give a report on them, and the progress that it told."""
    told = []
    folder = tmp_path_factory.mktemp("written") / "deep" / "report"
    paths = build_report(folder, theorems, SMALL, study=small_study, progress=lambda *parts: told.append(parts))
    return paths, told


@pytest.fixture(scope="module")
def undecided(tmp_path_factory, theorems, pictures_left_out):
    """Give a report without runs, by a judge that refutes nothing, where an older report and a note lay before."""
    folder = tmp_path_factory.mktemp("undecided")
    (folder / "certificates").mkdir()
    for name in ("gone__theorem.json", "my__notes.json", "notes.txt"):
        (folder / "certificates" / name).write_text("old", encoding="utf-8")
    (folder / "note.txt").write_text("mine", encoding="utf-8")
    listed = ["certificates/gone__theorem.json", "certificates/../note.txt", "note.txt", 3]
    older = {"theorems": [{"certificate": name} for name in listed]}
    (folder / "report.json").write_text(json.dumps(older), encoding="utf-8")
    with pictures_left_out(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(studying, "settled_here", judged_by(prove))
        return build_report(folder, theorems, UNTRAINED)


@pytest.fixture(scope="module")
def refuted(tmp_path_factory, theorems, pictures_left_out):
    """Give a report without runs, on a verdict that the prover does not know."""
    with pictures_left_out(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(studying, "settled_here", judged_by(decide))
        return build_report(tmp_path_factory.mktemp("refuted"), theorems, UNTRAINED)


class Links(HTMLParser):
    """Collect what a page points at, and its tags."""

    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.ids = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep the tag and what it points at."""
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href", "action", "data")]
        self.ids += [value for name, value in attrs if name == "id"]


def test_report_writes_what_it_names(report):
    """Every path of the result is a file, certificates named after file and theorem; nothing else is left behind."""
    paths, _ = report
    for path in (paths.html, paths.tex, paths.json, *(paths.folder / path for path in paths.written)):
        assert path.stat().st_size > 0
    assert [path.name for path in paths.inside("certificates")] == ["small__hostile.json"]
    assert [path.name for path in paths.inside("counterexamples")] == ["small__not_true.json"]
    kept = {"certificates", "checker.py", "counterexamples", "figures"}
    kept |= {"report.html", "report.json", "report.tex", "times.json"}
    assert {path.name for path in paths.folder.iterdir()} == kept
    assert Certificate.load(paths.inside("certificates")[0]).check()


def test_a_report_without_a_paper_typesets_no_proof(report):
    """What is not asked for takes no time; a counterexample stands in report.tex as matrices."""
    paths, _ = report
    assert paths.inside("paper") == ()
    assert not (paths.folder / "paper").exists()
    hostile, false = paths.data.theorems
    assert hostile.typeset == ""
    assert r"A = \begin{pmatrix} 2 \end{pmatrix}" in false.typeset


def test_progress_is_told_from_nothing_to_all(report):
    """Each stage begins at 0 and ends at its total."""
    _, told = report
    for stage in ("prove", "simulate", "train", "study", "write"):
        counts = [(done, total) for name, done, total in told if name == stage]
        assert counts[0][0] == 0
        assert counts[-1][0] == counts[-1][1]
        assert counts == sorted(counts)


def test_json_says_everything_once(report):
    """The keys are a contract; numbers are those of the run."""
    found = json.loads(report[0].json.read_text(encoding="utf-8"))
    keys = {"format", "versions", "settings", "summary", "rules", "theorems", "training", "theory", "figures"}
    assert set(found) == keys
    assert found["format"] == "tptheory-report/1"
    assert found["settings"] == {"seed": 0, "trials": 4, "seconds": 2.0, "steps": 81}
    summary = found["summary"]
    assert (summary["proved"], summary["refuted"], summary["undecided"]) == (1, 1, 0)
    assert summary["as_expected"] is False
    assert (summary["certificates"], summary["certificates_accepted"]) == (1, 1)
    assert 0 <= summary["worst_residual"] < 1e-6
    assert summary["contradicted"] == []
    assert set(summary["test_accuracy"]) == {"bp", "tp"}
    rules = {rule["name"]: rule for rule in found["rules"]}
    assert list(rules) == list(RULES)
    assert (rules["bp"]["states"], list(rules["momentum"]["states"])) == ({}, ["dV_1", "dV_2", "dV_3"])
    hostile, false = found["theorems"]
    assert hostile["node"] == "small.py::hostile"
    assert hostile["question"].startswith("Is <b>50%</b>")
    assert hostile["certificate"] == "certificates/small__hostile.json"
    assert hostile["certificate_accepted"] is True
    assert set(hostile["cross_check"]) == {
        "residual", "trials", "exact_trials", "exact_failures", "degenerate_trials", "degenerate_residual", "order",
        "passed", "seed",
    }  # fmt: skip
    assert hostile["cross_check"]["order"] is None
    assert (false["expected"], false["verdict"]) == ("proved", "refuted")
    assert false["counterexample"]["matrices"] == {"A": [["2"]]}
    assert false["counterexample_file"] == "counterexamples/small__not_true.json"
    assert "certificate" not in false
    assert false["explanation"]
    assert found["training"]["bp"]["log"][0]["step"] == 0
    probes = {(row["rule"], row["probe"]): row for row in found["theory"]["probes"]}
    assert {"rank", "targets", "angle", "logdet_step", "logdet_drift"} <= {
        probe for rule, probe in probes if rule == "tp"
    }
    assert all(row["off"] < 1e-10 for row in probes.values())
    (plateau,) = found["theory"]["plateaus"]
    assert 0.8 < plateau["kappa"] == plateau["measured"] / plateau["predicted"] < 1.6
    assert found["theory"]["modes"]["worst"] < 0.05
    times = json.loads((report[0].folder / "times.json").read_text(encoding="utf-8"))
    assert set(times) == {"written", "seconds", "proving", "cross_checking", "training"}


def test_orders_are_reported(tmp_path, pictures_left_out):
    """A law of a flow and a formula of second order show the order of the defect on the page, in TeX and in JSON."""
    theorems = [collect(f"proofs/balancedness.py::{name}")[0] for name in ("bp_balance", "bp_balance_step")]
    with pictures_left_out():
        paths = build_report(tmp_path / "report", theorems, replace(SMALL, steps=0))
    law, formula = (t["cross_check"]["order"] for t in json.loads(paths.json.read_text(encoding="utf-8"))["theorems"])
    assert law["slope"] == pytest.approx(2, abs=0.01)
    assert (law["expected"], law["formula_agrees"], law["passed"]) == (2, None, True)
    assert (formula["expected"], formula["formula_agrees"], formula["passed"]) == (2, True, True)
    for text in (paths.html.read_text(encoding="utf-8"), paths.tex.read_text(encoding="utf-8")):
        assert text.count("a step leaves a defect of order 2.000") == 2
        assert text.count("with the coefficient that the formula gives") == 1


def test_a_report_is_the_same_bytes_each_time(report, theorems, tmp_path):
    """One seed, one report: every file but the one that tells the times."""
    again = build_report(tmp_path / "again", theorems, SMALL, study=small_study)
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (report[0].folder, again.folder)
    )
    assert {path for path in first if first[path] != second.get(path)} == {PurePath("times.json")}
    assert first.keys() == second.keys()


def test_page_stands_alone(report):
    """The page fetches nothing: every link stays within the page or the folder, and each in-page link has its goal.

    Its one script is its own, and names no address.
    """
    paths, _ = report
    text = paths.html.read_text(encoding="utf-8")
    page = Links(text)
    assert not [link for link in page.links if re.match(r"[a-z]+:|//", link)]
    assert not {"link", "img", "iframe", "object"} & set(page.tags)
    assert "@import" not in text
    assert "url(http" not in text
    assert set(re.findall(r'"(https?://[^"]*)"', text)) <= {"http://www.w3.org/2000/svg"}
    assert page.tags.count("script") == 1
    assert "fetch" not in text
    assert "import" not in text[text.index("<script>") :]
    assert len(page.ids) == len(set(page.ids))
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids
        else:
            assert (paths.folder / link).is_file()


def test_page_opens_with_the_summary_and_shows_hostile_text_as_text(report):
    """The counts stand before the theorems, and a title's markup is shown, not run."""
    text = report[0].html.read_text(encoding="utf-8")
    assert text.index("theorems proved") < text.index('<h2 id="all">')
    assert "&lt;script&gt;alert(" in text
    assert "&lt;img src=http://evil/x&gt;" in text
    assert "prefers-color-scheme: dark" in text
    assert "✗ refuted, not proved" in text
    assert "Not as expected: <code>small.py::not_true</code> is refuted." in text
    for derived in report[0].data.rules:
        assert derived.title in unescape(text)


def test_symbols_are_explained_before_they_are_used(report):
    """What they mean stands above all that was found and asked; a length has one notation, and the update its sign."""
    page = report[0].html.read_text(encoding="utf-8")
    assert 0 < page.index('id="symbols"') < page.index('id="questions"')
    assert "‖" not in page
    key = page[page.index('id="symbols"') : page.index('id="questions"')]
    assert "its update is −<i>η" in key


@pytest.mark.parametrize("kind", ["with runs", "undecided", "refuted"])
def test_pdflatex_accepts_the_document(report, undecided, refuted, compiled, tmp_path, kind):
    """The document compiles without an error or an overfull line, whatever titles and docstrings hold."""
    paths = {"with runs": report[0], "undecided": undecided, "refuted": refuted}[kind]
    folder = shutil.copytree(paths.folder, tmp_path / "copy")
    assert "Overfull" not in compiled(folder / paths.tex.name)


def test_any_verdict_is_written(refuted):
    """A verdict that the prover does not know is shown by its word and its explanation, and is not measured."""
    text = refuted.html.read_text(encoding="utf-8")
    assert "✗ refuted" in text
    assert "A = [[2]] &amp; &lt;b&gt;" in text
    found = json.loads(refuted.json.read_text(encoding="utf-8"))
    assert found["summary"]["refuted"] == 1
    assert found["theorems"][1]["cross_check"] is None
    assert found["training"] == {}


def test_an_interrupted_report_leaves_the_old_one_whole(report, theorems, tmp_path, pictures_left_out):
    """What is not finished is not seen, and is cleared away."""
    shutil.copytree(report[0].folder, tmp_path, dirs_exist_ok=True)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def interrupt(stage, done, total):
        if stage == "write":
            raise KeyboardInterrupt

    with pictures_left_out(), pytest.raises(KeyboardInterrupt):
        build_report(tmp_path, theorems, replace(UNTRAINED, trials=3), progress=interrupt)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert not list(tmp_path.glob(".tptheory-*"))


def test_certificates_of_an_older_report_are_removed(undecided):
    """What the older report lists and the new one lacks goes; a file that it did not list is left alone."""
    left = sorted(path.name for path in (undecided.folder / "certificates").iterdir())
    assert left == ["my__notes.json", "notes.txt", "small__hostile.json"]
    assert (undecided.folder / "note.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_one_clear_error(theorems, tmp_path):
    """A file where the folder should be, or where its parent should be, is said as such before any work is done."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "report"):
        with pytest.raises(InvalidValueError, match="'folder' must be a folder that can be written") as caught:
            build_report(folder, theorems)
        assert isinstance(caught.value, TptheoryError)


def test_a_package_that_is_not_installed_has_an_unknown_version(monkeypatch):
    """As where tptheory is on the path alone; the report is written all the same."""

    def missing(package):
        raise PackageNotFoundError(package)

    monkeypatch.setattr(gathering, "version", missing)
    assert gathering.versions()["tptheory"] == "unknown"


def test_half_a_surrogate_pair_in_a_users_words_is_written_as_its_code(tmp_path, pictures_left_out):
    """UTF-8 has no bytes for it: the page and the paper show what they can, and JSON has its escape."""
    (tmp_path / "half.py").write_text(THEOREMS.replace("It would", "It \\ud800 would"), encoding="utf-8")
    theorems = collect(tmp_path / "half.py")
    with pictures_left_out():
        paths = build_report(tmp_path / "report", theorems, replace(UNTRAINED, paper=True))
    assert "It \\ud800 would" in paths.html.read_text(encoding="utf-8")


def test_a_full_disk_is_said_in_words_that_the_reader_knows(theorems, tmp_path, pictures_left_out, monkeypatch):
    """The file is named by its place in the report, without the temporary folder and the number of the error."""

    def full(stage, *_):
        raise OSError(errno.ENOSPC, "No space left on device", str(stage / "report.tex"))

    for failing in (full, lambda stage, *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device"))):
        monkeypatch.setattr(report_module, "_write", failing)
        with pictures_left_out(), pytest.raises(InvalidValueError) as caught:
            build_report(tmp_path, theorems, UNTRAINED)
        place = f": {tmp_path / 'report.tex'}" if failing is full else ""
        mend = f"No space left on device{place}. Name another, or free this one."
        assert str(caught.value) == f"'folder' must be a folder that can be written (got {str(tmp_path)!r}). {mend}"
        assert list(tmp_path.iterdir()) == []


def test_a_part_that_cannot_be_written_is_the_same_error(theorems, tmp_path, pictures_left_out):
    """A file that stands where the certificates belong is named."""
    (tmp_path / "certificates").write_text("", encoding="utf-8")
    with pictures_left_out(), pytest.raises(InvalidValueError, match="certificates"):
        build_report(tmp_path, theorems, UNTRAINED)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"theorems": "proofs"}, InvalidTypeError, "'theorems' must be a list of theorems"),
        ({"theorems": [1]}, InvalidTypeError, "'theorems' must be a list of theorems"),
        ({"theorems": []}, InvalidValueError, "'theorems' must be at least one theorem"),
        ({"steps": -1}, InvalidValueError, "'steps' must be an integer, 0 or more"),
        ({"steps": True}, InvalidTypeError, "'steps' must be an integer, 0 or more"),
        ({"seed": -1}, InvalidValueError, "'seed' must be an integer, 0 or more"),
        ({"trials": 0}, InvalidValueError, "'trials' must be a positive integer"),
        ({"seconds": 0}, InvalidValueError, "'seconds' must be a positive number"),
    ],
)
def test_wrong_arguments_are_named(theorems, arguments, error, match):
    """Each message names the argument and what was expected."""
    with pytest.raises(error, match=match):
        gather(arguments.pop("theorems", theorems), replace(SMALL, **arguments))


def test_a_folder_must_be_a_path(theorems):
    """A number is no folder."""
    with pytest.raises(InvalidTypeError, match="'folder' must be the path of a folder"):
        build_report(3, theorems)


def test_checker_runs_alone_and_finds_the_bad_among_the_good(report, tmp_path):
    """A certificate that was tampered with is refused, with the reason, and those after it are still read."""
    good = report[0].inside("certificates")[0].read_text(encoding="utf-8")
    content = json.loads(good)
    content["cofactors"] = []
    for name, text in (("a.json", good), ("b.json", json.dumps(content)), ("c.json", "{"), ("d.json", good)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    names = ["a.json", "b.json", "c.json", "d.json"]
    found = check_certificates(tmp_path, names)
    assert list(found) == names
    assert [not reason for reason in found.values()] == [True, False, False, True]
    assert check_certificates(tmp_path, []) == {}


def test_the_checker_beside_the_page_needs_no_package(report):
    """The command on the page works with a bare Python in the report's folder."""
    paths, _ = report
    command = [
        sys.executable,
        "-I",
        "-S",
        "checker.py",
        *(str(p.relative_to(paths.folder)) for p in paths.inside("certificates")),
    ]
    done = subprocess.run(command, cwd=paths.folder, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("accepted: certificates/small__hostile.json\n")


def test_certificates_of_one_name_are_told_apart(theorems):
    """Two files of one name in two folders keep a certificate each."""
    assert certificate_names([*theorems, *theorems]) == [
        "small__hostile.json",
        "small__not_true.json",
        "small__hostile_2.json",
        "small__not_true_2.json",
    ]


@pytest.mark.parametrize(("count", "steps"), [(1, [0]), (3, [0, 1, 2]), (41, list(range(0, 41, 4)))])
def test_a_log_is_shown_in_few_lines(count, steps):
    """The first and the last line are always there."""

    @dataclass
    class Logged:
        log: tuple

    shown = shown_lines(Logged(tuple(LogLine(k, 1.0, 0.5) for k in range(count))))
    assert [int(line.split()[1]) for line in shown] == steps
