"""A run that is killed goes on bit for bit; a broken checkpoint is refused and nothing is lost."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tptheory.errors import InvalidFileError, InvalidTypeError, InvalidValueError, MissingLibraryError
from tptheory.training import checkpoints
from tptheory.training.checkpoints import Checkpoint, read_checkpoint, write_checkpoint
from tptheory.training.data import DataSet, load_digits
from tptheory.training.inverses import InverseSettings
from tptheory.training.metrics import MetricsFile
from tptheory.training.trainer import TrainingRun, train

from . import resumed_run


@pytest.fixture(scope="module")
def digits() -> DataSet:
    """The digits, loaded once."""
    return load_digits()


def child(rule: str, folder: Path, steps: int) -> subprocess.Popen[bytes]:
    """Start a run of its own process."""
    command = [sys.executable, resumed_run.__file__, rule, str(folder), str(steps)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def kill_and_resume(rule: str, folder: Path, steps: int, kills: int, seed: int) -> int:
    """Kill a run at random moments, then let it end; return how many kills struck a run that had begun."""
    rng = np.random.default_rng(seed)
    struck = 0
    for _ in range(kills):
        process = child(rule, folder, steps)
        metrics = folder / "metrics.jsonl"
        grown = metrics.stat().st_size if metrics.exists() else -1
        until = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < until:  # importing takes a second: wait for the run itself
            if metrics.exists() and metrics.stat().st_size != grown:
                break
            time.sleep(0.002)
        time.sleep(float(rng.uniform(0, 0.25)))
        struck += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = child(rule, folder, steps)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error.decode()
    return struck


@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9")
@pytest.mark.parametrize(
    ("rule", "kills"),
    [
        ("tp", 2),
        *(pytest.param(rule, 12, marks=pytest.mark.slow) for rule in ("bp", "tp", "fa", "dfa", "gn", "dtp")),
    ],
)
def test_a_run_goes_on_bit_for_bit_after_kill_9(rule: str, kills: int, tmp_path: Path) -> None:
    """Weights, streams, log and metrics end as those of a run that nobody disturbed, to the last byte."""
    steps = 600
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
    struck = kill_and_resume(rule, tmp_path / "killed", steps, kills, seed=len(rule))
    resumed_run.run(rule, tmp_path / "whole", steps)
    assert struck >= 1
    for name in ("run.ckpt", "metrics.jsonl"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


NEEDS_NUMBA = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")


def same(one: TrainingRun, other: TrainingRun) -> bool:
    """Tell whether two runs agree in every bit."""
    pairs = zip(one.weights + one.biases, other.weights + other.biases, strict=True)
    return all(a.tobytes() == b.tobytes() for a, b in pairs) and (
        replace(one, weights=(), biases=()).__dict__ == replace(other, weights=(), biases=()).__dict__
    )


@pytest.mark.parametrize("rule", ["bp", "tp", "damped-tp", "fa", "dfa", "gn", "dtp"])
@pytest.mark.parametrize("at", [1, 37, 80])
@pytest.mark.parametrize("engine", ["auto", "layerwise", pytest.param("native", marks=NEEDS_NUMBA)])
def test_a_run_may_be_prolonged(digits: DataSet, tmp_path: Path, rule: str, at: int, engine: str) -> None:
    """Stopped after any number of steps and taken up again with more, it is the longer run; epochs may end between."""
    if rule == "dtp" and engine == "native":
        pytest.skip("learned inverses have one engine")
    options: dict[str, Any] = {"data": digits, "log_every": 9, "probes": rule in ("bp", "tp"), "engine": engine}
    whole = train(rule, steps=80, **options)
    path = tmp_path / "run.ckpt"
    train(rule, steps=at, checkpoint=path, **options)
    assert same(train(rule, steps=80, checkpoint=path, resume=True, **options), whole)
    assert same(train(rule, steps=80, checkpoint=path, resume=True, **options), whole)


def test_probes_at_every_step_go_on(digits: DataSet, tmp_path: Path) -> None:
    """What they have summed up is part of the checkpoint."""
    options: dict[str, Any] = {"data": digits, "log_every": 1, "probes": True}
    path = tmp_path / "run.ckpt"
    train("tp", steps=11, checkpoint=path, **options)
    assert same(train("tp", steps=25, checkpoint=path, resume=True, **options), train("tp", steps=25, **options))


def test_without_a_checkpoint_yet_a_run_starts_anew(digits: DataSet, tmp_path: Path) -> None:
    """A run that is killed before its first checkpoint is begun again by the same command."""
    path = tmp_path / "run.ckpt"
    assert same(train(data=digits, steps=5, checkpoint=path, resume=True), train(data=digits, steps=5))


def test_metrics_are_cut_where_the_checkpoint_stands(digits: DataSet, tmp_path: Path) -> None:
    """Lines that were written after it are written again, not twice."""
    options: dict[str, Any] = {"data": digits, "log_every": 3, "checkpoint": tmp_path / "c", "metrics": tmp_path / "m"}
    train(steps=10, **options)
    train(steps=20, resume=True, **options)
    lines = [json.loads(line) for line in (tmp_path / "m").read_text().splitlines()]
    assert [line["step"] for line in lines] == [0, 3, 6, 9, 12, 15, 18, 20]
    assert set(lines[-1]) == {"step", "status", "test_loss", "test_accuracy"}
    assert set(lines[0]) == {"step", "loss", "accuracy"}


@pytest.mark.parametrize("at", [9, 10])
def test_metrics_of_learned_inverses_go_on(digits: DataSet, tmp_path: Path, at: int) -> None:
    """The losses of the last update before the checkpoint are told by the first line after it."""
    options: dict[str, Any] = {"data": digits, "log_every": 3, "inverses": InverseSettings(kind="sigmoid")}
    train("dtp", steps=20, metrics=tmp_path / "whole", **options)
    for steps in (at, 20):
        train("dtp", steps=steps, checkpoint=tmp_path / "c", metrics=tmp_path / "m", resume=True, **options)
    assert (tmp_path / "m").read_bytes() == (tmp_path / "whole").read_bytes()


def test_metrics_of_another_run_are_left_alone(digits: DataSet, tmp_path: Path) -> None:
    """What the checkpoint does not know is neither cut nor written over."""
    options: dict[str, Any] = {"data": digits, "log_every": 3, "checkpoint": tmp_path / "c", "metrics": tmp_path / "m"}
    train(steps=10, **options)
    for content in (b"my own notes\n" * 99, b""):
        (tmp_path / "m").write_bytes(content)
        with pytest.raises(InvalidFileError, match="'m' must be the metrics of this run"):
            train(steps=20, resume=True, **options)
        assert (tmp_path / "m").read_bytes() == content


def test_nothing_is_written_over(digits: DataSet, tmp_path: Path) -> None:
    """A file that exists is refused unless its run is resumed."""
    path = tmp_path / "file"
    path.write_text("precious")
    for argument in ("checkpoint", "metrics"):
        with pytest.raises(InvalidValueError, match=f"'{argument}' must be a file that does not exist yet"):
            train(data=digits, steps=1, **{argument: path})
    assert path.read_text() == "precious"
    with pytest.raises(InvalidValueError, match="'metrics' must be another file than the checkpoint"):
        train(data=digits, steps=1, checkpoint=tmp_path / "x", metrics=tmp_path / "x")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "tp"}, "a checkpoint of this run .got .rule 'Backprop..' for 'TargetProp..'"),
        ({"widths": (64, 16, 10)}, "widths .64, 32, 32, 10. for .64, 16, 10."),
        ({"lr": 0.2, "seed": 3}, "lr 0.1 for 0.2, seed 0 for 3"),
        ({"dtype": "float64"}, "dtype"),
        ({"probes": True}, "probes False for True"),
        ({"loss": "squared"}, "loss"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(
    digits: DataSet, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    """The error says in what they differ, and the checkpoint stays as it is."""
    path = tmp_path / "run.ckpt"
    train(data=digits, steps=3, checkpoint=path)
    before = path.read_bytes()
    with pytest.raises(InvalidFileError, match=message):
        train(**{"data": digits, "steps": 6, "checkpoint": path, "resume": True} | options)
    assert path.read_bytes() == before


def test_other_data_are_another_run(digits: DataSet, tmp_path: Path) -> None:
    """One pixel is enough."""
    path = tmp_path / "run.ckpt"
    train(data=digits, steps=3, checkpoint=path)
    x = digits.x_train.copy()
    x[0, 0] += 1
    with pytest.raises(InvalidFileError, match="data_sha256"):
        train(data=replace(digits, x_train=x), steps=6, checkpoint=path, resume=True)


def test_options_that_contradict_each_other_are_refused(digits: DataSet, tmp_path: Path) -> None:
    """Resuming needs a checkpoint, and no run gets shorter."""
    with pytest.raises(InvalidValueError, match="'checkpoint' must be the file to resume from"):
        train(data=digits, steps=1, resume=True)
    train(data=digits, steps=9, checkpoint=tmp_path / "c")
    with pytest.raises(InvalidValueError, match="'steps' must be at least 9"):
        train(data=digits, steps=8, checkpoint=tmp_path / "c", resume=True)
    with pytest.raises(InvalidValueError, match="'checkpoint' must be a file in a folder that exists"):
        train(data=digits, steps=1, checkpoint=tmp_path / "no" / "folder")
    with pytest.raises(InvalidValueError, match="'checkpoint' must be the path of a file"):
        train(data=digits, steps=1, checkpoint=tmp_path)
    with pytest.raises(InvalidTypeError, match="'metrics' must be the path of a file"):
        train(data=digits, steps=1, metrics=3)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a small checkpoint."""
    path = tmp_path_factory.mktemp("whole") / "run.ckpt"
    write_checkpoint(path, Checkpoint({"seed": 1}, {"step": 3}, {"W": np.arange(6.0).reshape(2, 3)}))
    return path.read_bytes()


def test_what_is_written_is_read(tmp_path: Path, whole: bytes) -> None:
    """Config, progress, arrays; and nothing lies beside the file."""
    path = tmp_path / "run.ckpt"
    path.write_bytes(whole)
    read = read_checkpoint(path)
    assert (read.config, read.progress) == ({"seed": 1}, {"step": 3})
    assert read.arrays["W"].tolist() == [[0, 1, 2], [3, 4, 5]]
    write_checkpoint(path, read)
    assert path.read_bytes() == whole
    assert [p.name for p in tmp_path.iterdir()] == ["run.ckpt"]


@settings(max_examples=300, deadline=None)
@given(change=st.data())
def test_a_changed_checkpoint_is_refused(whole: bytes, tmp_path_factory: pytest.TempPathFactory, change: Any) -> None:
    """Cut, prolonged, or with one byte changed: one clear error, whatever the byte."""
    kind = change.draw(st.sampled_from(["cut", "prolonged", "changed", "noise"]))
    place = change.draw(st.integers(0, len(whole) - 1))
    broken = bytearray(whole)
    if kind == "cut":
        del broken[place:]
    elif kind == "prolonged":
        broken += change.draw(st.binary(min_size=1, max_size=20))
    elif kind == "changed":
        broken[place] ^= change.draw(st.integers(1, 255))
    else:
        broken = bytearray(change.draw(st.binary(max_size=200)))
    path = tmp_path_factory.mktemp("broken") / "run.ckpt"
    path.write_bytes(broken)
    try:
        read = read_checkpoint(path)
    except InvalidFileError as error:
        refused = str(error)
    else:  # a changed blank, or key order, of the header says the same
        assert (read.config, read.progress, read.arrays["W"].tolist()) == (
            {"seed": 1},
            {"step": 3},
            [[0, 1, 2], [3, 4, 5]],
        )
        refused = ""
    assert not refused or "'run.ckpt' must be" in refused
    assert path.read_bytes() == broken


def test_a_header_that_asks_for_gigabytes_gets_nothing(tmp_path: Path) -> None:
    """A length beyond the file is no reason to allocate it."""
    path = tmp_path / "run.ckpt"
    for head in (2**62, 2**31, 64):
        path.write_bytes(
            head.to_bytes(8, "little") + b'{"W":{"dtype":"F64","shape":[9999999999],"data_offsets":[0,1]}}'
        )
        with pytest.raises(InvalidFileError, match="whole checkpoint"):
            read_checkpoint(path)


def test_a_well_made_checkpoint_of_nonsense_is_refused(digits: DataSet, tmp_path: Path) -> None:
    """Right digest, wrong content: arrays of another net, or no progress."""
    path = tmp_path / "run.ckpt"
    train(data=digits, steps=3, checkpoint=path, engine="layerwise")
    good = read_checkpoint(path)
    bad = [
        (replace(good, arrays={**good.arrays, "W_1": np.zeros((1, 1))}), "a checkpoint of this net .got .W_1 is"),
        (replace(good, arrays={k: A for k, A in good.arrays.items() if k != "b_2"}), "b_2 is missing"),
        (replace(good, progress={"step": 3}), "whose progress is an object with the fields step, fit"),
        (replace(good, progress={**good.progress, "streams": {"noise": {"bit_generator": "rm"}}}), "streams.noise is"),
        (replace(good, progress={**good.progress, "step": "x"}), "progress.step is an integer in 0..6"),
        (replace(good, progress={**good.progress, "fit": {"log": [{"a": 1}]}}), "progress.fit is an object"),
    ]
    for checkpoint, message in bad:
        write_checkpoint(path, checkpoint)
        with pytest.raises(InvalidFileError, match=message):
            train(data=digits, steps=6, checkpoint=path, engine="layerwise", resume=True)
    write_checkpoint(path, good)
    assert train(data=digits, steps=6, checkpoint=path, engine="layerwise", resume=True).steps == 6


def test_a_write_that_fails_keeps_the_old_checkpoint(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the worst moment: the error is clear, and the old file is whole."""
    path = tmp_path / "run.ckpt"
    path.write_bytes(whole)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints.os, "fsync", full)
    with pytest.raises(InvalidValueError, match=r"'checkpoint' must be a file that can be written .*No space left"):
        write_checkpoint(path, Checkpoint({}, {}, {"W": np.zeros(3)}))
    assert path.read_bytes() == whole


def test_tensorboard_gets_the_scalars(digits: DataSet, tmp_path: Path) -> None:
    """Every number of the metrics stands in the events, at its step."""
    pytest.importorskip("tensorboardX")
    from tensorboardX.proto.event_pb2 import Event

    options: dict[str, Any] = {"data": digits, "steps": 6, "log_every": 2, "metrics": tmp_path / "m"}
    train("dtp", tensorboard=tmp_path / "board", inverses=InverseSettings(kind="sigmoid"), **options)
    (path,) = (tmp_path / "board").iterdir()
    raw, told = path.read_bytes(), set()
    while raw:  # records of TensorFlow: length, its checksum, the event, its checksum
        length = int.from_bytes(raw[:8], "little")
        event = Event.FromString(raw[12 : 12 + length])
        told |= {(value.tag, event.step, np.float32(value.simple_value)) for value in event.summary.value}
        raw = raw[16 + length :]
    lines = [json.loads(line) for line in (tmp_path / "m").read_text().splitlines()]
    expected = {
        (name, line["step"], np.float32(value))
        for line in lines
        for name, value in line.items()
        if name not in ("step", "status")
    }
    assert told == expected
    assert ("test_accuracy", 6) in {entry[:2] for entry in told}
    assert "inverse_loss_3" in {entry[0] for entry in told}


def test_without_tensorboard_the_error_says_what_to_install(
    digits: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'tptheory\[tensorboard\]'"):
        train(data=digits, steps=1, tensorboard=tmp_path)


def test_without_numba_the_error_says_what_to_install(digits: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra, asked for by the engine in native code alone."""
    for name in ("native", "fused", "native_algebra"):
        monkeypatch.delitem(sys.modules, f"tptheory.training.{name}", raising=False)
        monkeypatch.delattr(f"tptheory.training.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(MissingLibraryError, match=r"'engine' must be used only .* pip install 'tptheory\[fast\]'"):
        train(data=digits, steps=1, engine="native")


def test_metrics_go_to_a_file_or_a_stream_and_to_nothing_else(digits: DataSet, tmp_path: Path) -> None:
    """The null device takes them; a named pipe is not waited for; two runs do not write one file."""
    train(data=digits, steps=1, metrics="/dev/null")
    train(data=digits, steps=1, checkpoint="/dev/null")
    assert not Path("/dev/null").is_file()
    os.mkfifo(tmp_path / "pipe")
    for argument in ("metrics", "checkpoint"):
        with pytest.raises(InvalidValueError, match=f"'{argument}' must be a file that can be written .*named pipe"):
            train(data=digits, steps=1, **{argument: tmp_path / "pipe"})
    first = MetricsFile(tmp_path / "metrics")
    with pytest.raises(InvalidValueError, match="Another run is writing it"):
        MetricsFile(tmp_path / "metrics")
    first.close()
    MetricsFile(tmp_path / "metrics").close()
