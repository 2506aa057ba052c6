"""What a verdict is called beside the one that was expected; an open question that is settled is good news."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """A verdict beside the one that was expected.

    Attributes:
        words: what to call it.
        is_surprise: whether it is neither the expected one nor news of an open conjecture.
        news: what became of an open conjecture that is settled, and what its author does then; empty for all else.
    """

    words: str
    is_surprise: bool = False
    news: str = ""


OUTCOMES = {
    ("proved", "proved"): Outcome("proved"),
    ("refuted", "refuted"): Outcome("refuted as expected"),
    ("undecided", "undecided"): Outcome("open"),
    ("proved", "refuted"): Outcome("refuted unexpectedly", is_surprise=True),
    ("undecided", "refuted"): Outcome(
        "open and now refuted", news="open, and now refuted: take open=True out of its @conjecture"
    ),
    ("refuted", "proved"): Outcome("proved unexpectedly", is_surprise=True),
    ("undecided", "proved"): Outcome(
        "open and now proved", news="open, and now proved: turn it into a theorem, @theorem(...)"
    ),
    ("proved", "undecided"): Outcome("undecided", is_surprise=True),
    ("refuted", "undecided"): Outcome("undecided", is_surprise=True),
}
"""The outcomes, by the word of the verdict that was expected and that of the one that was found.

An open conjecture that is settled is news, and no failure.
"""
