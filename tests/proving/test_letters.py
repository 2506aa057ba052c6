"""What a letter stands for is data: names are made of it, and nothing is read out of a name."""

import ast
from pathlib import Path

import pytest
from sympy import Trace

import tptheory
from tptheory import transpose
from tptheory.preamble import *
from tptheory.proving.letters import Family, Letter, Named, item_text
from tptheory.proving.translation import Translator
from tptheory.proving.words import Alphabet

B = MatrixSymbol("B", n, m)
ROOT = Path(tptheory.__file__).parent


def test_a_family_is_what_it_stands_for_and_not_what_it_is_called():
    """Kind and subject tell families apart; name and remark do not."""
    one = Family("symbol", A, "A")
    assert one == Family("symbol", A, "B", {"velocity": "A"})
    assert hash(one) == hash(Family("symbol", A, "B", {"velocity": "A"}))
    assert one != Family("symbol", B, "A")
    assert one != Family("number", A, "A")
    assert one != Family("symbol", MatrixSymbol("A", n, m), "A")
    assert one != Family("symbol", Symbol("A"), "A")
    assert Letter(one) != Letter(one, ("", 0)) != Letter(one, ("L", 0))


def test_two_families_of_one_name_get_two_names():
    """Each family keeps the name that it got first, and no other has it."""
    named = Named()
    families = [Family("symbol", k, "A") for k in range(3)]
    star = Family("symbol", "star", "A*")
    names = [named(family) for family in (*families[:1], star, *families[1:])]
    assert names == ["A", "A*", "A**", "A***"]
    assert [named(family) for family in (*families[:1], star, *families[1:])] == names
    assert [named.families[name] for name in names] == [families[0], star, *families[1:]]
    assert named(Family("symbol", 1, "another name")) == "A**"


def test_a_letter_as_a_certificate_writes_it():
    """A letter is a name, or a name at an index; a size may be a number."""
    named = Named()
    W = Family("sequence", "W", "W")
    assert named.item(Letter(W)) == "W"
    assert named.item(Letter(W, ("l", -1))) == ["W", "l", -1]
    assert named.item(3) == 3
    assert item_text({"T": ["W", "l", -1]}) == "W[l-1]'"
    assert item_text({"tr": ["A", {"T": "A"}]}) == "tr(A A')"
    assert item_text(["W", "", 2]) == "W[2]"


def test_an_alphabet_has_one_character_for_a_letter():
    """The same family gives the same character, another index another; a symmetric letter is its own transpose."""
    alphabet = Alphabet()
    size = Letter(Family("number", n, "n"))
    one = alphabet.matrix(Letter(Family("symbol", A, "A")), size, size)
    assert alphabet.matrix(Letter(Family("symbol", A, "another name")), size, size) == one
    assert alphabet.matrix(Letter(Family("symbol", A, "A"), ("", 1)), size, size) != one
    turned = alphabet.adjoints[one]
    assert turned != one
    assert alphabet.item(turned) == {"T": "A"}
    symmetric = alphabet.matrix(Letter(Family("symbol", B, "B")), size, size, symmetric=True)
    assert alphabet.adjoints[symmetric] == symmetric
    assert len(set(alphabet.letters)) == 4 + 1


def test_letters_that_are_made_are_told_from_those_that_are_named_alike():
    """The pseudo-inverse of A is not the symbol A+, its transpose not the symbol A', its inverse none of them."""
    translator = Translator()
    lies = [MatrixSymbol(name, n, n) for name in ("S+", "S'", "S^-1", "S+'", "(S)+")]
    made = [Pinv(S), transpose(S), Inverse(S), transpose(Pinv(S)), Pinv(matmul(S, S))]
    polynomials = [translator(e) for e in (*lies, *made)]
    assert all(p != q for i, p in enumerate(polynomials) for q in polynomials[:i])
    named = translator.alphabet.named
    assert len(named.names) == len(named.families) == len(set(named.names.values()))


def test_a_number_is_told_from_a_size_and_a_matrix_from_a_number():
    """Things of one name get letters of their own, in whatever order they come."""
    for order in (1, -1):
        translator = Translator()
        things = [Symbol("a", real=True), Symbol("a", integer=True, positive=True), MatrixSymbol("a", n, n)]
        found = [translator(Trace(e) if isinstance(e, MatrixSymbol) else e) for e in things[::order]]
        assert len(set(found)) == 3
        assert len({str(p.data()) for p in found}) == 3


@pytest.mark.parametrize(
    "path", sorted([*ROOT.joinpath("proving").glob("*.py"), *ROOT.joinpath("certificates").glob("*.py")]), ids=str
)
def test_nothing_parses_a_name(path):
    """No name is taken apart; the checker matches rationals, and whether a name needs quotes where it is printed."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    matches = {"checker.py": 2}
    if path.name in matches:
        patterns = [c.func.attr for c in calls if isinstance(c.func.value, ast.Name) and c.func.value.id == "re"]
        assert patterns == ["fullmatch"] * matches[path.name]
    else:
        assert "re" not in imported
    apart = {"partition", "rpartition", "split", "rsplit", "removesuffix", "endswith", "isdecimal", "isdigit"}
    assert not [c.func.attr for c in calls if c.func.attr in apart]
