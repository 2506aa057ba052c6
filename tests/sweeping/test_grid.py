"""Grids number every combination, and read settings as the parameters of a task say."""

import pytest

from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError
from tptheory.sweeping.grid import Grid, parse_grid


def task(*, rule: str, widths: tuple[int, ...] = (2, 2), lr: float = 0.1, biases: bool = False, seed: int = 0):
    """Take a parameter of every kind."""


def test_cells_come_in_order_and_are_never_listed():
    """The last name varies fastest, and a grid too large for any list answers at once."""
    grid = Grid({"a": ["xy", "z"], "b": range(2)})
    assert list(grid) == [{"a": a, "b": b} for a in ("xy", "z") for b in (0, 1)]
    huge = Grid({"a": range(10**9), "b": range(10**6)})
    assert len(huge) == 10**15
    assert huge[-1] == {"a": 10**9 - 1, "b": 10**6 - 1}
    assert huge[10**6 : 10**6 + 2] == [{"a": 1, "b": 0}, {"a": 1, "b": 1}]


def test_settings_are_read_by_annotation():
    """Each kind of parameter has its own spelling."""
    grid = parse_grid(["rule=bp,tp", "widths=4-4-4,3-2", "lr=0.1,1e-3", "biases=true,false", "seed=-1..1"], task)
    assert grid.axes == {
        "rule": ["bp", "tp"],
        "widths": [(4, 4, 4), (3, 2)],
        "lr": [0.1, 1e-3],
        "biases": [True, False],
        "seed": range(-1, 2),
    }


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        (["rule"], InvalidValueError, "settings such as seed=0..9"),
        (["rule="], InvalidValueError, "settings such as seed=0..9"),
        (["rul=bp"], UnknownNameError, "Did you mean 'rule'?"),
        (["rule=bp", "rule=tp"], InvalidValueError, "one setting of rule"),
        (["seed=1"], InvalidValueError, "Add rule=..."),
        (["rule=bp", "seed=x"], InvalidValueError, "'seed' must be an integer (got 'x')"),
        (["rule=bp", "seed=0-9"], InvalidValueError, "a range such as 0..9 (got '0-9'). Try seed=0..9."),
        (["rule=bp", "seed=-3:4"], InvalidValueError, "Try seed=-3..4."),
        (["rule=bp", "seed=5..1"], InvalidValueError, "a range from low to high"),
        (["rule=bp", "lr=fast"], InvalidValueError, "'lr' must be a number"),
        (["rule=bp", "biases=maybe"], InvalidValueError, "true or false"),
        (["rule=bp", "widths=4x4"], InvalidValueError, "widths such as 4-3-2"),
    ],
)
def test_a_bad_setting_is_named(settings, error, words):
    """One error says what was expected."""
    with pytest.raises(error) as caught:
        parse_grid(settings, task)
    assert words in str(caught.value)


def test_settings_without_annotations_are_read_by_their_defaults():
    """A number stays a number, and a range a range; what neither says is refused, with the annotation to write."""

    def plain(a=1, lr=0.1, curve=False, name="tp", widths=(4, 4), seed=0, std=None): ...

    def bare(a): ...

    typed = ["a=2,3", "lr=1", "curve=true", "name=3", "widths=4-2", "seed=0..2"]
    assert parse_grid(typed, plain).axes == {
        "a": [2, 3],
        "lr": [1.0],
        "curve": [True],
        "name": ["3"],
        "widths": [(4, 2)],
        "seed": range(3),
    }
    with pytest.raises(InvalidTypeError, match=r"'std' must be .* \(got 'std=None'\). Write std: float.*in def plain"):
        parse_grid(["std=0.1"], plain)
    with pytest.raises(InvalidTypeError, match=r"'a' must be a parameter with an annotation.* in def bare\."):
        parse_grid(["a=1"], bare)
    with pytest.raises(InvalidValueError, match=r"got '0.5'\)\. Its default is an integer: .* write a: float in def p"):
        parse_grid(["a=0.5"], plain)


@pytest.mark.parametrize(
    ("axes", "error"),
    [
        ([1], InvalidTypeError),
        ({"a": 1}, InvalidTypeError),
        ({"a": "xy"}, InvalidTypeError),
        ({"a": []}, InvalidValueError),
    ],
)
def test_a_bad_axis_is_named(axes, error):
    """An axis is a sequence that is not empty and no string."""
    with pytest.raises(error):
        Grid(axes)


def test_commas_within_widths_are_of_one_net():
    """A net has more than one width, so that 4,4,2 is no list of alternatives; of hidden layers it is one."""

    def swept(*, widths: tuple[int, ...] = (2, 2), hidden: tuple[int, ...] = (3,)): ...

    assert parse_grid(["widths=4,4,2"], swept).axes == {"widths": [(4, 4, 2)]}
    assert parse_grid(["widths=4-4,3-2", "hidden=32,64"], swept).axes == {
        "widths": [(4, 4), (3, 2)],
        "hidden": [(32,), (64,)],
    }
