"""Grids: every combination of named alternatives. Cells are made from their numbers, and never kept in a list."""

from __future__ import annotations

import difflib
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, overload

from tptheory.checking import finite, read_integer, read_widths
from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.numeric.constants import read_number

Cell = dict[str, Any]

RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)")
LIKE_A_RANGE = re.compile(r"(-?\d+) *(?:-|:|\.{3,}|\.\. +) *(-?\d+)")
"""A range as others write it."""


class Grid(Sequence[Cell]):
    """All combinations of named alternatives; the last name varies fastest. A cell is made when it is asked for.

    >>> grid = Grid({"rule": ["bp", "tp"], "seed": range(1000)})
    >>> len(grid), grid[1000]
    (2000, {'rule': 'tp', 'seed': 0})

    Args:
        axes: by name, the alternatives: a list, a tuple or a range.

    Raises:
        InvalidTypeError: if ``axes`` is no mapping of sequences.
        InvalidValueError: if a name has no alternatives.
    """

    def __init__(self, axes: Mapping[str, Sequence[Any]]) -> None:
        if not isinstance(axes, Mapping):
            raise InvalidTypeError(complain("axes", "a mapping such as {'seed': range(10)}", axes))
        for name, values in axes.items():
            if not isinstance(values, Sequence) or isinstance(values, str):
                raise InvalidTypeError(complain(f"axes[{name!r}]", "a list, a tuple or a range", values))
            if not values:
                raise InvalidValueError(complain(f"axes[{name!r}]", "at least one value", values))
            twice = None if isinstance(values, range) else _twice(values)
            if twice is not None:
                raise InvalidValueError(complain(f"axes[{name!r}]", "values that differ", twice, "Give it once."))
        self.axes = dict(axes)
        if prod(map(_size, self.axes.values())) > sys.maxsize:
            expected = f"of at most {sys.maxsize} cells"
            raise InvalidValueError(complain("grid", expected, list(self.axes), "Take shorter ranges."))

    def __len__(self) -> int:
        """Count the cells."""
        return prod(map(len, self.axes.values()))

    @overload
    def __getitem__(self, number: int) -> Cell: ...

    @overload
    def __getitem__(self, number: slice) -> list[Cell]: ...

    def __getitem__(self, number: int | slice) -> Cell | list[Cell]:
        """Return the cell of that number, or those of a slice."""
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        rest = range(len(self))[number]
        chosen = []
        for name, values in reversed(self.axes.items()):
            rest, i = divmod(rest, len(values))
            chosen.append((name, values[i]))
        return dict(reversed(chosen))

    def __iter__(self) -> Iterator[Cell]:
        """Yield the cells in order."""
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        """Show the call that builds this grid."""
        return f"Grid({self.axes!r})"


def _size(values: Sequence[Any]) -> int:
    """Return the length of a sequence; that of a range may be larger than ``len`` can say."""
    return 1 + (values[-1] - values[0]) // values.step if isinstance(values, range) else len(values)


def parse_grid(settings: Sequence[str], task: Callable[..., Any], fixed: Sequence[str] = ()) -> Grid:
    """Read a grid of a task's parameters from ``name=value,value`` and ``name=first..last``.

    The annotation of the parameter tells how a value is read: as an integer, a float, a string, true or false, or as
    widths such as ``4-4-2``. Without an annotation its default value tells: ``seed=0`` is an integer, ``lr=0.1`` a
    float, ``widths=(4, 4)`` are widths. A parameter that has neither is refused. Alternatives are separated by commas;
    ``widths=4,4,2`` is one net all the same. A task with ``**constants`` takes any other name as well, for a parameter
    of the rule: its values are numbers such as ``0.5`` or ``1/3``, or a range of integers.

    >>> def task(*, widths: tuple[int, ...] = (2, 2), lr: float = 0.1, seed: int = 0): ...
    >>> parse_grid(["widths=4-4,3-2", "seed=0..9"], task)
    Grid({'widths': [(4, 4), (3, 2)], 'seed': range(0, 10)})
    >>> def plain(a=1, lr=0.1, curve=False, name="tp", seed=0): ...
    >>> parse_grid(["a=2", "lr=1", "curve=true", "name=3", "seed=0..2"], plain)
    Grid({'a': [2], 'lr': [1.0], 'curve': [True], 'name': ['3'], 'seed': range(0, 3)})
    >>> def drawn(*, std: float | None = None): ...
    >>> parse_grid(["std=0.1,1"], drawn)
    Grid({'std': [0.1, 1.0]})
    >>> def ruled(*, rule: str = "tp", **constants: float): ...
    >>> parse_grid(["s=0,0.5,1/3"], ruled)
    Grid({'s': [0, 0.5, '1/3']})

    Args:
        settings: the axes, as they were typed.
        task: the task.
        fixed: parameters of the rule that have one value in all cells, ``name=value``, as ``--set`` gives them.

    Raises:
        InvalidTypeError: if neither an annotation nor the default value of a parameter says how it is read.
        InvalidValueError: if a setting is malformed, or a name is given twice or not at all where it must be.
        UnknownNameError: if the task has no such parameter; the nearest is suggested.
    """
    axes: dict[str, Sequence[Any]] = {}
    for argument, typed in (("grid", settings), ("set", fixed)):
        for setting in typed:
            name, equals, text = setting.partition("=")
            if not equals or not text:
                raise InvalidValueError(complain(argument, "settings such as seed=0..9 or rule=bp,tp", setting))
            _check_name(argument, name, task)
            if name in axes:
                mend = "Put commas between values."
                raise InvalidValueError(complain(argument, f"one setting of {name}", setting, mend))
            axes[name] = _axis(name, text, task)
    parameters = inspect.signature(task).parameters
    for name in own_parameters(task):
        if parameters[name].default is inspect.Parameter.empty and name not in axes:
            raise InvalidValueError(complain("grid", f"a setting of {name}", list(settings), f"Add {name}=..."))
    return Grid(axes)


def _check_name(argument: str, name: str, task: Callable[..., Any]) -> None:
    """Refuse a name that is no parameter of the task or its rule, and one of the task that is set by ``--set``."""
    own = own_parameters(task)
    if name in own and argument == "set":
        expected, mend = f"a parameter of the rule and not of {task.__name__}", "Write it without --set."
        raise InvalidValueError(complain(argument, expected, name, mend))
    if name in own or takes_constants(task):
        return
    if argument == "set":
        expected = f"left out, since {task.__name__} takes no parameters of a rule"
        raise InvalidValueError(complain(argument, expected, name))
    raise unknown_name(argument, name, own)


def _axis(name: str, text: str, task: Callable[..., Any]) -> Sequence[Any]:
    """Read the alternatives of one name, of a parameter of the task or of its rule."""
    own = own_parameters(task)
    kind = _kind(name, task) if name in own else Fraction
    try:
        return _alternatives(name, text, kind)
    except InvalidValueError as error:
        if name in own and kind is int and name not in get_type_hints(task):
            mend = f"Its default is an integer: for other numbers write {name}: float in def {task.__name__}."
            raise InvalidValueError(f"{error} {mend}") from None
        nearest = [] if name in own else difflib.get_close_matches(name, own, n=1)
        raise InvalidValueError(f"{error} Did you mean {nearest[0]!r}?" if nearest else str(error)) from None


def _kind(name: str, task: Callable[..., Any]) -> Any:
    """Return the type of a parameter: that of its annotation, or else that of its default value.

    Raises:
        InvalidTypeError: if it has no annotation, and no default value from which the type is known.
    """
    hints = get_type_hints(task)
    if name in hints:
        return _of_a_value(hints[name])
    default = inspect.signature(task).parameters[name].default
    if type(default) in (bool, int, float, str):
        return type(default)
    if isinstance(default, tuple | list) and default and all(type(width) is int for width in default):
        return tuple[int, ...]
    expected = "a parameter with an annotation, or with a default such as 1, 0.1, True, 'tp' or (4, 4)"
    call = name if default is inspect.Parameter.empty else f"{name}={default!r}"
    mend = f"Write {name}: float, or int, str, bool, tuple[int, ...], in def {task.__name__}."
    raise InvalidTypeError(complain(name, expected, call, mend))


def takes_constants(task: Callable[..., Any]) -> bool:
    """Whether a task takes parameters of a rule beside its own, as ``**constants``."""
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(task).parameters.values())


def own_parameters(task: Callable[..., Any]) -> list[str]:
    """Return the names of the parameters of a task itself, without those of its rule."""
    return [name for name, p in inspect.signature(task).parameters.items() if p.kind is not p.VAR_KEYWORD]


def _of_a_value(kind: Any) -> Any:
    """Return the type of a parameter without None and words: ``float`` for ``float | None``."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    given = [part for part in get_args(kind) if part is not NoneType and get_origin(part) is not Literal]
    return given[0] if len(given) == 1 else kind


def _alternatives(name: str, text: str, kind: Any) -> Sequence[Any]:
    """Read the alternatives of a parameter: a range of integers, or values with commas between them."""
    ends = RANGE.fullmatch(text)
    if kind in (int, Fraction) and ends:
        first, last = (read_integer(name, end) for end in ends.groups())
        values = range(first, last + 1)
        if not values:
            raise InvalidValueError(complain(name, "a range from low to high", text))
        return values
    if kind in (int, Fraction) and (ends := LIKE_A_RANGE.fullmatch(text)):
        raise InvalidValueError(complain(name, "a range such as 0..9", text, f"Try {name}={ends[1]}..{ends[2]}."))
    if name == "widths" and kind == tuple[int, ...] and "-" not in text:
        return [_value(name, text, kind)]  # 4,4,2 is one net: no net has a single width
    listed = [_value(name, part, kind) for part in text.split(",")]
    twice = _twice(listed)
    if twice is not None:
        raise InvalidValueError(complain(name, "values that differ", text, f"Give {twice} once."))
    return listed


def _twice(values: Sequence[Any]) -> Any:
    """Return the first value that comes a second time; None if all differ."""
    seen: set[str] = set()
    for value in values:
        if repr(value) in seen:
            return value
        seen.add(repr(value))
    return None


def _value(name: str, text: str, kind: Any) -> Any:
    """Read one value of a given type."""
    if kind is Fraction:
        return _rational(name, text)
    if kind is int:
        return read_integer(name, text)
    if kind == tuple[int, ...]:
        return read_widths(name, text)
    try:
        if kind is float:
            return float(text)
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError):
        words = {float: "a number", bool: "true or false"}
        raise InvalidValueError(complain(name, words[kind], text)) from None
    return text


def _rational(name: str, text: str) -> int | float | str:
    """Read a number as JSON can hold it: an integer, a float, or else the text of a fraction such as ``1/3``."""
    number = read_number(name, text)
    if "/" in text:
        return int(number) if number.denominator == 1 else str(number)
    return int(text) if text.lstrip("+-").isdigit() else finite(name, number)
