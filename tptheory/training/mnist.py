"""MNIST (LeCun, Cortes and Burges, 1998): by name, from OpenML and then from a folder that keeps it, or from one's own.

IDX files come from anywhere, so that a header is not trusted: at most `LARGEST_PAYLOAD` bytes are read, and memory
grows with what the file holds.
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import warnings
import zlib
from pathlib import Path
from typing import IO, NamedTuple, cast

import numpy as np

from tptheory.errors import InvalidFileError, InvalidTypeError, InvalidValueError, complain
from tptheory.files import open_regular, write_whole
from tptheory.keywords import known_keywords
from tptheory.training.data import DIGITS, Array, DataSet

LARGEST_PAYLOAD = 2**28
"""The most pixels or labels that an IDX file may announce: 256 MiB, five times MNIST."""
LARGEST_COUNT = 2**22
"""The most samples that an IDX file may announce: 70 times MNIST. A sample takes more memory than its bytes."""
OPENML, VERSION = "mnist_784", 1
"""The name of the data at openml.org, and their version."""
COUNTS = {"train": 60_000, "t10k": 10_000}
"""How many images each part of MNIST has; in the table of OpenML they stand in this order."""
SIDE = 28
"""The rows and the columns of an image."""
KEPT = "tptheory-mnist"
"""The folder, within scikit-learn's for data, where what was fetched is kept as IDX files."""

_CHUNK = 2**20
_PIXEL_LEVELS = 255


@known_keywords
def load_mnist(folder: str | os.PathLike[str] | None = None) -> DataSet:
    """Return MNIST: by name, or offline from a folder that holds its four IDX files, each plain or ``.gz``.

    Without a folder it is fetched from openml.org by scikit-learn the first time, some 15 MB, and kept in the folder
    `KEPT` of scikit-learn's data home; later calls read that. A folder holds ``train-images-idx3-ubyte``,
    ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and ``t10k-labels-idx1-ubyte``, or the same with a dot, as
    ``train-images.idx3-ubyte``; where several spellings stand side by side, the plain one is read. Images may have any
    size, but all the same; grey levels are divided by 255.

    >>> load_mnist("no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    tptheory.errors.InvalidValueError: 'folder' must be an existing folder that holds the four MNIST files (got ...

    Raises:
        InvalidTypeError: if ``folder`` is not a path.
        InvalidValueError: if ``folder`` is not a folder.
        InvalidFileError: if a file is missing, unreadable, of another format, shorter or longer than its header
            says, too large, or empty; if a label is not a digit; if two files contradict each other; or if no folder
            is given and MNIST cannot be fetched.
    """
    return mnist_of("folder", folder)


def mnist_of(argument: str, folder: str | os.PathLike[str] | None) -> DataSet:
    """Return what `load_mnist` does; ``argument`` is what errors call the folder."""
    if folder is None:
        return _read(argument, _kept(argument))
    if not isinstance(folder, str | os.PathLike):
        raise InvalidTypeError(complain(argument, "a path", folder, "Try 'MNIST_data'."))
    if not os.path.isdir(folder):
        raise InvalidValueError(complain(argument, "an existing folder that holds the four MNIST files", str(folder)))
    return _read(argument, Path(folder))


def _read(argument: str, folder: Path) -> DataSet:
    """Return the data set that the files of a folder hold."""
    images_train, labels_train, _ = _read_pair(argument, folder, "train")
    images_test, labels_test, image_file = _read_pair(argument, folder, "t10k")
    if images_train.shape[1:] != images_test.shape[1:]:
        expected, mend = (
            f"of images shaped as the training images, {images_train.shape[1:]}",
            "Take all four from one data set.",
        )
        raise InvalidFileError(complain(image_file, expected, images_test.shape[1:], mend))
    return DataSet("mnist", _columns(images_train), labels_train, _columns(images_test), labels_test, DIGITS)


def _kept(argument: str) -> Path:
    """Return the folder in which MNIST is kept; fetch it if it is not there.

    Raises:
        InvalidFileError: if it cannot be fetched, or what comes is something else.
    """
    from sklearn.datasets import get_data_home  # here: scikit-learn takes a second to import

    folder = Path(get_data_home()) / KEPT
    if all((folder / f"{part}-{kind.suffix}").is_file() for part in COUNTS for kind in (_IMAGES, _LABELS)):
        return folder
    pixels, labels = _fetched(argument, folder)
    folder.mkdir(parents=True, exist_ok=True)
    start = 0
    for part, count in COUNTS.items():
        rows = slice(start, start + count)
        start += count
        for kind, array in ((_IMAGES, pixels[rows].reshape(count, SIDE, SIDE)), (_LABELS, labels[rows])):
            header = struct.pack(f">{1 + kind.sizes}I", kind.magic, *array.shape)
            write_whole(folder / f"{part}-{kind.suffix}", header + array.tobytes())
    return folder


def _fetched(argument: str, folder: Path) -> tuple[Array, Array]:
    """Fetch the table of MNIST from openml.org; return pixels and labels as bytes, a row for each image.

    Raises:
        InvalidFileError: if it cannot be fetched, or is not MNIST.
    """
    from sklearn.datasets import fetch_openml

    mend = (
        "Put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and "
        f"t10k-labels-idx1-ubyte.gz into a folder and name it: load_mnist(folder), or --data FOLDER; "
        f"or unpack them into {folder}."
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns of each try that fails; the error says it once
            table = fetch_openml(OPENML, version=VERSION, as_frame=False, parser="liac-arff", n_retries=1)
    except Exception as error:  # scikit-learn lets through whatever the network raises
        came = f"{type(error).__name__}: {error}"
        expected = "a folder with MNIST's four files, where openml.org cannot be reached"
        raise InvalidFileError(complain(argument, expected, came, mend)) from error
    pixels, labels = np.asarray(table.data), np.asarray(table.target).astype(np.int64)
    if pixels.shape != (sum(COUNTS.values()), SIDE**2) or labels.shape != pixels.shape[:1]:
        images = f"{sum(COUNTS.values())} images of {SIDE**2} pixels"
        expected = f"a folder with MNIST's four files, where openml.org does not hold {images}"
        raise InvalidFileError(complain(argument, expected, pixels.shape, mend))
    return pixels.astype(np.uint8), labels.astype(np.uint8)


def _columns(images: Array) -> Array:
    """Return images of bytes, shape ``(count, rows, columns)``, as float32 columns in [0, 1]."""
    return (images.reshape(len(images), -1) / np.float32(_PIXEL_LEVELS)).T


class _Format(NamedTuple):
    """One kind of IDX file: what it is called, how it begins, and how many sizes follow."""

    suffix: str
    magic: int
    sizes: int


_IMAGES = _Format("images-idx3-ubyte", 0x00000803, 3)
_LABELS = _Format("labels-idx1-ubyte", 0x00000801, 1)


def _read_pair(argument: str, folder: Path, part: str) -> tuple[Array, Array, str]:
    """Return images of bytes, shape ``(count, rows, columns)``, labels, shape ``(count,)``, and the images' file."""
    images, image_file = _read_idx(_locate(argument, folder, f"{part}-{_IMAGES.suffix}"), _IMAGES)
    labels, label_file = _read_idx(_locate(argument, folder, f"{part}-{_LABELS.suffix}"), _LABELS)
    if len(images) != len(labels):
        raise InvalidFileError(complain(label_file, f"of {len(images)} labels, one for each image", len(labels), _MEND))
    unknown = np.flatnonzero(labels >= DIGITS)
    if unknown.size:
        expected, came = f"of labels in 0..{DIGITS - 1}", int(labels[unknown[0]])
        raise InvalidFileError(complain(label_file, expected, came, f"See label {unknown[0]}."))
    return images, labels.astype(np.int64), image_file


_MEND = "Fetch the file again from where it came."


def _read_idx(path: Path, kind: _Format) -> tuple[Array, str]:
    """Return the uint8 array of an IDX file, shaped as its header says, and the name of that file."""
    try:
        with open_regular(path) as descriptor, os.fdopen(os.dup(descriptor), "rb") as raw:
            if path.suffix != ".gz":
                return _parse(raw, path.name, kind, os.fstat(raw.fileno()).st_size), path.name
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _parse(cast(IO[bytes], unpacked), path.name, kind, None), path.name
    except (OSError, EOFError, zlib.error) as error:  # BadGzipFile is an OSError
        expected = "a readable gzip file" if path.suffix == ".gz" else "a readable file"
        raise InvalidFileError(complain(path.name, expected, str(error), _MEND)) from error


def _locate(argument: str, folder: Path, name: str) -> Path:
    """Return the path of a file, which may be compressed, and whose name may have a dot before ``idx``."""
    dotted = name.replace("-idx", ".idx")
    for path in (folder / name, folder / dotted, folder / f"{name}.gz", folder / f"{dotted}.gz"):
        if os.path.isfile(path):
            return path
    expected = f"a folder that holds {name}, plain or .gz"
    raise InvalidFileError(complain(argument, expected, str(folder), "Put the file there."))


def _parse(stream: IO[bytes], name: str, kind: _Format, size: int | None) -> Array:
    """Read magic, big-endian sizes, and as many bytes as these announce; refuse anything else.

    ``size`` is the length of a plain file, known without reading it, and None for a compressed one.
    """
    head = 4 * (1 + kind.sizes)
    header = _read_at_most(stream, head)
    if len(header) < head:
        expected = f"long enough for a header of {head} bytes"
        raise InvalidFileError(complain(name, expected, f"{len(header)} bytes", _MEND))
    magic, *shape = struct.unpack(f">{1 + kind.sizes}I", header)
    if magic != kind.magic:
        expected = f"an IDX file that begins with {kind.magic:#010x}"
        mend = "Is it another file of the four, or still compressed?"
        raise InvalidFileError(complain(name, expected, f"{magic:#010x}", mend))
    if 0 in shape:
        raise InvalidFileError(complain(name, "of positive sizes", tuple(shape), "The file holds no sample."))
    payload = math.prod(shape)
    if payload > LARGEST_PAYLOAD:
        expected = f"of at most {LARGEST_PAYLOAD} bytes of samples"
        raise InvalidFileError(complain(name, expected, f"a header of sizes {tuple(shape)}"))
    if shape[0] > LARGEST_COUNT:
        raise InvalidFileError(complain(name, f"of at most {LARGEST_COUNT} samples", f"a header of {shape[0]}"))
    body = _read_at_most(stream, payload + 1) if size in (None, head + payload) else b""
    if len(body) != payload:
        came = f"{len(body) if size is None else size - head} bytes" if len(body) <= payload else "more"
        raise InvalidFileError(complain(name, f"of {payload} bytes of samples, as its header says", came, _MEND))
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def _read_at_most(stream: IO[bytes], limit: int) -> bytes:
    """Read piece by piece, so that memory grows with what the file holds and not with what its header claims."""
    pieces = bytearray()
    while len(pieces) < limit and (piece := stream.read(min(_CHUNK, limit - len(pieces)))):
        pieces += piece
    return bytes(pieces)
