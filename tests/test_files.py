"""A file is written whole, or not at all."""

import os

import pytest

from tptheory.files import write_whole


def test_a_file_is_replaced_and_is_for_everybody(tmp_path):
    """The old bytes are gone, and others may read the new ones."""
    path = tmp_path / "file"
    path.write_bytes(b"an older and longer file")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fails", ["fsync", "chmod", "replace"])
def test_what_cannot_be_written_leaves_the_old_file(tmp_path, monkeypatch, fails):
    """Whatever goes wrong, the old file stays and nothing lies beside it."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, fails, lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
