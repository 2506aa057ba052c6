"""Fixtures that tests of several rooms share."""

import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import pytest


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
