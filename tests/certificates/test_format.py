"""The page that describes certificates says what two readers do, block by block."""

import json
import re
from pathlib import Path

import pytest
from oracles import second_reader

from tptheory.certificates import checker, law_counts

PAGE = (Path(checker.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```json (accepted|refused)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
COUNTS = re.findall(r"^```json (accepted|refused) by law_counts.py\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
METHODS = {*checker.PROOFS, "all", "induction"}


def test_every_block_of_the_page_is_marked():
    """A block that is neither accepted nor refused would be tried by nobody."""
    assert len(COUNTS) == 4
    assert len(BLOCKS) + len(COUNTS) == PAGE.count("```json") == PAGE.count("```") // 2


@pytest.mark.parametrize(("verdict", "text"), BLOCKS)
def test_a_block_does_what_it_says(verdict, text):
    """The checker and the second reader give the verdict that stands above the block."""
    if verdict == "accepted":
        second_reader.read(text.encode())
        checker.check(checker.parse(text.encode()))
        return
    with pytest.raises(second_reader.Refused):
        second_reader.read(text.encode())
    with pytest.raises(checker.Refused):
        checker.check(checker.parse(text.encode()))


@pytest.mark.parametrize(("verdict", "text"), COUNTS)
def test_a_count_does_what_it_says(verdict, text):
    """The checker of counts gives the verdict that stands above the block."""
    if verdict == "accepted":
        assert law_counts.check(law_counts.parse(text.encode())) == json.loads(text)["number"]
        return
    with pytest.raises(law_counts.Refused, match="the number is"):
        law_counts.check(law_counts.parse(text.encode()))


def test_every_method_has_an_example_of_each_kind():
    """The page shows of every method one certificate that proves, and one that does not."""
    shown = {(verdict, json.loads(text)["method"]) for verdict, text in BLOCKS}
    assert shown >= {(verdict, method) for verdict in ("accepted", "refused") for method in METHODS}
