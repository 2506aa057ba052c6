"""The shape of the code holds: layers, sizes, a checker that stands alone, and nothing that runs text."""

import ast
import json
import re
import shutil
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from grimp import build_graph
from importlinter.cli import lint_imports
from sympy import MatrixSymbol

import tptheory
from tptheory import Equal, Pinv, matmul, preamble, prove

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tptheory"
CHECKER = PACKAGE / "certificates" / "checker.py"
MODULES = sorted(PACKAGE.rglob("*.py"))
THEOREMS = sorted((ROOT / "proofs").glob("*.py"))
LONGEST = 400
MOST_LINES, MOST_WAYS = 40, 12
FORBIDDEN_NAMES = {"eval", "exec", "compile", "__import__", "parse_expr", "lambdify", "system", "popen"}
FORBIDDEN_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}


def named(module):
    """Name a module by its path, for the list of tests."""
    return str(module.relative_to(ROOT))


def called(node):
    """Return the last name of what a call calls."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_the_tree_is_the_package():
    """What these tests read is what Python imports."""
    assert Path(tptheory.__file__).resolve() == (PACKAGE / "__init__.py").resolve()


def test_rooms_import_upward_only(capsys):
    """The layers of pyproject.toml hold."""
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


def test_no_imports_run_in_a_circle():
    """Neither at the top of a module nor within a function; what only type checkers read does not count."""
    graph = build_graph("tptheory", exclude_type_checking_imports=True, cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert imported["tptheory.symbolic.rules"] >= {"tptheory.symbolic.rule"}
    TopologicalSorter(imported).prepare()  # it raises CycleError, with the circle
    with pytest.raises(CycleError):
        TopologicalSorter(imported | {"tptheory.symbolic.rule": {"tptheory.symbolic.rules"}}).prepare()


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_no_module_is_long(module):
    """A module holds one notion, in at most 400 lines; the checker is one file, for it runs alone."""
    longest = 2 * LONGEST + 20 if module == CHECKER else LONGEST
    assert len(module.read_text(encoding="utf-8").splitlines()) <= longest


def own_lines(function):
    """Count the lines of a function without those of its docstring."""
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    lines = function.end_lineno - function.lineno + 1
    return lines if docstring is None else lines - (docstring.end_lineno - docstring.lineno + 1)


def own_nodes(function):
    """Run through the nodes of a function without those of the functions that it defines."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, ast.FunctionDef):
            yield node
            yield from own_nodes(node)


def complexity(function):
    """Count the ways through a function: one more for each decision, in its comprehensions and conditions too."""
    one_each = (ast.If, ast.IfExp, ast.For, ast.While, ast.ExceptHandler, ast.match_case)
    nodes = list(own_nodes(function))
    decisions = sum(isinstance(node, one_each) for node in nodes)
    decisions += sum(1 + len(node.ifs) for node in nodes if isinstance(node, ast.comprehension))
    return 1 + decisions + sum(len(node.values) - 1 for node in nodes if isinstance(node, ast.BoolOp))


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m not in (CHECKER, CHECKER.with_name("law_counts.py"))], ids=named
)
def test_a_function_is_one_step(module):
    """At most 40 lines beside the docstring, and 12 ways through it; both checkers are short, in one file each."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert {f.name: own_lines(f) for f in functions if own_lines(f) > MOST_LINES} == {}
    assert {f.name: complexity(f) for f in functions if complexity(f) > MOST_WAYS} == {}


def test_decisions_are_counted():
    """Each of these four functions has one more way through it than the one before."""
    bodies = ["pass", "return 1 if x else 2", "return [y for y in x if y]", "return [y for y in x if y and y > 1]"]
    functions = [ast.parse(f"def f(x):\n    {body}").body[0] for body in bodies]
    assert list(map(complexity, functions)) == [1, 2, 3, 4]


@pytest.mark.parametrize("module", [*MODULES, *THEOREMS], ids=named)
def test_nothing_runs_text(module):
    """No code of the package evaluates text, unpickles, or asks a shell."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & FORBIDDEN_MODULES
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in FORBIDDEN_MODULES
        elif isinstance(node, ast.Call):
            where = f"{named(module)}:{node.lineno}"
            own = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
            assert own or called(node) not in FORBIDDEN_NAMES, where
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            for option in ("shell", "allow_pickle"):
                assert getattr(given.get(option), "value", None) in (None, False), where
            if called(node) in {"sympify", "S"}:
                assert not any(
                    isinstance(a, ast.JoinedStr) or isinstance(getattr(a, "value", 0), str) for a in node.args
                )


@pytest.mark.parametrize("module", THEOREMS, ids=named)
def test_a_theorem_file_is_question_statement_and_reason(module):
    """It opens with its question, and the preamble is all that it imports; what it defines are words and claims."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["from tptheory.preamble import *"]
    assert "?" in (ast.get_docstring(tree) or "").partition("\n")[0]


def test_the_preamble_lists_what_it_brings():
    """Each name stands in its docstring, in double backticks, and no other name does."""
    listed = set(re.findall(r"``(\w+)``", preamble.__doc__.partition("A file that means")[0]))
    assert listed - {"lambda"} == {name for name in vars(preamble) if re.fullmatch(r"[^\W_]\w*", name)}


def test_the_preamble_says_what_it_brings():
    """It has no list of its own: it imports a word of theorem files as itself, and all else with an underscore."""
    tree = ast.parse(Path(preamble.__file__).read_text(encoding="utf-8"))
    imported = [alias for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert all(alias.asname in (alias.name, f"_{alias.name}") for alias in imported)
    brought = {}
    exec("from tptheory.preamble import *", brought)  # noqa: S102  # as a theorem file does
    assert brought.keys() - {"__builtins__"} == {name for name in vars(preamble) if name[0] != "_"}
    assert {"Equal", "Symbol", "deep", "at_every_layer"} <= brought.keys()
    assert not {"Any", "Callable", "Claim"} & brought.keys()


@pytest.mark.parametrize("module", [m for m in MODULES if "cli" not in m.parts and m != CHECKER], ids=named)
def test_only_the_command_line_prints_or_exits(module):
    """Everything else returns values."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Call) and called(node) in {"print", "exit"}), f"{named(module)}:{node.lineno}"


def test_the_checker_imports_only_the_standard_library():
    """The code that must be trusted rests on Python alone."""
    imported = set()
    for node in ast.walk(ast.parse(CHECKER.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module.split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_the_checker_runs_alone(python, tmp_path):
    """A copy of the one file, without the package in reach, accepts a certificate and refuses a tampered one."""
    A = MatrixSymbol("A", 2, 3)
    certificate = prove(Equal(matmul(A.T, A, Pinv(A)), A.T)).certificate
    data = json.loads(certificate.to_json())
    assert data["cofactors"]
    data["cofactors"].pop()
    (tmp_path / "good.json").write_text(certificate.to_json(), encoding="utf-8")
    (tmp_path / "bad.json").write_text(json.dumps(data), encoding="utf-8")
    shutil.copy(CHECKER, tmp_path / "alone.py")

    accepted, refused = (python("-I", "-S", "alone.py", name, cwd=tmp_path) for name in ("good.json", "bad.json"))
    assert (accepted.returncode, accepted.stderr) == (0, "")
    assert accepted.stdout.startswith("accepted: good.json\n")
    assert (refused.returncode, refused.stderr) == (1, "")
    assert refused.stdout.startswith("refused: bad.json: ")
