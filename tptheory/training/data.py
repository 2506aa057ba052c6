"""Data to train on, samples in columns: scikit-learn's digits, rings, and arrays of one's own."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.numeric.equal_values import ComparedByValues
from tptheory.typesetting.tables import ShownAsTable, Table

Array = NDArray[Any]

TEST_SHARE = 0.2
"""The part of the digits that is kept for testing."""
SPLIT_SEED = 0
"""The seed of that split: it never changes, so that accuracies can be compared."""
DIGITS = 10
"""The classes of digits and MNIST: 0..9."""
GRID, REACH = 50, 2.0
"""The seed notebook's toy data: a grid of 50 x 50 points on the square from -2 to 2."""
RING = (0.8, 1.2)
"""The radii between which a point of that grid belongs to the ring."""


@dataclass(frozen=True, eq=False, repr=False)
class DataSet(ComparedByValues, ShownAsTable):
    """Images and their classes, split into a part to train on and a part to test on.

    ``x_train`` and ``x_test`` have shapes ``(n_0, N)`` and ``(n_0, N_test)``, float32, samples in columns, grey
    levels in [0, 1]; the labels are integers in ``0..classes - 1``, one for each column. Column ``k`` of ``codes``,
    shape ``(n_L, classes)``, is what the output should be for class ``k`` under the squared error; unit vectors
    (one-hot) unless given.

    Raises:
        InvalidTypeError: if ``x_*`` or ``codes`` is not an array of floats, or the labels are not one of integers.
        InvalidValueError: if a part is empty, holds a non-finite pixel or an unknown class, or the shapes disagree.
    """

    name: str
    x_train: Array
    labels_train: Array
    x_test: Array
    labels_test: Array
    classes: int
    codes: Array | None = None

    def __post_init__(self) -> None:
        """Check both parts."""
        for part in ("train", "test"):
            _check_part(part, getattr(self, f"x_{part}"), getattr(self, f"labels_{part}"), self.classes)
        if self.x_train.shape[0] != self.x_test.shape[0]:
            expected = f"images of {self.x_train.shape[0]} pixels, as x_train"
            raise InvalidValueError(complain("x_test", expected, self.x_test.shape))
        if self.codes is not None:
            _check_codes(self.codes, self.classes)

    def __repr__(self) -> str:
        """Show in one line how much there is of what."""
        pixels, samples = self.x_train.shape
        counts = f"{samples} samples to train on, {self.x_test.shape[1]} to test on"
        return f"<DataSet {self.name!r}: {pixels} pixels, {self.classes} classes, {counts}>"

    def table(self) -> Table:
        """Return for both parts how many samples there are, and of each class how many at least and at most."""
        rows = []
        for part, labels in (("train", self.labels_train), ("test", self.labels_test)):
            counts = np.bincount(labels, minlength=self.classes)
            rows.append((part, labels.size, int(counts.min()), int(counts.max())))
        caption = f"{self.name}: {self.x_train.shape[0]} pixels, {self.classes} classes"
        return Table(caption, rows, ("", "samples", "least of a class", "most of a class"))

    @property
    def targets(self) -> Array:
        """The target of each class, shape ``(n_L, classes)``."""
        return np.eye(self.classes) if self.codes is None else self.codes

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all samples, labels and targets: what tells one data set from another."""
        digest = hashlib.sha256(f"{self.name} {self.classes}".encode())
        for array in (self.x_train, self.labels_train, self.x_test, self.labels_test, self.targets):
            digest.update(f" {array.dtype} {array.shape} ".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


def _check_part(part: str, x: Any, labels: Any, classes: int) -> None:
    """Refuse a part whose arrays are of the wrong kind or contradict each other."""
    _check_kind(f"x_{part}", x, np.floating, "floats")
    _check_kind(f"labels_{part}", labels, np.integer, "integers")
    if x.ndim != 2 or 0 in x.shape:
        raise InvalidValueError(complain(f"x_{part}", "of shape (pixels, samples), at least one of each", x.shape))
    if labels.shape != (x.shape[1],):
        expected = f"of shape ({x.shape[1]},), one for each column of x_{part}"
        raise InvalidValueError(complain(f"labels_{part}", expected, labels.shape))
    if not np.isfinite(x).all():
        raise InvalidValueError(complain(f"x_{part}", "finite", "NaN or infinity"))
    if labels.min() < 0 or labels.max() >= classes:
        came, mend = f"{labels.min()}..{labels.max()}", "Number the classes from 0, or raise 'classes'."
        raise InvalidValueError(complain(f"labels_{part}", f"in 0..{classes - 1}", came, mend))


def _check_codes(codes: Any, classes: int) -> None:
    """Refuse targets that are not one column of finite floats a class."""
    _check_kind("codes", codes, np.floating, "floats")
    if codes.ndim != 2 or codes.shape[0] == 0 or codes.shape[1] != classes:
        raise InvalidValueError(complain("codes", f"of shape (n_L, {classes}), a column a class", codes.shape))
    if not np.isfinite(codes).all():
        raise InvalidValueError(complain("codes", "finite", "NaN or infinity"))


def _check_kind(argument: str, value: Any, kind: Any, noun: str) -> None:
    """Refuse what is no array of that kind of numbers."""
    if not isinstance(value, np.ndarray) or not np.issubdtype(value.dtype, kind):
        came = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else value
        raise InvalidTypeError(complain(argument, f"a numpy array of {noun}", came))


def load_digits() -> DataSet:
    """Return the 1,797 handwritten digits of 8 x 8 pixels that scikit-learn carries (UCI, Alpaydin and Kaynak, 1998).

    1,437 to train on and 360 to test on, every class in the same proportion; the split is fixed. Offline.

    >>> digits = load_digits()
    >>> digits.x_train.shape, digits.x_test.shape, digits.classes
    ((64, 1437), (64, 360), 10)
    """
    # Here, not at the top: scikit-learn takes a second to import, and only the data sets that it splits need it.
    from sklearn.datasets import load_digits as bundled_digits

    bunch = bundled_digits()
    return DataSet("digits", *_split(bunch.data / bunch.data.max(), bunch.target), DIGITS)


def load_rings() -> DataSet:
    """Return the seed notebook's toy data: a 50 x 50 grid on [-2, 2]^2, and the ring of radius 0.8 to 1.2 in it.

    Class 1 is the ring, class 0 all else; the targets are ``(1, 0)'`` and ``(-1, 0)'``, as there. 2,000 points to
    train on and 500 to test on. No linear net can tell the classes apart: its decision is a half-plane, and answering
    0 everywhere is right for all points outside the ring.

    >>> rings = load_rings()
    >>> rings.x_train.shape, rings.x_test.shape, rings.targets.tolist()
    ((2, 2000), (2, 500), [[-1.0, 1.0], [0.0, 0.0]])
    """
    axis = np.linspace(-REACH, REACH, GRID)
    points = np.stack([axis_values.ravel() for axis_values in np.meshgrid(axis, axis)], axis=1)
    radii = np.linalg.norm(points, axis=1)
    inside = ((radii > RING[0]) & (radii < RING[1])).astype(np.int64)
    return DataSet("rings", *_split(points, inside), 2, codes=np.array([[-1.0, 1.0], [0.0, 0.0]]))


def _split(samples: Array, labels: Array) -> tuple[Array, Array, Array, Array]:
    """Split rows into ``x_train, labels_train, x_test, labels_test``: columns, in like proportions of classes.

    Where a fifth is less than one sample a class, as many are kept for testing as there are classes.
    """
    from sklearn.model_selection import train_test_split

    kept = max(math.ceil(TEST_SHARE * labels.size), int(np.unique(labels).size))
    train, test, labels_train, labels_test = train_test_split(
        samples.astype(np.float32), labels, test_size=kept, random_state=SPLIT_SEED, stratify=labels
    )
    return train.T, labels_train, test.T, labels_test


ORIENTATIONS = ("rows", "columns")
"""Where the samples of an array of one's own may stand."""


def data_of(given: Any) -> DataSet:
    """Return data that a user gives: a `DataSet`, or arrays ``(X, y)``, of which a fifth is kept for testing.

    The classes are numbered from 0, without a gap.

    A sample is a row of ``X`` if there are as many rows as labels, and a column if there are as many columns. Where
    both are so, a third entry says it: ``(X, y, "rows")``. The split is fixed, every class in the same proportion.

    >>> X, y = np.zeros((10, 4)), [0, 1] * 5
    >>> own = data_of((X, y))
    >>> own.x_train.shape, own.x_test.shape, own.classes
    ((4, 8), (4, 2), 2)

    Raises:
        InvalidTypeError: if it is neither, ``X`` is not made of numbers, or the labels are no integers.
        InvalidValueError: if there is not a label for each sample, the classes are not ``0, 1, 2, ...``, or one of
            them has too few samples to be split.
    """
    if isinstance(given, DataSet):
        return given
    if not isinstance(given, tuple) or len(given) not in (2, 3):
        mend = "Try load_digits(), or (X, y) with a label for each row of X."
        raise InvalidTypeError(complain("data", "a DataSet, or a pair (X, y) of arrays", given, mend))
    samples, labels = _numbers("X", given[0]), np.asarray(given[1])
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        expected, came = "a flat array of integers, the class of each sample", f"{labels.dtype} of shape {labels.shape}"
        raise InvalidTypeError(complain("y", expected, came, _labels_mend(labels)))
    rows = samples if _orientation(samples.shape, labels.size, given[2:]) == "rows" else samples.T
    classes = _checked_classes(labels)
    return DataSet("own", *_split(rows, labels.astype(np.int64)), classes)


def _labels_mend(labels: Array) -> str:
    """Return what to give in the place of an array that holds no flat integers.

    >>> _labels_mend(np.eye(3)), _labels_mend(np.zeros((5, 1), dtype=int))
    ('Try y.argmax(axis=1), the class of each row.', 'Give y.ravel().')
    >>> _labels_mend(np.array([0.5, 1.7])) == NO_CLASSES
    True
    """
    if labels.ndim == 2 and labels.size in labels.shape:
        return "Give y.ravel()."
    numeric = labels.dtype.kind in "biuf"
    if labels.ndim == 2 and numeric and np.isin(labels, (0, 1)).all():
        for axis, noun in ((1, "row"), (0, "column")):
            if (labels.sum(axis=axis) == 1).all():
                return f"Try y.argmax(axis={axis}), the class of each {noun}."
    rare = numeric and labels.size and np.unique(labels, return_counts=True)[1].min() < FEWEST
    return NO_CLASSES if labels.ndim != 1 or rare else NUMBERED


def _checked_classes(labels: Array) -> int:
    """Return how many classes there are.

    Raises:
        InvalidValueError: if they are not numbered from 0 without a gap, or one has too few samples to be split.
    """
    values, counts = np.unique(labels, return_counts=True)
    classes = int(values.size)
    if not classes or values[0] != 0 or values[-1] != classes - 1:
        whole = classes and int(values[-1]) - int(values[0]) == classes - 1
        expected = "of the classes 0, 1, 2, ... with none left out"
        shown = ", ".join(map(str, values[:SHOWN])) + (", ..." if classes > SHOWN else "")
        raise InvalidValueError(complain("y", expected, f"labels {shown}", "Try y - y.min()." if whole else NUMBERED))
    rarest = int(counts.argmin())
    if counts[rarest] < FEWEST:
        came, mend = f"{counts[rarest]} of class {rarest}", "Build a DataSet of a part to train on and one to test on."
        raise InvalidValueError(complain("y", f"of {FEWEST} samples or more of each class", came, mend))
    return classes


FEWEST = 2
"""The least number of samples of a class that can be split."""
NO_CLASSES = "train learns classes; simulate(rule, weights, X.T, y.T) takes targets of any numbers, samples in columns."
"""What serves targets that are no classes."""
NUMBERED = "Try numpy.unique(y, return_inverse=True)[1], which numbers the classes from 0."
"""How labels of any kind become the numbers of classes."""
SHOWN = 12
"""How many labels an error shows."""


def _numbers(argument: str, value: Any) -> Array:
    """Return a matrix of floats.

    Raises:
        InvalidTypeError: if it is no matrix of real numbers.
    """
    try:
        found = np.asarray(value, dtype=np.float32)
    except (TypeError, ValueError):
        raise InvalidTypeError(complain(argument, "a matrix of real numbers", value)) from None
    if found.ndim != 2:
        raise InvalidTypeError(complain(argument, "two-dimensional", f"an array of shape {found.shape}", "Reshape it."))
    return found


def _orientation(shape: tuple[int, ...], count: int, said: Sequence[Any]) -> str:
    """Return whether samples are rows or columns, from what was said, or else from the number of labels.

    Raises:
        InvalidTypeError: if what was said is neither.
        InvalidValueError: if the number of labels does not fit, or fits both.
    """
    fitting = [word for word, size in zip(ORIENTATIONS, shape, strict=True) if size == count]
    if said:
        if said[0] not in ORIENTATIONS:
            raise InvalidTypeError(complain("data", "(X, y, 'rows') or (X, y, 'columns')", said[0]))
        if said[0] not in fitting:
            raise InvalidValueError(
                complain("y", f"a label for each of the {said[0]} of X, {shape}", f"{count} labels")
            )
        return str(said[0])
    if not fitting:
        raise InvalidValueError(complain("y", f"a label for each sample of X, {shape}", f"{count} labels"))
    if len(fitting) > 1:
        expected = "said to hold its samples in rows or in columns, for X is square"
        raise InvalidValueError(complain("data", expected, shape, "Try (X, y, 'rows')."))
    return fitting[0]
