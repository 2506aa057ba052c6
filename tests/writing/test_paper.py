"""The paper of a report: what stands where, what it cites, and that LaTeX accepts it."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from tptheory.writing.gathering import ReportSettings
from tptheory.writing.paper import SHORT, divided
from tptheory.writing.report import build_report

from .pictures import small_study

SMALL = ReportSettings(trials=2, steps=20, seconds=2.0)


@pytest.fixture(scope="module")
def report(tmp_path_factory, one_of_each, measured_once):
    """Give a report with its paper, on two theorems, a false conjecture and an open one."""
    folder = tmp_path_factory.mktemp("paper") / "report"
    with measured_once():
        return build_report(folder, one_of_each, replace(SMALL, paper=True), study=small_study)


@pytest.fixture(scope="module")
def text(report):
    """Give the document."""
    return report.inside("paper")[0].read_text(encoding="utf-8")


def test_a_paper_is_a_folder_of_its_own(report):
    """It has the document, the references and every figure, and nothing else."""
    found = sorted(str(path.relative_to(report.folder)) for path in report.inside("paper"))
    figures = [f"paper/figures/{path.name}" for path in report.inside("figures") if path.suffix == ".pdf"]
    assert found == sorted(["paper/paper.tex", "paper/references.bib", *figures])
    assert sorted(path for path in (report.folder / "paper").rglob("*") if path.is_file()) == sorted(
        report.inside("paper")
    )


def test_every_result_stands_once(report, text):
    """Each theorem and remark is labelled once, and the table of verdicts refers to each."""
    labels = re.findall(r"\\label\{(small:[a-z_]+)\}", text)
    assert sorted(labels) == ["small:any_depth", "small:hostile", "small:not_true", "small:unknown"]
    assert sorted(re.findall(r"\\ref\{(small:[a-z_]+)\}", text)) == sorted(labels)


def test_the_main_results_stand_in_the_text(report):
    """The first theorem with a short proof, the first false conjecture and what is open; the rest in the appendix."""
    division = divided(report.data.theorems)
    assert [r.theorem.name for _, results in division.main for r in results] == ["hostile"]
    assert [r.theorem.name for r in division.false] == ["not_true"]
    assert [r.theorem.name for r in division.open] == ["unknown"]
    assert [r.theorem.name for _, results in division.rest for r in results] == ["any_depth"]


def test_a_long_proof_stands_in_the_appendix(report):
    """The next theorem takes its place."""
    first, *others = report.data.theorems
    division = divided([replace(first, typeset="x" * (SHORT + 1)), *others])
    assert [r.theorem.name for _, results in division.main for r in results] == ["any_depth"]
    assert [r.theorem.name for _, results in division.rest for r in results] == ["hostile"]


def test_sources_are_cited_and_the_rest_is_not_in_the_bibliography(report, text):
    """Rules and reasons cite; the file has an entry for each key and no other."""
    keys = set(re.findall(r"\\citealp\{([a-z0-9]+)\}", text))
    assert {"penrose1955", "rumelhart1986", "lee2015", "nokland2016", "kaczmarz1937"} <= keys
    bib = next(path for path in report.inside("paper") if path.suffix == ".bib").read_text(encoding="utf-8")
    assert set(re.findall(r"@[a-z]+\{([a-z0-9]+),", bib)) == keys


@pytest.mark.skipif(shutil.which("pdflatex") is None or shutil.which("bibtex") is None, reason="no LaTeX is installed")
def test_latex_accepts_the_paper(report, tmp_path):
    """No warning, no reference that is not found, no line that is too long, whatever titles hold."""
    shutil.copytree(report.folder / "paper", tmp_path / "paper")

    def run(*command):
        done = subprocess.run(command, cwd=tmp_path / "paper", capture_output=True, check=False, timeout=120)
        said = done.stdout.decode("latin-1")
        assert done.returncode == 0, said[-2000:]
        return said

    typeset = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex")
    run(*typeset)
    assert "Warning" not in run("bibtex", "paper")
    for _ in range(3):
        said = run(*typeset)
    assert "Overfull" not in said
    assert not re.findall(r"^.*Warning:.*$", said, re.MULTILINE)
