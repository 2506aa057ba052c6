"""Every example in a docstring, and in the README, gives what it says."""

import doctest
import importlib
import importlib.util
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tptheory

README = Path(__file__).parents[1] / "README.md"
NEEDS_NUMBA = {"tptheory.training.fused", "tptheory.training.native"}
"""Modules of the extra ``fast``."""
LEFT_OUT = set() if importlib.util.find_spec("numba") else NEEDS_NUMBA
MODULES = ["tptheory", *(m.name for m in pkgutil.walk_packages(tptheory.__path__, "tptheory."))]
MODULES = [name for name in MODULES if name not in LEFT_OUT]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name):
    """The examples of a module run, and show what they say."""
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_there_are_examples():
    """The modules have examples at all."""
    finder = doctest.DocTestFinder()
    assert sum(len(t.examples) for name in MODULES for t in finder.find(importlib.import_module(name))) > 20


def blocks(language):
    """Return the code of that language in the README."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_readme_example_runs(tmp_path):
    """The README's Python runs as it stands, as one script, and prints what the README shows under it."""
    script = "\n".join(blocks("python"))
    assert "decide(" in script
    command = [sys.executable, "-W", "error", "-c", script]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "".join(blocks("text"))
