"""What is imported when: nothing heavy before it is needed, and an interrupt meanwhile is quiet."""

import sys

import pytest

from tptheory import cli

HEAVY = ("sympy", "numpy", "scipy", "flint", "matplotlib", "sklearn", "pandas", "hypothesis", "jinja2")


def loaded(python, code):
    """Return which of the heavy libraries Python has loaded after some code."""
    shown = f"{code}\nimport sys\nsys.stderr.write(' '.join(n for n in {HEAVY} if n in sys.modules))"
    run = python("-c", shown)
    assert run.returncode == 0, run.stderr
    return run.stderr.split()


def test_the_package_imports_nothing_heavy(python):
    """`import tptheory` alone loads none of the libraries; a name loads those that it needs, the failing twin."""
    assert loaded(python, "import tptheory") == []
    assert "sympy" in loaded(python, "from tptheory import Equal")


@pytest.mark.parametrize("line", [["--help"], ["train", "--help"], ["prove", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(python, line):
    """Help and version are there at once, for the application and for its commands."""
    code = f"import sys\nfrom tptheory.cli import main\nsys.argv = {['tptheory', *line]}\ntry:\n    main()\n"
    assert loaded(python, f"{code}except SystemExit as end:\n    assert end.code == 0") == []


def test_theorems_do_without_training_and_pictures(python):
    """The one import of a theorem file loads neither Matplotlib nor scikit-learn."""
    assert set(loaded(python, "from tptheory.preamble import *")) <= {"sympy", "numpy", "scipy", "flint"}


class Interrupting:
    """A finder that is interrupted when it looks for the commands, as by Ctrl-C."""

    def find_spec(self, name, path, target=None):
        """Raise at the commands, and leave all else to others."""
        if name == "tptheory.cli.commands":
            raise KeyboardInterrupt


def test_an_interrupt_while_importing_is_quiet(monkeypatch, capsys):
    """Ctrl-C before the commands are imported gives one line and the status of a shell, and no traceback."""
    monkeypatch.delitem(sys.modules, "tptheory.cli.commands", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 130
    assert capsys.readouterr().err == "error: interrupted\n"
