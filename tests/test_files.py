"""A file is written whole, or not at all, and nothing else than a file is replaced or waited for."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tptheory.errors import InvalidFileError, InvalidValueError
from tptheory.files import check_folder, check_writable, is_stream, move_whole, read_whole, write_named, write_whole
from tptheory.temporaries import new_file, new_folder

LONGEST_NAME = 255


@pytest.fixture
def umask():
    """Set the umask of the process, and put it back."""
    before = os.umask(0o027)
    yield 0o027
    os.umask(before)


def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path, umask):
    """Neither more nor less than any other program would give it; nothing lies beside it."""
    write_whole(tmp_path / "file", b"new")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path):
    """A private file stays private."""
    path = tmp_path / "file"
    path.write_bytes(b"an older and longer file")
    path.chmod(0o600)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("fails", ["fsync", "chmod", "replace"])
def test_what_cannot_be_written_leaves_the_old_file(tmp_path, monkeypatch, fails):
    """Whatever goes wrong, the old file stays and nothing lies beside it."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, fails, lambda *_: (_ for _ in ()).throw(OSError(28, "full", "temporary")))
    with pytest.raises(OSError, match=r"full: '.*file'"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path):
    """The link stays, and the file that it names is written, whether it was there or not."""
    for name in ("there", "missing"):
        link = tmp_path / f"to-{name}"
        link.symlink_to(name)
        (tmp_path / "there").write_bytes(b"old")
        write_whole(link, b"new")
        assert link.is_symlink()
        assert (tmp_path / name).read_bytes() == b"new"


def test_a_name_may_be_as_long_as_names_can_be(tmp_path):
    """The temporary name does not grow with it."""
    path = tmp_path / ("n" * LONGEST_NAME)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("kind", ["pipe", "folder", "loop"])
def test_what_is_no_file_is_refused_and_stays(tmp_path, kind):
    """A named pipe is not waited for, a folder not replaced, a circle of links not followed for ever."""
    path = tmp_path / kind
    make = {"pipe": os.mkfifo, "folder": os.mkdir, "loop": lambda path: os.symlink(path, path)}
    make[kind](path)
    before = os.lstat(path).st_mode
    with pytest.raises(OSError, match=f"'{path}'"):
        write_whole(path, b"new")
    with pytest.raises(InvalidValueError, match="'out' must be a file that can be written"):
        check_writable("out", path)
    with pytest.raises(InvalidFileError, match="'path' must be a readable file"):
        read_whole(path, 10)
    assert os.lstat(path).st_mode == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_argument_that_cannot_be_written_is_named(tmp_path):
    """With the folder to make, or the reason of the system; what can be written is written whole."""
    with pytest.raises(InvalidValueError, match=f"'out' must be a file in a folder that exists .* Make {tmp_path}/no"):
        write_named("out", tmp_path / "no" / "file", b"new")
    with pytest.raises(InvalidValueError, match="'out' must be a file that can be written"):
        write_named("out", tmp_path, b"new")
    write_named("out", tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_the_null_device_takes_what_is_written(tmp_path):
    """It is a device before and after; a link to it too."""
    (tmp_path / "link").symlink_to("/dev/null")
    for path in ("/dev/null", tmp_path / "link"):
        assert is_stream(path)
        check_writable("out", path)
        write_whole(path, b"new")
        assert stat.S_ISCHR(os.stat(path).st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_is_written_to_and_not_replaced(tmp_path, name):
    """A file to which a shell sends the output gets it after what is there."""
    out = tmp_path / "out"
    code = f"from tptheory.files import write_whole; print('first'); write_whole({name!r}, b'second\\n')"
    with out.open("wb") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
    assert out.read_bytes() == b"first\nsecond\n"


def test_a_file_is_read_up_to_its_limit(tmp_path):
    """One byte more is refused; so is a device without end."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_whole(path, 5) == b"12345"
    with pytest.raises(InvalidFileError, match=r"'cert' must be a certificate of at most 4 bytes .* It is larger"):
        read_whole(path, 4, "cert", "certificate")
    with pytest.raises(InvalidFileError, match="It is a device, and no regular file"):
        read_whole("/dev/zero", 4)
    with pytest.raises(InvalidFileError, match=r"must be a readable file .*No such file"):
        read_whole(tmp_path / "missing", 4)
    with pytest.raises(InvalidFileError, match="null"):
        read_whole("nul\0byte", 4)


def test_what_a_killed_process_left_is_removed_and_what_another_works_on_is_not(tmp_path):
    """Stale temporary files and folders go with the next file that is written; names of others are never touched."""
    (tmp_path / ".tptheory-0123456789abcdef.tmp").write_bytes(b"torn")
    (tmp_path / ".tptheory-fedcba9876543210.tmp").mkdir()
    (tmp_path / ".tptheory-fedcba9876543210.tmp" / "part").write_bytes(b"torn")
    strangers = [tmp_path / ".tptheory-notes.tmp", tmp_path / ".report-1234"]
    strangers[0].write_bytes(b"mine")
    strangers[1].mkdir()
    with new_folder(tmp_path) as used:
        descriptor, waiting = new_file(tmp_path)
        write_whole(tmp_path / "file", b"new")
        assert used.is_dir()
        assert waiting.is_file()
        os.close(descriptor)
    write_whole(tmp_path / "file", b"newer")
    assert sorted(tmp_path.iterdir()) == sorted([*strangers, tmp_path / "file"])


def test_a_finished_file_is_moved_as_one_is_written(tmp_path):
    """Links are followed, and modes are kept."""
    target, link, source = tmp_path / "target", tmp_path / "link", tmp_path / "source"
    target.write_bytes(b"old")
    target.chmod(0o600)
    link.symlink_to(target)
    source.write_bytes(b"new")
    move_whole(source, link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert not source.exists()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not list descriptors")
def test_a_file_that_goes_to_a_stream_leaves_nothing_open(tmp_path):
    """It is copied there; every descriptor is closed again."""
    source = tmp_path / "source"
    source.write_bytes(b"new")
    before = len(os.listdir("/proc/self/fd"))
    move_whole(source, Path(os.devnull))
    assert len(os.listdir("/proc/self/fd")) == before
    assert source.read_bytes() == b"new"


def test_what_is_in_the_way_of_a_folder_is_said(tmp_path):
    """A file, a pipe, and a link that leads nowhere, there or above; a folder that is there or can be made is none."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    found = {"file": "a file", "file/below/it": "a file", "link": "a link that leads nowhere"}
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        found["pipe"] = "a named pipe"
    for name, kind in found.items():
        place = tmp_path / name.partition("/")[0]
        with pytest.raises(InvalidValueError) as caught:
            check_folder("out", tmp_path / name)
        mend = f"{place} is {kind}. Name another, or free this one."
        assert str(caught.value) == f"'out' must be a folder that can be written (got {str(tmp_path / name)!r}). {mend}"
    with pytest.raises(InvalidValueError, match="'out' must be a folder"):
        check_folder("out", "a\0b")
    check_folder("out", tmp_path)
    check_folder("out", tmp_path / "new/one")
