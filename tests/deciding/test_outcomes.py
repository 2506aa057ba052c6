"""What a verdict is called beside the expected one, and who reads it."""

import pytest

from tptheory import Undecided, Zero, conjecture, prove, refute, theorem
from tptheory.deciding.library import Settled
from tptheory.deciding.outcomes import OUTCOMES
from tptheory.preamble import A, Equal, Pinv, T

TRUE, FALSE, HARD = Equal(Pinv(Pinv(A)), A), Equal(Pinv(A), T(A)), Zero(A)
FOUND = {"proved": prove(TRUE), "refuted": refute(FALSE), "undecided": Undecided(HARD, "nobody knows")}
EXPECTING = {"proved": theorem("T"), "refuted": conjecture("C"), "undecided": conjecture("O", open=True)}
NEWS = {("undecided", "proved"), ("undecided", "refuted")}


@pytest.mark.parametrize("expected", EXPECTING)
@pytest.mark.parametrize("found", FOUND)
def test_a_verdict_is_expected_or_news_or_a_surprise(expected, found):
    """News is what became of an open conjecture; a theorem that stays undecided is a surprise."""

    @EXPECTING[expected]
    def asked():
        return FOUND[found].claim

    settled = Settled(asked, FOUND[found], 0.1)
    assert asked.expected == expected
    assert bool(settled.news) == ((expected, found) in NEWS)
    assert settled.is_surprise == (expected != found and (expected, found) not in NEWS)


def test_each_outcome_has_its_words():
    """Two are called the same, for a theorem and a conjecture that stay undecided have the same to tell."""
    words = [outcome.words for outcome in OUTCOMES.values()]
    assert sorted({word for word in words if words.count(word) > 1}) == ["undecided"]
    assert len(OUTCOMES) == len(FOUND) * len(EXPECTING)
