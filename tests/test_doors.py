"""Nothing that comes from outside brings a command down: each bad input ends in one clear error and a status."""

import json
import string
import sys
from contextlib import suppress
from math import prod
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tptheory import Certificate, TptheoryError
from tptheory.cli import app
from tptheory.sweeping.running import records_at
from tptheory.training.mnist import load_mnist

QUICK, MANY = 60, 3000
EXAMPLES = pytest.mark.parametrize("examples", [QUICK, pytest.param(1000, marks=pytest.mark.slow)])
"""How many inputs a door is tried with: some each time, and many where there is time."""
STORED = Path(__file__).parents[1] / "proofs" / "certificates"

OPTIONS = {
    "derive": ["--rule", "--depth", "--widths", "--batch", "--biases", "--loss", "--layer", "--latex", "--json"],
    "simulate": ["--rule", "--widths", "--lr", "--dtype", "--seed", "--json"],
    "train": ["--rule", "--data", "--batch", "--lr", "--seed", "--log-every", "--json"],
    "prove": ["--seconds", "--fresh", "--explain", "--json"],
    "refute": ["--seconds", "--seed", "--latex", "--snippet", "--json"],
    "check": ["--json"],
    "latex": ["--standalone"],
    "sweep": ["--workers", "--scheduler", "--json"],
    "report": ["--trials", "--steps", "--seconds"],
    "nonsense": ["--help"],
}
"""What each command is given. Sizes that would be honoured, such as a long run's steps, are set to small ones."""
SMALL = {
    "simulate": ["--steps", "3"],
    "train": ["--steps", "2"],
    "sweep": ["--out", "runs.jsonl"],
    "prove": ["facts.py"],
    "refute": ["facts.py"],
    "latex": ["facts.py"],
    "report": ["--theorems", "facts.py"],
}
WORDS = "- -- -1 0 1 2 3 1e999 nan inf 0.5 tp bp B x' 4,3,2 4,,2 2-2 ../.. /dev/null / a::b :: $(id) `id` {{7*7}} %s%n"
WORDS += " facts.py rule=bp rule= = seed=0..1 seed=3..1 trajectory crosscheck tcp://"
HOSTILE = st.sampled_from([*WORDS.split(), "", "\x00", "\x1b[2J", "\ud800", "é" * 50, "9" * 400])
ARGUMENTS = st.sampled_from(sorted(OPTIONS)).flatmap(
    lambda command: st.tuples(
        st.just(command),
        st.lists(
            st.one_of(
                HOSTILE,
                st.text(string.printable, max_size=8),
                st.sampled_from(OPTIONS[command]).flatmap(lambda option: HOSTILE.map(lambda v: f"{option}={v}")),
                st.sampled_from(OPTIONS[command]),
            ),
            max_size=4,
        ),
    )
)


def fuzzed(examples):
    """Return the settings of a test that tries so many inputs, the same each time."""
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """Work in a folder that holds nothing but a file that is no theorem file."""
    monkeypatch.chdir(tmp_path)
    Path("facts.py").write_text("import this is no Python\n", encoding="utf-8")
    return tmp_path


def ended(arguments):
    """Run a command; it must end by itself, with a status that has a meaning, and say why it is not 0."""
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), (arguments, result.exception)
    assert result.exit_code in (0, 1, 2, 3), arguments
    assert "Traceback" not in result.stderr
    assert result.exit_code != 2 or "rror" in result.stderr or "Usage" in result.stderr, (arguments, result.stderr)
    assert "\x1b[2J" not in result.stdout + result.stderr, arguments
    return result.exit_code


def try_arguments(examples):
    """Give every command what nobody should."""
    tried = {}

    @fuzzed(examples)
    @given(ARGUMENTS)
    def one(given_arguments):
        command, rest = given_arguments
        status = ended([command, *rest, *SMALL.get(command, [])])
        tried[command, status] = tried.get((command, status), 0) + 1

    one()
    return tried


def test_no_arguments_bring_the_command_line_down(empty):
    """Of some inputs most are refused, and some are good."""
    tried = try_arguments(QUICK)
    assert {status for _, status in tried} >= {0, 2}


@pytest.mark.slow
def test_no_arguments_bring_the_command_line_down_in_many(empty):
    """The same, for many; every command is tried."""
    tried = try_arguments(MANY)
    assert {command for command, _ in tried} == OPTIONS.keys()
    sys.stdout.write(f"{sum(tried.values())} command lines, none crashed: {dict(sorted(tried.items()))}\n")


def damaged(whole):
    """Return a strategy of byte strings that differ from a good one: changed, cut, or longer."""
    changed = st.tuples(st.integers(0, len(whole) - 1), st.binary(min_size=1, max_size=4)).map(
        lambda at: whole[: at[0]] + at[1] + whole[at[0] + len(at[1]) :]
    )
    cut = st.integers(0, len(whole)).map(lambda end: whole[:end])
    return st.one_of(changed, cut, st.binary(max_size=80), changed.map(lambda data: data + b"[" * 2000))


@EXAMPLES
@pytest.mark.parametrize("name", ["tp_equals_bp.exact_condition.json", "rank_of_updates.rank_bound.json"])
def test_a_damaged_certificate_is_refused_or_still_a_proof(empty, name, examples):
    """`check` accepts, refuses, or says that the file cannot be read; it never crashes."""
    whole = (STORED / name).read_bytes()
    seen = set()

    @fuzzed(examples)
    @given(damaged(whole))
    def one(data):
        Path("one.json").write_bytes(data)
        seen.add(ended(["check", "one.json"]))
        with suppress(TptheoryError):
            Certificate.load("one.json").check()

    one()
    assert 1 in seen or 2 in seen


def idx(shape, kind=8):
    """Return an IDX file of zeros."""
    sizes = b"".join(n.to_bytes(4, "big") for n in shape)
    return bytes([0, 0, kind, len(shape)]) + sizes + bytes(prod(shape))


@EXAMPLES
def test_damaged_digits_are_refused_or_read(tmp_path, examples):
    """An IDX file is read, or refused by name; sizes that it claims are not believed."""
    names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
    for name in names:
        (tmp_path / name).write_bytes(idx((20, 4, 4) if "images" in name else (20,)))
    load_mnist(tmp_path)
    whole = (tmp_path / names[0]).read_bytes()

    @fuzzed(examples)
    @given(damaged(whole))
    def one(data):
        (tmp_path / names[0]).write_bytes(data)
        with suppress(TptheoryError):
            load_mnist(tmp_path)

    one()
    (tmp_path / names[0]).write_bytes(bytes([0, 0, 8, 3]) + b"\x7f" * 12)
    with pytest.raises(TptheoryError, match=names[0]):
        load_mnist(tmp_path)


@EXAMPLES
def test_a_theorem_file_of_any_text_is_one_error(empty, examples):
    """What does not import, or is no theorem file, is said in one line."""

    @fuzzed(examples)
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
    def one(text):
        Path("any.py").write_text(
            '"""No theorem."""\n' + "".join(f"# {line}\n" for line in text.split("\n")) + text[:3]
        )
        assert ended(["prove", "any.py"]) == 2

    one()


@EXAMPLES
def test_results_of_any_bytes_are_refused_and_kept(empty, examples):
    """A sweep adds to no file that is not its own."""

    @fuzzed(examples)
    @given(st.binary(min_size=1, max_size=60).map(lambda data: data + b"\n"))
    def one(data):
        Path("runs.jsonl").write_bytes(data)
        ended(["sweep", "trajectory", "widths=2-2", "steps=1", "--workers", "1", "--out", "runs.jsonl"])
        assert Path("runs.jsonl").read_bytes() == data

    one()


@EXAMPLES
def test_json_of_any_shape_is_no_certificate(empty, examples):
    """Whatever JSON a file holds."""
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=9), inside, max_size=3),
        max_leaves=12,
    )
    fields = ["format", "theorem", "method", "symbols", "adjoints", "hypotheses", "goal", "cofactors", "parts", "split"]
    hostile = st.dictionaries(st.sampled_from(fields), values, max_size=10).map(
        lambda data: {"format": "tptheory-certificate/1", "method": "identity", **data}
    )

    @fuzzed(examples)
    @given(values | hostile)
    def one(data):
        Path("one.json").write_text(json.dumps(data), encoding="utf-8")
        assert ended(["check", "one.json"]) in (1, 2)

    one()


@EXAMPLES
def test_a_rule_file_of_any_text_is_one_error(empty, examples):
    """What does not import, or holds no rule of that name, is said in one line."""

    @fuzzed(examples)
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.sampled_from(["", "::Mine", "::"]))
    def one(text, name):
        Path("rule.py").write_text("".join(f"# {line}\n" for line in text.split("\n")) + text[:3], encoding="utf-8")
        assert ended(["derive", "--rule", f"rule.py{name}"]) == 2

    one()


@EXAMPLES
def test_damaged_records_are_refused_and_kept_or_gone_on_with(tmp_path, examples):
    """A file of records that was changed or cut: refused as it is, or all whole records are kept."""
    good = [
        {"task": "t", "key": f"{n:016x}", "cell": {"n": n}, "result": {"loss": 0.5, "passed": True}} for n in range(3)
    ]
    whole = "".join(json.dumps(record) + "\n" for record in good).encode()
    out = tmp_path / "runs.jsonl"

    @fuzzed(examples)
    @given(damaged(whole))
    def one(data):
        out.write_bytes(data)
        try:
            records = records_at(out)
        except TptheoryError:
            assert out.read_bytes() == data
            return
        records.close()
        kept = out.read_bytes() if out.exists() else b""
        assert data.startswith(kept.rstrip(b"\n"))
        assert data.rfind(b"\n") < len(kept)

    one()


@EXAMPLES
def test_damaged_parquet_is_refused_or_gone_on_with(tmp_path, examples):
    """Whatever the bytes, they stay, and no error of a library comes out."""
    pytest.importorskip("pyarrow")
    out = tmp_path / "runs.parquet"
    records = records_at(out)
    records.append([{"task": "t", "key": "0" * 16, "cell": {"n": 1}, "result": {"loss": 0.5}}])
    records.close()
    part = out / "part-000000.parquet"
    whole = part.read_bytes()

    @fuzzed(examples)
    @given(damaged(whole))
    def one(data):
        part.write_bytes(data)
        with suppress(TptheoryError):
            records_at(out).close()
        assert part.read_bytes() == data

    one()
