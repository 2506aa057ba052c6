"""A small table shows the same cells as text, HTML and LaTeX, and escapes them."""

import pytest
from sympy import MatrixSymbol, Symbol

from tptheory.typesetting.tables import Sentence, Table

CELLS = {
    "number": (1 / 3, "0.333333", "0.333333"),
    "whole": (12, "12", "12"),
    "truth": (True, "yes", "yes"),
    "nothing": (None, "-", "-"),
    "expression": (Symbol("W_1"), "W_1", "$W_{1}$"),
    "sentence": (Sentence("so", "<i>so</i>", r"\emph{so}"), "so", r"\emph{so}"),
    "hostile": ("<script>&%\x1b[2J", r"<script>&%\x1b[2J", r"\textless{}script\textgreater{}\&\%[2J"),
}


@pytest.mark.parametrize(("cell", "text", "latex"), CELLS.values(), ids=CELLS)
def test_a_cell_in_three_forms(cell, text, latex, read_xml):
    """Each kind of cell, in a table with a header; HTML is well formed and runs nothing."""
    table = Table("one & only", [("cell", cell)], ("name", "value"))
    assert table.text() == f"one & only\n  name  value\n  cell  {text}".rstrip()
    assert table.latex().endswith(f"name & value \\\\\ncell & {latex} \\\\\n\\end{{tabular}}")
    page = table.html()
    assert "<script" not in page
    read_xml(page)


def test_names_of_symbols_run_nothing(read_xml):
    """What a user calls a matrix is no code of a page."""
    page = Table("", [(MatrixSymbol("<b>_%", 2, 2),)]).html()
    read_xml(page)
    assert "<b>" not in page


def test_columns_are_aligned():
    """In text a column is as wide as its widest cell."""
    assert Table("t", [("a", 1), ("longer", 22)]).text() == "t\n  a       1\n  longer  22"
