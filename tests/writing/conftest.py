"""What tests of writing share: small runs that figures are drawn from, and a LaTeX that says what it thinks."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tptheory import collect
from tptheory.claims.theorem import Theorem
from tptheory.writing import experiments

from . import pictures

FILE = r'''
"""Is <b>50%</b> of $A_1 & B#2 ~ \\input{/etc/passwd} ≤ ⊆ Ø?"""
from sympy import Identity, MatrixSymbol, Symbol, symbols
from tptheory import *

L, l, k = (Symbol(name, integer=True) for name in "Llk")
m, n = symbols("m n", integer=True, positive=True)
A, B, C = MatrixSymbol("A", m, n), MatrixSymbol("B", n, n), MatrixSymbol("C", n, n)
net = DeepLinearNetwork(depth=L)


@theorem("<script> ] \\input{x} 100% & #1 _{x} ^2 $y$ ~z \\\\ “q” ≤ 中 {")
def hostile():
    """<img src=http://evil/x> $\\write18{rm}$ % & # _ ^ ~ { } \\

    A second paragraph -- "quoted", ``ticked'', by Nøkland. \\end{proof}
    """
    return [Equal(matmul(A, Pinv(A)), Identity(m), given=[full_row_rank(A)]), Equal(matmul(A, Pinv(A), A), A)]


@theorem("TP is BP at any depth for partial isometries")
def any_depth():
    """$W^+ = W'$ (Penrose, 1955)."""
    same = Equal(TargetProp().update(net, l), Backprop().update(net, l))
    return ForAll(same, (l, 1, L), given=[ForAll(partial_isometry(net.weight(k)), (k, 2, L))])


@conjecture("$A^+ = A'$")
def not_true():
    """It would make every matrix a partial isometry."""
    return Equal(Pinv(A), A.T)


@conjecture("Commutators are short", open=True)
def unknown():
    """Nobody asked."""
    return AtMost(squared_norm(B * C - C * B), 2 * squared_norm(B) * squared_norm(C))
'''


@pytest.fixture(scope="session")
def one_of_each(tmp_path_factory: pytest.TempPathFactory) -> list[Theorem]:
    """Give two theorems, a false conjecture and an open one, of one file whose words are hostile."""
    path = tmp_path_factory.mktemp("theorems") / "small.py"
    path.write_text(FILE, encoding="utf-8")
    return collect(path)


@pytest.fixture(scope="session")
def runs() -> dict[str, Any]:
    """Give both rules' trajectories."""
    return pictures.trajectories()


@pytest.fixture(scope="session")
def drifts() -> dict[str, Any]:
    """Give both drifts."""
    return pictures.drifts()


@pytest.fixture(scope="session")
def measured_once(runs: dict[str, Any], drifts: dict[str, Any]) -> Callable[[], AbstractContextManager[None]]:
    """Return a context in which reports of seed 0 are given their trajectories and drifts, which never differ."""

    @contextmanager
    def known() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name, found in (("trajectories", runs), ("drifts", drifts)):
                patch.setattr(experiments, name, {0: found}.__getitem__)
            yield

    return known


@pytest.fixture(scope="session")
def trained() -> dict[str, Any]:
    """Give two short training runs."""
    return pictures.trained()


@pytest.fixture(scope="session")
def compiled() -> Callable[[Path], str]:
    """Return a function that compiles a document where it stands and returns what pdflatex said; or skip."""
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed")

    def said(document: Path) -> str:
        command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", document.name]
        done = subprocess.run(command, cwd=document.parent, capture_output=True, check=False, timeout=60)
        words = done.stdout.decode("latin-1")
        assert done.returncode == 0, words[-2000:]
        assert document.with_suffix(".pdf").stat().st_size > 0
        return words

    return said


@pytest.fixture
def said_of(compiled: Callable[[Path], str], tmp_path: Path) -> Callable[[str], str]:
    """Return a function that compiles a text, and returns what pdflatex said of it."""

    def said(text: str) -> str:
        path = tmp_path / "paper.tex"
        path.write_text(text, encoding="utf-8")
        return compiled(path)

    return said
