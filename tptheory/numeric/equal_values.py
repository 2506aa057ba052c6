"""Equality of results that hold arrays: NumPy alone would answer with an array, or with an error."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


class ComparedByValues:
    """A dataclass that is equal to another one of its class where all fields are, arrays entry by entry.

    Entries that are not a number are equal to each other, so that a result that ends in NaN is equal to its repetition.
    The hash is made of the fields that are texts and integers. The dataclass itself is declared with ``eq=False``.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, eq=False)
    ... class Path(ComparedByValues):
    ...     points: np.ndarray
    >>> Path(np.ones(2)) == Path(np.ones(2)), Path(np.ones(2)) == Path(np.zeros(2)), len({Path(np.ones(2))})
    (True, False, 1)
    """

    def __eq__(self, other: object) -> bool:
        """Compare all fields."""
        if type(self) is not type(other):
            return NotImplemented
        return _have_equal_parts(self, other)

    def __hash__(self) -> int:
        """Hash what is cheap to hash of what `__eq__` compares."""
        return hash((type(self), *(value for value in _fields_of(self).values() if isinstance(value, str | int))))


def have_equal_values(one: Any, other: Any) -> bool:
    """Return whether two values are the same: arrays by shape and entries, other collections part by part.

    Tuples, dictionaries and dataclasses are such collections.

    >>> have_equal_values((np.array([1.0, np.nan]), "a"), (np.array([1.0, np.nan]), "a"))
    True
    >>> have_equal_values({"W": np.ones(2)}, {"W": np.ones(3)})
    False
    """
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return _are_equal_arrays(np.asarray(one), np.asarray(other))
    if isinstance(one, tuple | dict):
        return _have_equal_parts(one, other)
    if one == other or (one != one and other != other):  # NaN is not itself
        return True
    return is_dataclass(one) and _have_equal_parts(one, other)


def _have_equal_parts(one: Any, other: Any) -> bool:
    """Return whether two collections of one type have the same parts."""
    if type(one) is not type(other):
        return False
    mine, theirs = _parts_of(one), _parts_of(other)
    return mine.keys() == theirs.keys() and all(have_equal_values(part, theirs[key]) for key, part in mine.items())


def _parts_of(collection: Any) -> dict[Any, Any]:
    """Return the entries of a tuple by place, of a dictionary by key, and the fields of a dataclass by name."""
    if isinstance(collection, dict):
        return collection
    return dict(enumerate(collection)) if isinstance(collection, tuple) else _fields_of(collection)


def _are_equal_arrays(A: np.ndarray, B: np.ndarray) -> bool:
    """Return whether two arrays have the same type, shape and entries; what is not a number is equal to its like."""
    if A.dtype != B.dtype or A.shape != B.shape:
        return False
    return bool(((A == B) | ((A != A) & (B != B))).all())  # only NaN differs from itself


def _fields_of(result: Any) -> dict[str, Any]:
    """Return the fields of a dataclass, by name."""
    return {declared.name: getattr(result, declared.name) for declared in fields(result)}
