"""Every notebook is its script, executed: well-formed, without errors, in public names; and it runs anew."""

import ast
import importlib
import importlib.util
import re
from pathlib import Path

import jupytext
import nbformat
import pytest

from tptheory import collect

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "notebooks").glob("*.py"))
OUTSIDE = {"IPython", "itertools", "matplotlib", "numpy", "pathlib", "re", "sympy"}
ROOMS = {
    "tptheory",
    "tptheory.figures",
    "tptheory.sweeping.frames",
    "tptheory.training.data",
    "tptheory.training.inverses",
    "tptheory.training.trainer",
    "tptheory.typesetting.prose",
    "tptheory.writing.figures",
}
"""The modules of tptheory whose names a reader is meant to use."""
LARGEST = 700_000
"""Bytes of a notebook with its outputs."""


def named(script):
    """Name a notebook by its number and title."""
    return script.stem


def written(script):
    """Return the notebook that stands beside its script."""
    return nbformat.read(script.with_suffix(".ipynb"), as_version=4)


def outputs(notebook):
    """Run through the outputs of all cells."""
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def problems(notebook):
    """Say what a reader should not meet in a notebook: errors, warnings, cells that did not run in order."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    ran = [cell.execution_count for cell in cells]
    found = [] if ran == list(range(1, len(cells) + 1)) else [f"cells ran in the order {ran}"]
    for output in outputs(notebook):
        if output.output_type == "error" or output.get("name") == "stderr":
            found.append(str(output.get("evalue") or output.get("text")))
    return found


def not_public(source):
    """Return the names that code imports from elsewhere than the public face of tptheory and a few libraries."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] not in OUTSIDE]
        elif isinstance(node, ast.ImportFrom) and node.module.split(".")[0] not in OUTSIDE:
            module = importlib.import_module(node.module) if node.module in ROOMS else None
            public = [name for name in dir(module) if not name.startswith("_")] if module else []
            found += [f"{node.module}.{alias.name}" for alias in node.names if alias.name not in public]
    return found


def test_there_are_notebooks():
    """The scripts are found, and no notebook is without one."""
    assert SCRIPTS
    assert sorted((ROOT / "notebooks").glob("*.ipynb")) == [script.with_suffix(".ipynb") for script in SCRIPTS]


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_links_lead_somewhere(script):
    """The README names the notebook, and every file and theorem that the notebook names is there."""
    assert f"`notebooks/{script.stem}.ipynb`" in (ROOT / "README.md").read_text(encoding="utf-8")
    source = script.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", source) if "{" not in link]
    assert links
    assert all((script.parent / link).exists() for link in links)
    for node in re.findall(r'"(\w+\.py::\w+)"', source):
        assert len(collect(ROOT / "proofs" / node)) == 1


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_theorems_are_found_from_anywhere(script):
    """A notebook that was copied out of the repository collects those that the package brings."""
    assert not re.search(r"collect\(f?\"(?!proofs/)", script.read_text(encoding="utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_notebooks_are_well_formed(script):
    """The file is a notebook by the format's own schema, opens with a title, and is small."""
    notebook = written(script)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# ")
    assert script.with_suffix(".ipynb").stat().st_size < LARGEST


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_notebooks_are_their_scripts(script):
    """Cell by cell, the notebook says what the script says: nobody edits one of them alone."""
    ours, theirs = (
        [(cell.cell_type, cell.source) for cell in notebook.cells]
        for notebook in (jupytext.read(script), written(script))
    )
    assert theirs == ours, "run python .ci/notebooks.py"


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_notebooks_show_no_errors(script):
    """All cells ran, in order, without errors or warnings; no path of the machine is shown."""
    notebook = written(script)
    assert not problems(notebook)
    assert not re.search(r"/(home|root|tmp|work|usr)/", str(outputs(notebook)))


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_notebooks_import_public_names_only(script):
    """What a notebook uses, a reader may use."""
    assert not not_public(script.read_text(encoding="utf-8"))


def test_private_names_are_noticed():
    """The test above sees private names, unknown modules and names that are not exported."""
    source = "from tptheory import _x\nimport os\nfrom tptheory.proving.words import Word\nfrom tptheory import Equal"
    assert not_public(source) == ["tptheory._x", "os", "tptheory.proving.words.Word"]


def test_errors_are_noticed():
    """A cell that raised, one that warned, and one that was not run are all found."""
    raised = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    warned = nbformat.v4.new_output("stream", name="stderr", text="careful")
    cell = nbformat.v4.new_code_cell("1", execution_count=1, outputs=[raised, warned])
    notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_code_cell("2")])
    assert problems(notebook) == ["cells ran in the order [1, None]", "no", "careful"]


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_notebooks_run(script):
    """Executed anew, by the command that CI uses, each gives the text that it shows, save for numbers."""
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / ".ci" / "notebooks.py")
    command = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(command)
    notebook = command.executed(script)
    assert not problems(notebook)
    assert texts(notebook) == texts(written(script))


def texts(notebook):
    """Return what the cells printed and showed, without pictures, and without numbers, which differ by machine."""
    shown = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs(notebook)]
    return [re.sub(r"[-+]?\d[\d.e+-]*", "#", " ".join(text.split())) for text in shown if "Figure size" not in text]
