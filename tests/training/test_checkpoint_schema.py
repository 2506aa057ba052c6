"""Every fact of a checkpoint is checked before it is used, the field that is wrong is named, and the file stays."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tptheory.errors import InvalidFileError, TptheoryError
from tptheory.training.checkpoints import read_checkpoint, write_checkpoint
from tptheory.training.data import load_rings
from tptheory.training.trainer import train

QUICK, MANY = 100, 1500
RINGS = load_rings()
SETTINGS = {"data": RINGS, "widths": (2, 3, 2), "batch": 5, "loss": "squared", "log_every": 2, "probes": True}
HOSTILE = [None, True, -1, 0, 1, 10**400, 10**18, -(10**9), 0.5, float("nan"), float("inf"), "", "x", [], [[]], {}]
HOSTILE += [{"step": 1}, [1] * 5000, "9" * 5000]


@pytest.fixture
def saved(tmp_path):
    """Train for some steps, and return the path of the checkpoint and what it holds."""
    path = tmp_path / "run.ckpt"
    train("tp", steps=6, checkpoint=path, metrics=tmp_path / "metrics", **SETTINGS)
    return path, read_checkpoint(path), (tmp_path / "metrics").read_bytes()


def fields(value, path=()):
    """Yield the path of every field of nested data, of the outer ones first."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from fields(value[key], (*path, key))


def changed(value, path, new):
    """Return nested data with another value at a path."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


def resume(path, steps=9):
    """Go on from a checkpoint; return why that is refused, or nothing."""
    before = path.read_bytes()
    try:
        train("tp", steps=steps, checkpoint=path, metrics=path.with_name("metrics"), resume=True, **SETTINGS)
    except TptheoryError as error:
        assert path.read_bytes() == before
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("path", "new", "words"),
    [
        (("step",), -5, r"progress.step is an integer in 0..9 \(got -5\)"),
        (("step",), True, "progress.step is an integer"),
        (("fit", "ranks"), [1], "progress.fit.ranks is a list of 2"),
        (("fit", "log", 1, "loss"), "x", r"progress.fit.log\[1\].loss is a number"),
        (("fit", "readings", 0, "probe"), "x", r"progress.fit.readings\[0\].probe is one of"),
        (("batches", "dealt"), 3, "progress.batches.dealt is a multiple of 5"),
        (("batches", "dealt"), 10**9, "progress.batches.dealt is an integer in 0..2000"),
        (("batches", "stream", "state", "state"), -1, "progress.batches.stream.state.state is an integer"),
        (("batches", "stream", "bit_generator"), "MT19937", "bit_generator is one of PCG64"),
        (("streams",), {}, "progress.streams is an object with the fields noise"),
        (("metrics",), None, "progress.metrics is an object with the fields bytes, sha256"),
        (("metrics", "sha256"), "x", "progress.metrics.sha256 is a SHA-256"),
    ],
)
def test_the_field_that_is_wrong_is_named(saved, path, new, words):
    """With what it should be and what came; the checkpoint stays as it is."""
    file, good, _ = saved
    write_checkpoint(file, replace(good, progress=changed(good.progress, path, new)))
    before = file.read_bytes()
    with pytest.raises(InvalidFileError, match=words):
        train("tp", steps=9, checkpoint=file, metrics=file.with_name("metrics"), resume=True, **SETTINGS)
    assert file.read_bytes() == before


def try_facts(saved, examples):
    """Change a fact to a hostile one, again and again; return how many were refused and how many not."""
    file, good, metrics = saved
    places = st.sampled_from([*fields(good.progress)]).map(lambda path: ("progress", path))
    places |= st.sampled_from([*fields(good.config)]).map(lambda path: ("config", path))
    refused = [0, 0]

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=HealthCheck)
    @given(places, st.sampled_from(HOSTILE) | st.floats() | st.integers() | st.text(max_size=5))
    def one(place, new):
        part, path = place
        file.with_name("metrics").write_bytes(metrics)
        write_checkpoint(file, replace(good, **{part: changed(getattr(good, part), path, new)}))
        refused[bool(resume(file))] += 1

    one()
    return refused


@pytest.mark.filterwarnings("ignore")
def test_no_fact_brings_a_run_down(saved):
    """Refused by an error of ours, or used."""
    assert try_facts(saved, QUICK)[1] > QUICK // 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_fact_brings_a_run_down_in_many(saved):
    """The same, for many."""
    assert sum(try_facts(saved, MANY)) >= MANY // 2
