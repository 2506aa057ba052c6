"""The page with a time slider: alone, escaped, true to the run, and moved by its own script."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest

from tptheory import TargetProp, simulate
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.writing.slider import subspace_slider

from .pictures import FULL, RANK_ONE, WIDE, flat_run

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


class Page(HTMLParser):
    """Collect the elements of a page, and the data of its frames."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.inside, self.frames = [], "", ""
        self.feed(text)
        self.frames = json.loads(self.frames) if self.frames else None

    def handle_starttag(self, tag, attrs):
        """Keep the element."""
        self.elements.append((tag, dict(attrs)))
        self.inside = dict(attrs).get("id", "") if tag == "script" else ""

    def handle_data(self, data):
        """Keep the frames."""
        if self.inside == "frames":
            self.frames += data
            self.inside = ""


class Hostile(TargetProp):
    """A rule whose title is markup."""

    title = "</script><script>alert(1)</script><img src=http://evil/x>"


@pytest.fixture(scope="module")
def run():
    """Give a run of which the first weight has rank one at the start."""
    return flat_run()


def test_the_page_stands_alone(run):
    """It fetches nothing, and forbids itself to."""
    text = subspace_slider(run)
    page = Page(text)
    assert "default-src 'none'" in text
    assert not [a for _, a in page.elements if {"src", "href", "xlink:href", "action"} & set(a)]
    assert set(re.findall(r"https?://[^\"' ]*", text)) == {"http://www.w3.org/2000/svg"}
    assert len(text) < 60_000


def test_titles_are_shown_and_not_run():
    """Whatever a rule is called."""
    text = subspace_slider(simulate(Hostile(), [RANK_ONE, FULL], [-1.5, -1.15], [1.0, 0.5], lr=0.02, steps=3))
    assert "&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert "img" not in [tag for tag, _ in Page(text).elements]
    assert [tag for tag, _ in Page(text).elements].count("script") == 2


def test_frames_are_those_of_the_run(run):
    """Lines lie in the subspaces of each step's weights, dots on activations and targets; steps are kept evenly."""
    text = subspace_slider(run, frames=7, alpha=0.5)
    page, scale = Page(text), float(re.search(r"reaches from −(\S+) to", text)[1]) / 2
    series = [np.array(s) for s in page.frames["series"]]
    kept = [int(said.split()[1].rstrip(",")) for said in page.frames["said"]]
    assert kept == [0, 10, 20, 30, 40, 50, 60]
    lines = [int(a["data-series"]) for tag, a in page.elements if tag == "line"]
    assert len(lines) == 8
    kernel, coimage = (series[k] for k in lines[:2])
    for W, u, v in zip(run.weights[0][kept], kernel, coimage, strict=True):
        s = np.linalg.svd(W, compute_uv=False)
        assert np.linalg.norm(W @ u) == pytest.approx(s[1], abs=1e-3)
        assert np.linalg.norm(W @ v) == pytest.approx(s[0], abs=1e-3)
    assert np.linalg.norm(run.weights[0][0] @ kernel[0]) < 1e-3
    circles = [series[int(a["data-series"])] for tag, a in page.elements if tag == "circle" and "data-series" in a]
    stars = [
        series[int(a["data-series"])] for tag, a in page.elements if a.get("class") == "target" and "data-series" in a
    ]
    for l in range(3):
        x, d = run.activations[l][kept, :, 0], run.error_signals[l][kept, :, 0]
        for row in (0, 3):
            np.testing.assert_allclose(scale * circles[l + row], x, atol=2e-4)
            np.testing.assert_allclose(scale * stars[l + row], x - 0.5 * d, atol=2e-4)


def test_the_first_step_is_seen_without_a_script(run):
    """The attributes are those of step 0."""
    page = Page(subspace_slider(run))
    for tag, a in page.elements:
        if tag == "line":
            u, v = page.frames["series"][int(a["data-series"])][0]
            np.testing.assert_allclose([float(a["x2"]), float(a["y2"])], [3 * u, 3 * v])


def test_the_same_run_gives_the_same_page_and_file(run, tmp_path):
    """What is returned is what is written."""
    text = subspace_slider(run, tmp_path / "slider.html")
    assert (tmp_path / "slider.html").read_text(encoding="utf-8") == text == subspace_slider(run)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"run": 3}, InvalidTypeError, "'run' must be a run"),
        ({"run": simulate(TargetProp(), [WIDE], [1, 0, 0], [0, 1], steps=1)}, ShapeError, "width 2 in every layer"),
        ({"frames": 0}, InvalidValueError, "'frames' must be a positive integer"),
        ({"sample": 1}, InvalidValueError, "'sample' must be a sample"),
        ({"path": "no/such/folder/page.html"}, InvalidValueError, "Make no/such/folder"),
    ],
)
def test_what_cannot_be_shown_is_said(run, options, error, match):
    """Each message names the argument."""
    with pytest.raises(error, match=match):
        subspace_slider(**{"run": run} | options)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no browser is installed")
def test_a_browser_moves_the_lines(run, tmp_path):
    """With the slider at its end, the lines are those of the last step; as it is opened, those of the first."""
    text = subspace_slider(run)
    last = len(Page(text).frames["said"]) - 1
    for k in (0, last):
        (tmp_path / "page.html").write_text(text.replace('value="0"', f'value="{k}"'), encoding="utf-8")
        command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
                   "--dump-dom", (tmp_path / "page.html").as_uri()]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        page = Page(done.stdout)
        lines = [a for tag, a in page.elements if tag == "line"]
        assert len(lines) == 8
        for a in lines:
            u, v = page.frames["series"][int(a["data-series"])][k]
            np.testing.assert_allclose([float(a["x2"]), float(a["y2"])], [3 * u, 3 * v], atol=1e-9)
        assert page.frames["said"][k] in done.stdout.split("<script")[0]


def test_squares_reach_as_far_as_their_points():
    """Each says how far, and its points are drawn smaller by what that is above 2."""
    far = simulate(TargetProp(), [RANK_ONE, FULL], [-7.3, -1.15], [1.0, 0.5], lr=0.001, steps=3)
    near = simulate(TargetProp(), [RANK_ONE, FULL], [0.1, 0.1], [0.1, 0.1], lr=0.001, steps=3)
    for run, reaches in ((far, 8), (near, 2)):
        text = subspace_slider(run, alpha=0)
        page = Page(text)
        assert f"Each square reaches from −{reaches} to {reaches}." in text
        circle = next(a for tag, a in page.elements if tag == "circle" and "data-series" in a)
        shown = page.frames["series"][int(circle["data-series"])]
        np.testing.assert_allclose(shown, run.activations[0][:, :, 0] * 2 / reaches, atol=1e-4)
