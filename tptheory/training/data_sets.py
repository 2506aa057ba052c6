"""The data sets that commands and sweeps know by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from tptheory.errors import InvalidValueError, complain
from tptheory.training.data import DataSet, load_digits, load_rings
from tptheory.training.mnist import mnist_of

DATA_SETS: dict[str, Callable[[], DataSet]] = {
    "digits": load_digits,
    "rings": load_rings,
    "mnist": partial(mnist_of, "data", None),
}
"""By name, the function that loads each data set."""


def load_data_set(name: str) -> DataSet:
    """Return the data set of a name: digits, rings or mnist; or MNIST from a folder with its four files.

    >>> load_data_set("rings").classes
    2

    Raises:
        InvalidFileError: if MNIST cannot be read or fetched; see `tptheory.load_mnist`.
        InvalidValueError: if it is neither a name nor a folder.
    """
    if name in DATA_SETS:
        return DATA_SETS[name]()
    if not os.path.isdir(name):
        known = ", ".join(DATA_SETS)
        raise InvalidValueError(complain("data", f"{known}, or a folder that holds the four MNIST files", name))
    return mnist_of("data", name)
