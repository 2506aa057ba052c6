"""The README is true: its Python runs and prints what it shows, its commands exist, and it names what there is."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.main import get_command

import tptheory
from tests.benchmarks.mnist import RECORDS, summary
from tptheory.cli import app
from tptheory.writing.findings import FINDINGS

UsageError = typer.BadParameter.__base__
"""Click's, or that of the click which typer brings."""
ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| .* \| (.*) \|$", TEXT, re.MULTILINE)
CELLS = [code for row in ROWS for code in re.findall(r"`([^`]+)`", row)]
COMMANDS = [code for code in CELLS if code.startswith("tptheory ")]
COMMANDS += [line.partition(" #")[0].strip() for line in re.findall(r"^\$ (tptheory .*)$", TEXT, re.MULTILINE)]
CALLS = [code for code in CELLS if "(" in code and code not in COMMANDS]


def blocks(language):
    """Return the code of that language in the README."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def resolved(words):
    """Return the click command that the first words name, its name, and the words that are left."""
    command, name = get_command(app), "tptheory"
    while hasattr(command, "commands"):
        name, *words = words
        command = command.commands[name]
    return command, name, words


def test_the_picture_shows_what_the_report_says():
    """It is of the first two results, which hold no counts, in 1280 pixels; the file tells the words that it shows.

    Where they have changed, make it anew: cut from the page, and with these words as its description.
    """
    with Image.open(ROOT / "notebooks" / "figures" / "report.png") as picture:
        shown = picture.text["Description"]
    assert shown == "\n".join(f"{one.title}\n{one.words}" for one in FINDINGS[:2])


def test_the_python_runs(python, mine):
    """It runs as it stands, as one script beside `mine.py`, and prints what the README shows under it."""
    script = "\n".join(blocks("python"))
    assert "decide(" in script
    run = python("-W", "error", "-c", script, cwd=mine.parent)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "".join(blocks("text"))


def test_a_test_beside_the_theorems_runs(python, mine):
    """The property test is a file as it stands, which imports the theorem that it asks about."""
    (text,) = (block for block in blocks("python") if "def test_mixed_is_bp" in block)
    mine.with_name("test_mine.py").write_text(text, encoding="utf-8")
    options = ("-q", "-p", "no:cacheprovider", "--hypothesis-profile", "ci")  # a busy machine is no failure
    run = python("-m", "pytest", *options, "test_mine.py", cwd=mine.parent)
    assert run.returncode == 0, run.stdout


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Write the block of one's own rule and theorems as the README says, and go there."""
    (text,) = (block for block in blocks("python") if "class Mixed" in block)
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mine.py"


def test_what_is_ones_own_is_settled_as_expected(mine):
    """Its theorems are proved, and its conjecture is refuted."""
    theorems = tptheory.collect(mine)
    assert [t.expected for t in theorems] == ["proved", "proved", "refuted"]
    assert [tptheory.decide(t).word for t in theorems] == ["proved", "proved", "refuted"]


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_are_understood(line):
    """Each command has the options and arguments that it is given; none is run."""
    command, name, words = resolved(shlex.split(line)[1:])
    command.make_context(name, words)


def test_a_command_that_is_wrong_is_seen():
    """The failing twin: an option that the command lacks."""
    command, name, words = resolved(["prove", "--deep"])
    with pytest.raises(UsageError, match="No such option"):
        command.make_context(name, words)


def test_every_command_is_there():
    """A command that the README does not show is not found."""
    shown = {resolved(shlex.split(line)[1:])[1] for line in COMMANDS}
    every = get_command(app).commands
    assert shown == {name for name in every if name != "export"} | set(every["export"].commands)


@pytest.mark.parametrize("code", CALLS)
def test_calls_are_of_what_there_is(code):
    """What a cell calls is public, or a method of a network, a rule, a run, the figures or the strategies."""
    import tptheory.figures
    import tptheory.strategies
    from tptheory.simulation.trajectories import Run

    owners = (tptheory, tptheory.DeepLinearNetwork, tptheory.Rule, Run, tptheory.figures, tptheory.strategies)
    for name in re.findall(r"(\w+)\(", code):
        assert any(hasattr(owner, name) for owner in owners), name


def test_every_room_is_in_the_table():
    """A folder of the package that holds code is a room, apart from what the package carries."""
    rooms = {path.parent.name for path in (ROOT / "tptheory").glob("*/__init__.py")}
    assert rooms == set(re.findall(r"^\| `(\w+)` \| ", TEXT[TEXT.index("### The rooms") :], re.MULTILINE))


def test_every_module_beside_the_rooms_is_named():
    """Below the table of the rooms stands each module that is in none of them."""
    modules = {path.stem for path in (ROOT / "tptheory").glob("*.py") if not path.stem.startswith("_")}
    below = TEXT[TEXT.index("Beside them stand") : TEXT.index("Imports go one way only")]
    assert modules == set(re.findall(r"`(\w+)`", below)) - {"proofs", "notebooks", "tests"}


def test_pictures_are_there_and_small():
    """Each picture is a file beside the README, of less than 200 kB."""
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert pictures
    for path in pictures:
        assert (ROOT / path).stat().st_size < 200_000


def relative_links(text):
    """Return the targets of links that lead nowhere on a package index: those that are no addresses or headings."""
    return [
        target for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", text) if not re.match("https?://|#", target)
    ]


def test_links_work_on_a_package_index():
    """A link to a file of the checkout would lead nowhere there: files are named, and not linked."""
    assert relative_links(TEXT) == []
    assert relative_links("[`a`](notebooks/a.ipynb), [b](https://b.example)") == ["notebooks/a.ipynb"]


def test_the_citation_is_of_this_version():
    """`CITATION.cff` names the version and the licence of the package, and the changelog has a section for it."""
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (\S+)$", citation, re.MULTILINE).group(1) == tptheory.__version__
    assert re.search(r"^license: (\S+)$", citation, re.MULTILINE).group(1) == "MIT"
    assert f"\n## {tptheory.__version__}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_files_that_are_named_exist():
    """A path in the text that begins with a folder of the checkout is there."""
    named = re.findall(r"`((?:tptheory|proofs|tests|notebooks|\.ci)/[\w./]+)`", TEXT)
    assert len(named) > 5
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_table_of_mnist_is_what_the_records_say():
    """No number of it was written by hand: `python -m tests.benchmarks.mnist --table` prints it."""
    assert "\n".join(summary(ROOT / RECORDS)) in TEXT
