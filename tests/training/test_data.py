"""Digits and MNIST files: what is read is what was written, and a broken file ends in one clear error."""

from __future__ import annotations

import gzip
import math
import os
import struct
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tptheory import train
from tptheory.errors import InvalidFileError, InvalidTypeError, InvalidValueError
from tptheory.training import mnist as module
from tptheory.training.data import DataSet, data_of, load_digits, load_rings
from tptheory.training.data_sets import load_data_set
from tptheory.training.mnist import load_mnist

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
NAMES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
IMAGE_MAGIC, LABEL_MAGIC = 0x00000803, 0x00000801


def idx(magic: int, *sizes: int, body: bytes) -> bytes:
    """Return the bytes of an IDX file."""
    return struct.pack(f">{1 + len(sizes)}I", magic, *sizes) + body


def small_mnist() -> dict[str, bytes]:
    """Return the four files of a data set of 12 and 5 images, 3 x 2 pixels each."""
    rng = np.random.default_rng(7)
    files = {}
    for part, count in (("train", 12), ("t10k", 5)):
        pixels = rng.integers(0, 256, count * 6, dtype=np.uint8).tobytes()
        labels = rng.integers(0, 10, count, dtype=np.uint8).tobytes()
        files[f"{part}-images-idx3-ubyte"] = idx(IMAGE_MAGIC, count, 3, 2, body=pixels)
        files[f"{part}-labels-idx1-ubyte"] = idx(LABEL_MAGIC, count, body=labels)
    return files


def write(folder: Path, files: dict[str, bytes], *, compress: bool = False) -> Path:
    """Write the files into ``folder``, plain or as ``.gz``."""
    for name, content in files.items():
        path = folder / (f"{name}.gz" if compress else name)
        path.write_bytes(gzip.compress(content, mtime=0) if compress else content)
    return folder


def test_digits_are_the_1797_of_scikit_learn() -> None:
    """Every sample of the source is in exactly one part, beside its own label, as float32 columns in [0, 1]."""
    from sklearn.datasets import load_digits as source

    digits = load_digits()
    assert (digits.name, digits.classes) == ("digits", 10)
    assert digits.x_train.shape == (64, 1437)
    assert digits.x_test.shape == (64, 360)
    assert digits.x_train.dtype == digits.x_test.dtype == np.float32
    assert (digits.x_train.min(), digits.x_train.max()) == (0, 1)
    mine = np.vstack(
        [
            np.hstack([digits.x_train, digits.x_test]) * 16,
            np.hstack([digits.labels_train, digits.labels_test])[np.newaxis],
        ]
    )
    bunch = source()
    theirs = np.vstack([bunch.data.T, bunch.target[np.newaxis]])
    assert sorted(map(tuple, mine.T.tolist())) == sorted(map(tuple, theirs.T.tolist()))


def test_the_split_of_digits_is_fixed_and_stratified() -> None:
    """Two loads agree bit for bit, and every class has a fifth of its samples in the test part, to within one."""
    once, again = load_digits(), load_digits()
    assert once.x_train.tobytes() == again.x_train.tobytes()
    assert once.labels_test.tobytes() == again.labels_test.tobytes()
    train, test = np.bincount(once.labels_train), np.bincount(once.labels_test)
    assert np.abs(test - (train + test) / 5).max() <= 1


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
def test_mnist_files_are_read_as_written(tmp_path: Path, compress: bool) -> None:
    """Pixel p of image s is entry (p, s), divided by 255; labels keep their order."""
    files = small_mnist()
    mnist = load_mnist(write(tmp_path, files, compress=compress))
    assert (mnist.name, mnist.classes) == ("mnist", 10)
    for x, labels, images, answers in (
        (mnist.x_train, mnist.labels_train, TRAIN_IMAGES, TRAIN_LABELS),
        (mnist.x_test, mnist.labels_test, TEST_IMAGES, TEST_LABELS),
    ):
        pixels = list(files[images][16:])
        expected = [[pixels[6 * s + p] / 255 for s in range(len(pixels) // 6)] for p in range(6)]
        np.testing.assert_allclose(x, expected, rtol=1e-7)
        assert x.dtype == np.float32
        assert labels.tolist() == list(files[answers][8:])


def test_plain_and_compressed_files_mix_and_a_string_names_the_folder(tmp_path: Path) -> None:
    """Each of the four is looked for plain first, then as .gz."""
    files = small_mnist()
    write(tmp_path, {name: files[name] for name in (TRAIN_IMAGES, TEST_LABELS)})
    write(tmp_path, {name: files[name] for name in (TRAIN_LABELS, TEST_IMAGES)}, compress=True)
    (tmp_path / f"{TRAIN_IMAGES}.gz").write_bytes(b"never opened")
    assert load_mnist(str(tmp_path)).x_train.shape == (6, 12)


def with_body(change: bytes) -> bytes:
    """Return a training label file of 12 labels whose body is ``change``."""
    return idx(LABEL_MAGIC, 12, body=change)


GOOD = small_mnist()
HUGE = 2**32 - 1
BROKEN = {
    "empty": (TRAIN_IMAGES, b"", "header of 16 bytes .got '0 bytes'"),
    "header cut": (TRAIN_LABELS, GOOD[TRAIN_LABELS][:7], "header of 8 bytes .got '7 bytes'"),
    "wrong magic": (TRAIN_IMAGES, GOOD[TRAIN_LABELS] + b"\0" * 9, "begins with 0x00000803 .got '0x00000801'"),
    "other format": (TEST_LABELS, b"PK\3\4 not IDX at all", "begins with 0x00000801 .got '0x504b0304'"),
    "truncated": (TRAIN_IMAGES, GOOD[TRAIN_IMAGES][:-1], "72 bytes of samples, as its header says .got '71 bytes'"),
    "no body": (TRAIN_LABELS, GOOD[TRAIN_LABELS][:8], "12 bytes of samples, as its header says .got '0 bytes'"),
    "trailing": (
        TEST_LABELS,
        GOOD[TEST_LABELS] + b"\0",
        "5 bytes of samples, as its header says .got '(6 bytes|more)'",
    ),
    "lies within the cap": (
        TRAIN_IMAGES,
        idx(IMAGE_MAGIC, 250_000, 32, 32, body=b"few"),
        "256000000 bytes of samples, as its header says .got '3 bytes'",
    ),
    "lies beyond the cap": (
        TRAIN_IMAGES,
        idx(IMAGE_MAGIC, HUGE, HUGE, HUGE, body=b"few"),
        "at most 268435456 bytes of samples .*4294967295, 4294967295, 4294967295",
    ),
    "no image": (TRAIN_IMAGES, idx(IMAGE_MAGIC, 0, 3, 2, body=b""), r"of positive sizes .got \(0, 3, 2\)"),
    "no pixel": (TRAIN_IMAGES, idx(IMAGE_MAGIC, 12, 3, 0, body=b""), r"of positive sizes .got \(12, 3, 0\)"),
    "no label": (TRAIN_LABELS, idx(LABEL_MAGIC, 0, body=b""), r"of positive sizes .got \(0,\)"),
    "label of ten": (TRAIN_LABELS, with_body(bytes(11) + b"\x0a"), "labels in 0..9 .got 10.. See label 11"),
    "counts differ": (TRAIN_LABELS, idx(LABEL_MAGIC, 11, body=bytes(11)), "12 labels, one for each image .got 11"),
    "sizes differ": (
        TEST_IMAGES,
        idx(IMAGE_MAGIC, 5, 2, 3, body=bytes(30)),
        r"shaped as the training images, \(3, 2\) .got \(2, 3\)",
    ),
}


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(("name", "content", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes, message: str, compress: bool
) -> None:
    """One file is broken in one way: the error names it, says what was expected, and what came."""
    write(tmp_path, small_mnist() | {name: content}, compress=compress)
    with pytest.raises(InvalidFileError, match=f"^'{name}{'.gz' if compress else ''}' must be .*{message}") as caught:
        load_mnist(tmp_path)
    assert isinstance(caught.value, ValueError)


PACKED = gzip.compress(GOOD[TRAIN_IMAGES], mtime=0)
BROKEN_GZIP = {
    "not gzip": GOOD[TRAIN_IMAGES],
    "cut short": PACKED[:-12],
    "bad checksum": PACKED[:-8] + bytes(4) + PACKED[-4:],
    "bad deflate": PACKED[:10] + b"\xff" * 20 + PACKED[30:],
    "garbage behind": PACKED + b"garbage",
}


@pytest.mark.parametrize("content", BROKEN_GZIP.values(), ids=BROKEN_GZIP)
def test_a_broken_gzip_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    """What gzip, its checksum or deflate object to becomes an InvalidFileError."""
    write(tmp_path, small_mnist(), compress=True)
    (tmp_path / f"{TRAIN_IMAGES}.gz").write_bytes(content)
    with pytest.raises(InvalidFileError, match=r"'train-images-idx3-ubyte\.gz' must be a readable gzip file"):
        load_mnist(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    """Neither plain nor compressed: the error names the file and the folder; a folder of that name will not do."""
    write(tmp_path, {other: content for other, content in small_mnist().items() if other != name})
    (tmp_path / name).mkdir()
    with pytest.raises(InvalidFileError, match=f"'folder' must be a folder that holds {name}, plain or .gz") as caught:
        load_mnist(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Only regular files are opened: a named pipe without a writer would block for ever."""
    write(tmp_path, {name: content for name, content in small_mnist().items() if name != TRAIN_LABELS})
    os.mkfifo(tmp_path / TRAIN_LABELS)
    with pytest.raises(InvalidFileError, match=f"holds {TRAIN_LABELS}"):
        load_mnist(tmp_path)


@pytest.mark.parametrize("folder", ["no-such-folder", "\0", "x" * 5000])
def test_a_folder_that_is_none_is_refused(folder: str) -> None:
    """A path without a folder behind it is an InvalidValueError, whatever the operating system makes of it."""
    with pytest.raises(InvalidValueError, match="'folder' must be an existing folder that holds the four MNIST files"):
        load_mnist(folder)


@pytest.mark.parametrize("folder", [3, b"bytes"])
def test_a_folder_of_another_type_is_refused(folder: object) -> None:
    """Only a string or a path names a folder."""
    with pytest.raises(InvalidTypeError, match="'folder' must be a path"):
        load_mnist(folder)  # type: ignore[arg-type]


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("count", [250_000, HUGE])
def test_a_lying_header_allocates_nothing(tmp_path: Path, compress: bool, count: int) -> None:
    """A header that asks for 256 MB or for 4 TB costs less than 4 MB, in a file of a few bytes."""
    write(tmp_path, small_mnist() | {TRAIN_IMAGES: idx(IMAGE_MAGIC, count, 32, 32, body=b"few")}, compress=compress)
    assert peak_of_refusal(tmp_path) < 4e6


def test_a_compressed_bomb_is_read_no_further_than_its_header_says(tmp_path: Path) -> None:
    """64 MiB of zeros behind a header of 72 bytes: reading stops one byte late."""
    bomb = GOOD[TRAIN_IMAGES] + bytes(2**26)
    write(tmp_path, small_mnist(), compress=True)
    (tmp_path / f"{TRAIN_IMAGES}.gz").write_bytes(gzip.compress(bomb, compresslevel=1))
    assert peak_of_refusal(tmp_path) < 4e6


@pytest.mark.parametrize(("surplus", "came"), [(-1, 255_999_999), (2**20, 257_048_576)])
def test_a_long_plain_file_of_another_length_is_not_read(tmp_path: Path, surplus: int, came: int) -> None:
    """256 MB announced and nearly there: the length of the file, not its content, refuses it."""
    write(tmp_path, small_mnist() | {TRAIN_IMAGES: idx(IMAGE_MAGIC, 250_000, 32, 32, body=b"")})
    os.truncate(tmp_path / TRAIN_IMAGES, 16 + 256_000_000 + surplus)
    with pytest.raises(InvalidFileError, match=f"as its header says .got '{came} bytes'"):
        load_mnist(tmp_path)
    assert peak_of_refusal(tmp_path) < 4e6


def peak_of_refusal(folder: Path) -> int:
    """Return the most bytes that were held while ``folder`` was refused."""
    tracemalloc.start()
    try:
        with pytest.raises(InvalidFileError, match="bytes of samples"):
            load_mnist(folder)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the fuzzer writes over again and again."""
    return tmp_path_factory.mktemp("fuzz")


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("overwrite"), st.integers(0, 90), st.binary(min_size=1, max_size=4)),
        st.tuples(st.just("insert"), st.integers(0, 90), st.binary(min_size=1, max_size=4)),
        st.tuples(st.just("delete"), st.integers(0, 90), st.binary(min_size=1, max_size=4)),
        st.tuples(st.just("truncate"), st.integers(0, 90), st.just(b"")),
    ),
    min_size=1,
    max_size=3,
)


def edited(content: bytes, edits: list[tuple[str, int, bytes]]) -> bytes:
    """Apply random edits; positions wrap around the length, so that the end is reached as well as the header."""
    for kind, position, piece in edits:
        at = position % (len(content) + 1)
        if kind == "truncate":
            content = content[:at]
        elif kind == "insert":
            content = content[:at] + piece + content[at:]
        else:
            content = content[:at] + (piece if kind == "overwrite" else b"") + content[at + len(piece) :]
    return content


@settings(max_examples=400, deadline=None, derandomize=True)
@given(name=st.sampled_from(NAMES), compress=st.booleans(), repack=st.booleans(), edits=EDITS)
def test_random_damage_ends_in_a_data_set_or_a_clear_error(
    playground: Path, name: str, compress: bool, repack: bool, edits: list[tuple[str, int, bytes]]
) -> None:
    """Bytes overwritten, inserted, deleted or cut, before or after compression: no other exception, no odd data."""
    for old in playground.iterdir():
        old.unlink()
    files = small_mnist()
    write(playground, files, compress=compress)
    if compress and not repack:
        damaged = edited(gzip.compress(files[name], mtime=0), edits)
        (playground / f"{name}.gz").write_bytes(damaged)
    else:
        write(playground, {name: edited(files[name], edits)}, compress=compress)
    try:
        mnist = load_mnist(playground)
    except (InvalidFileError, InvalidValueError) as error:
        assert "must be" in str(error)  # noqa: PT017 -- either outcome is allowed, so raises() does not fit
        return
    for x, labels in ((mnist.x_train, mnist.labels_train), (mnist.x_test, mnist.labels_test)):
        assert x.shape[1] == labels.size > 0
        assert 0 <= x.min() <= x.max() <= 1
        assert set(labels.tolist()) <= set(range(10))


def test_the_cap_holds_mnist_and_its_larger_sisters() -> None:
    """The 70,000 images of MNIST and the 240,000 of EMNIST-digits fit below the cap."""
    assert math.prod((240_000, 28, 28)) < module.LARGEST_PAYLOAD


X, LABELS = np.zeros((4, 3), dtype=np.float32), np.array([0, 1, 2])
BAD_SETS = {
    "list": ({"x_train": [[0.0]]}, InvalidTypeError, "'x_train' must be a numpy array of floats"),
    "integers": ({"x_train": X.astype(int)}, InvalidTypeError, "'x_train' .*got 'an array of int64'"),
    "real labels": ({"labels_test": LABELS * 1.0}, InvalidTypeError, "'labels_test' must be a numpy array of integers"),
    "a vector": ({"x_test": X[0]}, InvalidValueError, "'x_test' must be of shape .pixels, samples."),
    "no sample": ({"x_train": X[:, :0]}, InvalidValueError, "'x_train' must be of shape .pixels, samples., at least"),
    "label missing": ({"labels_train": LABELS[:2]}, InvalidValueError, r"'labels_train' must be of shape \(3,\)"),
    "nan": ({"x_test": X * np.float32("nan")}, InvalidValueError, "'x_test' must be finite"),
    "negative class": ({"labels_train": LABELS - 1}, InvalidValueError, "'labels_train' must be in 0..2 .got '-1..1'"),
    "unknown class": ({"classes": 2}, InvalidValueError, "'labels_train' must be in 0..1 .got '0..2'"),
    "other pixels": ({"x_test": X[:3]}, InvalidValueError, "'x_test' must be images of 4 pixels"),
}


@pytest.mark.parametrize(("change", "error", "message"), BAD_SETS.values(), ids=BAD_SETS)
def test_a_data_set_that_contradicts_itself_is_refused(
    change: dict[str, object], error: type[Exception], message: str
) -> None:
    """A DataSet is checked where it is built, so that nothing behind it has to."""
    good: dict[str, object] = {
        "name": "toy",
        "x_train": X,
        "labels_train": LABELS,
        "x_test": X,
        "labels_test": LABELS,
        "classes": 3,
    }
    DataSet(**good)  # type: ignore[arg-type]
    with pytest.raises(error, match=message):
        DataSet(**good | change)  # type: ignore[arg-type]


def test_rings_are_the_seed_notebooks() -> None:
    """The 2,500 points of its grid, each once, with its targets: (2 [0.8 < r < 1.2] - 1, 0)'."""
    rings = load_rings()
    x = np.hstack([rings.x_train, rings.x_test]).T
    targets = np.hstack([rings.targets[:, labels] for labels in (rings.labels_train, rings.labels_test)]).T
    vv, hh = np.mgrid[-2:2:50j, -2:2:50j]
    theirs = np.stack((vv.ravel(), hh.ravel()), axis=1)
    radii = np.linalg.norm(theirs, axis=1)
    y = np.stack((2 * np.logical_and(radii > 0.8, radii < 1.2).astype(float) - 1, np.zeros(2500)), axis=1)
    ours, expected = (rows[np.lexsort(rows.T[::-1])] for rows in (np.hstack([x, targets]), np.hstack([theirs, y])))
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("codes", "error", "message"),
    [
        ([[1.0, 0.0]], InvalidTypeError, "'codes' must be a numpy array of floats"),
        (np.eye(2, dtype=int), InvalidTypeError, "'codes' must be a numpy array of floats .got 'an array of int64'"),
        (np.zeros((2, 3)), InvalidValueError, r"'codes' must be of shape \(n_L, 2\)"),
        (np.full((2, 2), np.nan), InvalidValueError, "'codes' must be finite"),
    ],
)
def test_targets_that_do_not_fit_are_refused(codes: object, error: type[Exception], message: str) -> None:
    """A column of finite floats for each class."""
    x, labels = np.zeros((1, 2), np.float32), np.array([0, 1])
    with pytest.raises(error, match=message):
        DataSet("bad", x, labels, x, labels, 2, codes=codes)  # type: ignore[arg-type]


@pytest.mark.parametrize("compress", [False, True])
def test_files_with_a_dot_in_their_names_are_read(tmp_path: Path, compress: bool) -> None:
    """Some pages that offer MNIST call its files train-images.idx3-ubyte."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "dotted").mkdir()
    plain = load_mnist(write(tmp_path / "plain", small_mnist()))
    dotted = {name.replace("-idx", ".idx"): content for name, content in small_mnist().items()}
    assert load_mnist(write(tmp_path / "dotted", dotted, compress=compress)).fingerprint == plain.fingerprint


class Bunch:
    """What scikit-learn returns: a table of pixels as floats, and labels as text."""

    data = np.arange(15 * 784).reshape(15, 784) % 256.0
    target = np.array([str(i % 10) for i in range(15)], dtype=object)


@pytest.fixture
def openml(tmp_path, monkeypatch):
    """Stand in for openml.org: fifteen images; return the list of requests, and the folder for data."""
    import sklearn.datasets

    asked = []

    def fetch(name, **options):
        asked.append((name, options["version"], options["as_frame"]))
        return Bunch

    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch)
    monkeypatch.setattr(module, "COUNTS", {"train": 10, "t10k": 5})
    return asked, tmp_path


def test_mnist_is_fetched_once(openml) -> None:
    """Without a folder it comes from OpenML, in its order; the second time it is read from where it was kept."""
    asked, home = openml
    first = load_mnist()
    assert (first.x_train.shape, first.x_test.shape) == ((784, 10), (784, 5))
    np.testing.assert_allclose(first.x_test[:, 0], Bunch.data[10] / 255, rtol=1e-6)
    assert first.labels_test.tolist() == [0, 1, 2, 3, 4]
    assert load_mnist().fingerprint == first.fingerprint
    assert load_mnist(home / module.KEPT).fingerprint == first.fingerprint
    assert asked == [("mnist_784", 1, False)]


def test_without_a_network_it_is_said_where_to_put_the_files(openml, monkeypatch, run) -> None:
    """One error, which names the files, the folder and both ways to say so; on the command line too."""
    import sklearn.datasets

    def fail(*_, **__):
        raise OSError("Name or service not known")

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fail)
    with pytest.raises(InvalidFileError, match=r"Name or service not known.*train-images-idx3-ubyte.gz.*--data FOLDER"):
        load_mnist()
    assert "load_mnist(folder)" in run("train", "--data", "mnist", status=2).stderr
    assert not (openml[1] / module.KEPT).exists()


def test_another_table_is_no_mnist(openml, monkeypatch) -> None:
    """What has another number of images is refused, and not kept."""
    monkeypatch.setattr(module, "COUNTS", {"train": 10, "t10k": 6})
    with pytest.raises(InvalidFileError, match="does not hold 16 images"):
        load_mnist()
    assert not (openml[1] / module.KEPT).exists()


@pytest.mark.skipif("TPTHEORY_MNIST" not in os.environ, reason="TPTHEORY_MNIST names no folder that holds MNIST")
def test_the_real_mnist_is_read() -> None:
    """60,000 and 10,000 images, with the numbers of each digit that its authors give; a net learns them."""
    mnist = load_mnist(os.environ["TPTHEORY_MNIST"])
    assert (mnist.x_train.shape, mnist.x_test.shape) == ((784, 60_000), (784, 10_000))
    assert np.bincount(mnist.labels_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert train("bp", data=mnist, steps=300).test_accuracy > 0.8


POINTS, CLASSES = np.arange(60.0).reshape(20, 3), np.array([0, 1] * 10)


@pytest.mark.parametrize(
    "given",
    [
        (POINTS, CLASSES),
        (POINTS.T, CLASSES),
        (POINTS.tolist(), CLASSES.tolist()),
        (POINTS, CLASSES, "rows"),
        (POINTS.T, CLASSES, "columns"),
    ],
)
def test_arrays_of_ones_own_are_data(given) -> None:
    """With samples in rows or in columns: every sample is in one part, beside its label, and a net can learn them."""
    own = data_of(given)
    assert (own.x_train.shape, own.x_test.shape, own.classes) == ((3, 16), (3, 4), 2)
    columns = np.concatenate([own.x_train, own.x_test], axis=1)
    labels = np.concatenate([own.labels_train, own.labels_test])
    order = columns[0].argsort()
    np.testing.assert_array_equal(columns[:, order], POINTS.T)
    np.testing.assert_array_equal(labels[order], CLASSES)
    assert train("bp", data=given, steps=2, lr=1e-4, batch=4).widths == (3, 32, 32, 2)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ((np.eye(4), [0, 1, 0, 1]), InvalidValueError, r"'data' must be said .* for X is square .*'rows'"),
        ((POINTS, CLASSES[:5]), InvalidValueError, r"a label for each sample of X, \(20, 3\) \(got '5 labels'\)"),
        ((POINTS, CLASSES, "columns"), InvalidValueError, "a label for each of the columns of X"),
        ((POINTS, CLASSES, "up"), InvalidTypeError, r"'data' must be \(X, y, 'rows'\) or"),
        ((POINTS, CLASSES / 2), InvalidTypeError, "'y' must be a flat array of integers.*return_inverse"),
        ((POINTS, CLASSES[:, None]), InvalidTypeError, "'y' must be a flat array of integers.*ravel"),
        (
            (POINTS, np.arange(20) / 7),
            InvalidTypeError,
            "train learns classes; simulate.* takes targets of any numbers",
        ),
        ((POINTS, np.ones((20, 2)) / 3), InvalidTypeError, "train learns classes; simulate"),
        ((POINTS, np.eye(2)[CLASSES]), InvalidTypeError, r"Try y\.argmax\(axis=1\), the class of each row"),
        ((POINTS, np.eye(2)[CLASSES].T), InvalidTypeError, r"Try y\.argmax\(axis=0\), the class of each column"),
        ((POINTS, ["a", "b"] * 10), InvalidTypeError, "'y' must be a flat array of integers.*return_inverse"),
        ((POINTS, CLASSES - 1), InvalidValueError, r"0, 1, 2, .* \(got 'labels -1, 0'\). Try y - y.min\(\)"),
        ((POINTS, CLASSES + 1), InvalidValueError, r"0, 1, 2, .* \(got 'labels 1, 2'\). Try y - y.min\(\)"),
        ((POINTS, 2 * CLASSES), InvalidValueError, r"0, 1, 2, .* \(got 'labels 0, 2'\). Try numpy.unique"),
        ((np.ones((0, 3)), np.array([], dtype=int)), InvalidValueError, "of the classes 0, 1, 2"),
        ((POINTS, [0] * 19 + [1]), InvalidValueError, "'y' must be of 2 samples or more of each class .*1 of class 1"),
        (("x", CLASSES), InvalidTypeError, "'X' must be a matrix of real numbers"),
        ((POINTS[0], CLASSES), InvalidTypeError, "'X' must be two-dimensional"),
        ((POINTS,), InvalidTypeError, "'data' must be a DataSet, or a pair"),
    ],
)
def test_arrays_that_are_no_data_are_named(given, error, message) -> None:
    """What does not fit, what was expected, and the mend."""
    with pytest.raises(error, match=message):
        data_of(given)


def test_the_folder_of_a_name_is_called_data(tmp_path):
    """As the option is, with which a folder is named."""
    with pytest.raises(InvalidFileError, match="'data' must be a folder that holds train-images-idx3-ubyte"):
        load_data_set(str(tmp_path))


def test_without_a_network_there_is_one_error_and_no_warning(tmp_path, monkeypatch):
    """The library warns of each try; pytest makes an error of any warning that is let through."""

    def fetch(*_, **__):
        warnings.warn("A network error occurred. Retrying...", UserWarning, stacklevel=1)
        raise OSError("no network")

    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch)
    with pytest.raises(InvalidFileError, match="'data' must be a folder with MNIST's four files, where openml"):
        load_data_set("mnist")


def test_each_class_is_tested_where_a_fifth_is_less_than_one_of_each():
    """Four samples of two classes are split too; else a fifth is kept, as of twenty."""
    few = data_of((POINTS[:4], [0, 1, 0, 1]))
    assert sorted(few.labels_test) == [0, 1]
    assert data_of((POINTS, CLASSES)).labels_test.size == 4


def test_a_default_that_data_are_too_few_for_is_named():
    """The size of a batch, which nobody gave: that it is the default, of how many samples, and the mend."""
    message = r"in 1..16, how many samples there are to train on, or 'all' \(got 100\). 100 is the default. Try batch="
    with pytest.raises(InvalidValueError, match=message):
        train("bp", data=(POINTS, CLASSES), steps=1)


def test_a_small_file_that_promises_much_is_refused_before_it_is_unpacked(tmp_path):
    """A header of many small samples, and more behind the samples than the header says: no memory is taken for them."""
    head = struct.pack(">4I", 0x803, 2**28, 1, 1)
    with gzip.open(tmp_path / "train-images-idx3-ubyte.gz", "wb", 1) as file:
        file.write(head + bytes(2**20))
    with pytest.raises(InvalidFileError, match="of at most 4194304 samples"):
        load_mnist(tmp_path)
    (tmp_path / "train-images-idx3-ubyte.gz").unlink()
    os.mkfifo(tmp_path / "train-images-idx3-ubyte")
    with pytest.raises(InvalidFileError, match="'folder' must be a folder that holds train-images-idx3-ubyte"):
        load_mnist(tmp_path)
