"""In which order hypotheses are used, and which at once."""

from fractions import Fraction

from tptheory.typesetting.ordering import Subtraction, ordered

ONE = Fraction(1)


def word(*letters):
    """Return the monomial of a word."""
    return ((), letters)


def test_steps_of_one_kind_share_a_line_where_they_do_not_meet():
    """Two places of one hypothesis are one line; a step that needs the result of another waits for it."""
    first = {word("a", "b"): ONE, word("c", "b"): ONE}
    here, there = ({word(x, "b"): ONE, word(x, "d"): -ONE} for x in "ac")
    later = {word("a", "d"): ONE, word("e"): -ONE}
    lines = ordered(first, [Subtraction(here, "same"), Subtraction(there, "same"), Subtraction(later, "other")])
    assert [uses for _, uses in lines] == [(0, 1), (2,)]
    assert list(lines[-1][0]) == [word("e"), word("c", "d")]
    lines = ordered({word("a", "b"): ONE}, [Subtraction(later, "same"), Subtraction(here, "same")])
    assert [uses for _, uses in lines] == [(1,), (0,)]


def test_the_order_avoids_long_lines():
    """Of two orders, the one without a line that grows and shrinks again is taken, though another is listed first."""
    grow = {word("x"): ONE, **{word("x", a): -ONE for a in "pqr"}}
    shrink = {word("y"): ONE, word("x"): -ONE}
    back = {word("x", a): ONE for a in "pqr"}
    lines = ordered(
        {word("y"): ONE, word("z"): ONE}, [Subtraction(back, "3"), Subtraction(grow, "2"), Subtraction(shrink, "1")]
    )
    assert [uses for _, uses in lines] == [(2,), (1,), (0,)]


def test_fractions_are_kept():
    """Orders are sought in whole numbers; lines keep their coefficients."""
    third = {word("a"): Fraction(1, 3), word("b"): Fraction(-1, 7)}
    ((line, uses),) = ordered({word("a"): Fraction(1, 3)}, [Subtraction(third, "")])
    assert (line, uses) == ({word("b"): Fraction(1, 7)}, (0,))


def test_steps_that_cancel_or_do_nothing_are_used():
    """Every step is used once, even where it changes nothing."""
    step = {word("a"): ONE}
    back = {word("a"): -ONE}
    lines = ordered({word("b"): ONE}, [Subtraction(step, "x"), Subtraction(back, "x"), Subtraction({}, "y")])
    assert sorted(i for _, uses in lines for i in uses) == [0, 1, 2]
    assert lines[-1][0] == {word("b"): ONE}
    assert ordered({word("b"): ONE}, []) == []
