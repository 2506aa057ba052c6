"""Fixtures that tests of several rooms share."""

import gc
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from matplotlib.figure import Figure
from typer.testing import CliRunner

from tptheory.cli import app
from tptheory.writing import experiments, figures

settings.load_profile("ci")  # the same examples each time, and a busy machine is no failure


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that runs a command of the command line in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def invoke(*arguments: Any, status: int = 0, **environment: str) -> Any:
        result = CliRunner().invoke(app, [str(a) for a in arguments], env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, (result.stdout, result.stderr)
        return result

    return invoke


@pytest.fixture
def theorem_file(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a theorem file and returns its path."""

    def written(text: str, name: str = "facts.py") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="session")
def pictures_left_out() -> Callable[[], AbstractContextManager[None]]:
    """Return a context in which reports of seed 0 simulate nothing and draw empty pictures, for tests of the rest."""
    found = {name: {0: getattr(experiments, name)(0)} for name in ("trajectories", "drifts", "order_defects")}
    rising = experiments.rising_loss()

    @contextmanager
    def known() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name, runs in found.items():
                patch.setattr(experiments, name, runs.__getitem__)
            patch.setattr(experiments, "rising_loss", lambda: rising)
            patch.setattr(figures, "draw", lambda *_, **__: Figure((1, 1)))
            yield

    return known


@pytest.fixture(scope="session")
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs Python in a process of its own, and returns its status and what it wrote."""

    def ended(*arguments: Any, **settings: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, **settings)

    return ended


@pytest.fixture(scope="session")
def pdflatex(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], str]:
    """Return a function that sets paragraphs in an article of 11 point type and returns the log; or skip."""
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed")

    def log(paragraphs: list[str]) -> str:
        folder = tmp_path_factory.mktemp("latex")
        head = "\\documentclass[11pt]{article}\n\\usepackage{amsmath}\n\\begin{document}\n"
        body = "\n\n".join(paragraphs)
        (folder / "all.tex").write_text(f"{head}{body}\n\\end{{document}}\n", encoding="utf-8")
        run = subprocess.run(
            [program, "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        said = run.stdout.decode("utf-8", errors="replace")
        assert run.returncode == 0, said[-2000:]
        return said

    return log


@pytest.fixture(scope="session")
def read_xml():
    """Give a function that reads XML, and fails where it is not well formed."""
    return lambda text: ElementTree.fromstring(text)  # noqa: S314  the text was written by the test


def pytest_collection_finish() -> None:
    """Leave what was made so far, which stays to the end, out of every later look for garbage."""
    gc.collect()
    gc.freeze()
