"""Data to train on, samples in columns: scikit-learn's digits, MNIST from files that the user names, and rings."""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from tptheory.errors import InvalidFileError, InvalidTypeError, InvalidValueError, complain
from tptheory.files import open_regular

Array = NDArray[Any]

TEST_SHARE = 0.2
"""The part of the digits that is kept for testing."""
SPLIT_SEED = 0
"""The seed of that split: it never changes, so that accuracies can be compared."""
LARGEST_PAYLOAD = 2**28
"""The most pixels or labels that an IDX file may announce: 256 MiB, five times MNIST."""
LARGEST_COUNT = 2**22
"""The most samples that an IDX file may announce: 70 times MNIST. A sample takes more memory than its bytes."""
DIGITS = 10
"""The classes of digits and MNIST: 0..9."""
GRID, REACH = 50, 2.0
"""The seed notebook's toy data: a grid of 50 x 50 points on the square from -2 to 2."""
RING = (0.8, 1.2)
"""The radii between which a point of that grid belongs to the ring."""

_CHUNK = 2**20
_PIXEL_LEVELS = 255


@dataclass(frozen=True, eq=False)
class DataSet:
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
    """Split rows into ``x_train, labels_train, x_test, labels_test``: columns, every class in the same proportion."""
    from sklearn.model_selection import train_test_split

    train, test, labels_train, labels_test = train_test_split(
        samples.astype(np.float32), labels, test_size=TEST_SHARE, random_state=SPLIT_SEED, stratify=labels
    )
    return train.T, labels_train, test.T, labels_test


def load_mnist(folder: str | os.PathLike[str]) -> DataSet:
    """Return MNIST (LeCun, Cortes and Burges, 1998) from four IDX files in ``folder``, each plain or ``.gz``.

    ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte``, ``t10k-labels-idx1-ubyte``;
    where a plain and a compressed file stand side by side, the plain one is read. Images may have any
    size, but all the same; grey levels are divided by 255. Nothing is downloaded. A header is not trusted: at most
    `LARGEST_PAYLOAD` bytes are read, and memory grows with what the file holds.

    >>> load_mnist("no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    tptheory.errors.InvalidValueError: 'folder' must be an existing folder that holds the four MNIST files (got ...

    Raises:
        InvalidTypeError: if ``folder`` is not a path.
        InvalidValueError: if ``folder`` is not a folder.
        InvalidFileError: if a file is missing, unreadable, of another format, shorter or longer than its header
            says, too large, or empty; if a label is not a digit; or if two files contradict each other.
    """
    if not isinstance(folder, str | os.PathLike):
        raise InvalidTypeError(complain("folder", "a path", folder, "Try 'MNIST_data'."))
    if not os.path.isdir(folder):
        raise InvalidValueError(complain("folder", "an existing folder that holds the four MNIST files", str(folder)))
    images_train, labels_train, _ = _read_pair(Path(folder), "train")
    images_test, labels_test, image_file = _read_pair(Path(folder), "t10k")
    if images_train.shape[1:] != images_test.shape[1:]:
        expected, mend = (
            f"of images shaped as the training images, {images_train.shape[1:]}",
            "Take all four from one data set.",
        )
        raise InvalidFileError(complain(image_file, expected, images_test.shape[1:], mend))
    return DataSet("mnist", _columns(images_train), labels_train, _columns(images_test), labels_test, DIGITS)


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


def _read_pair(folder: Path, part: str) -> tuple[Array, Array, str]:
    """Return images of bytes, shape ``(count, rows, columns)``, labels, shape ``(count,)``, and the images' file."""
    images, image_file = _read_idx(folder, part, _IMAGES)
    labels, label_file = _read_idx(folder, part, _LABELS)
    if len(images) != len(labels):
        raise InvalidFileError(complain(label_file, f"of {len(images)} labels, one for each image", len(labels), _MEND))
    unknown = np.flatnonzero(labels >= DIGITS)
    if unknown.size:
        expected, came = f"of labels in 0..{DIGITS - 1}", int(labels[unknown[0]])
        raise InvalidFileError(complain(label_file, expected, came, f"See label {unknown[0]}."))
    return images, labels.astype(np.int64), image_file


_MEND = "Fetch the file again from where it came."


def _read_idx(folder: Path, part: str, kind: _Format) -> tuple[Array, str]:
    """Return the uint8 array of an IDX file, shaped as its header says, and the name of that file."""
    path = _locate(folder, f"{part}-{kind.suffix}")
    try:
        with open_regular(path) as descriptor, os.fdopen(os.dup(descriptor), "rb") as raw:
            if path.suffix != ".gz":
                return _parse(raw, path.name, kind, os.fstat(raw.fileno()).st_size), path.name
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _parse(cast(IO[bytes], unpacked), path.name, kind, None), path.name
    except (OSError, EOFError, zlib.error) as error:  # BadGzipFile is an OSError
        expected = "a readable gzip file" if path.suffix == ".gz" else "a readable file"
        raise InvalidFileError(complain(path.name, expected, str(error), _MEND)) from error


def _locate(folder: Path, name: str) -> Path:
    """Return the path of a file, which may be compressed."""
    for path in (folder / name, folder / f"{name}.gz"):
        if os.path.isfile(path):
            return path
    expected = f"a folder that holds {name}, plain or .gz"
    raise InvalidFileError(complain("folder", expected, str(folder), "Put the file there."))


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
