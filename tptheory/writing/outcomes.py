"""What a verdict is called beside the one that was expected; an open question that is settled is good news."""

from __future__ import annotations

NEWS = {
    "proved": "open, and now proved: turn it into a theorem, @theorem(...)",
    "refuted": "open, and now refuted: take open=True out of its @conjecture",
}
"""By the word of the verdict, what became of an open conjecture that is settled, and what its author does then."""


def news_of(expected: str, found: str) -> str:
    """Say what became of an open conjecture; empty if it is still open, or if the theorem was no open conjecture.

    >>> news_of("undecided", "proved")
    'open, and now proved: turn it into a theorem, @theorem(...)'
    >>> news_of("refuted", "proved"), news_of("undecided", "undecided")
    ('', '')

    Args:
        expected: the word of the verdict that the theorem or conjecture expects.
        found: the word of the verdict that was found.
    """
    return NEWS.get(found, "") if expected == "undecided" else ""


def is_surprise(expected: str, found: str) -> bool:
    """Whether a verdict is neither the expected one nor news of an open conjecture.

    >>> is_surprise("refuted", "proved"), is_surprise("undecided", "proved")
    (True, False)
    """
    return found != expected and not news_of(expected, found)
