"""A rule of one's own with a learned feedback and a parameter: a short script proves, simulates, trains and writes."""

import json
import os
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("tracking.py")
LONGEST = 40
MNIST = os.environ.get("TPTHEORY_MNIST")


@pytest.fixture(
    scope="module",
    params=[
        "digits",
        pytest.param(MNIST, marks=pytest.mark.skipif(not MNIST, reason="TPTHEORY_MNIST names no folder"), id="MNIST"),
    ],
)
def done(python, tmp_path_factory, request):
    """Run the script in a folder of its own, and return what it printed, line by line, and the folder."""
    folder = tmp_path_factory.mktemp("tracking")
    finished = python(str(SCRIPT), *([] if request.param == "digits" else [request.param]), cwd=folder)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.splitlines(), folder


def test_the_script_is_short():
    """What it takes to have all this fits on a page."""
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_its_law_is_proved(done):
    """The explanation is a chain, which ends in the decay."""
    assert done[0][0] == "B_2 comes to s W_2' at the rate c"
    assert "= c B_2 - c s W_2'" in done[0][3]


def test_its_loss_falls_along_the_flow_and_in_steps(done):
    """Two lines of three losses, each lower than the one before, and alike, as 100 steps of 0.01 are a time of 1."""
    flow, steps = ([float(number) for number in line.split()] for line in done[0][4:6])
    assert flow == sorted(flow, reverse=True)
    assert steps == pytest.approx(flow, rel=1e-2)


def test_it_learns_the_digits(done):
    """Far better than chance after 300 steps, on MNIST too."""
    assert float(done[0][6]) > 0.8


def test_its_parameter_is_swept(done):
    """Three records, one for each value, and none failed."""
    records = [json.loads(line) for line in (done[1] / "sweep.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {record["cell"]["s"] for record in records} == {0.1, 0.5, 1}
    assert all(record["result"]["status"] == "completed" for record in records)


def test_its_theorem_is_written(done):
    """A document of its own, with the statement and the proof."""
    text = (done[1] / "tracking.tex").read_text(encoding="utf-8")
    assert r"\begin{document}" in text
    assert r"\begin{proof}" in text
