"""Two readers that share no code accept and refuse the same files; and what both accept is true of exact matrices."""

import json
import random

import pytest
from oracles import edits, instances, second_reader
from oracles.small_certificates import PLAIN, SMALL

from tptheory.certificates import checker


def verdicts(data: bytes) -> tuple[bool, bool]:
    """Return whether the checker accepts a text, and whether the second reader does."""
    try:
        checker.check(checker.parse(data))
        first = True
    except checker.Refused:
        first = False
    try:
        second_reader.read(data)
        second = True
    except second_reader.Refused:
        second = False
    return first, second


@pytest.mark.parametrize("name", SMALL)
def test_both_accept_the_small_certificates(name):
    """They are right."""
    assert verdicts(edits.written(SMALL[name])) == (True, True)


@pytest.mark.parametrize("name", PLAIN)
def test_the_small_certificates_are_not_vacuous(name):
    """Some instance meets the hypotheses, every one that does meets the goal, and some meets the hypotheses alone."""
    rng = random.Random(1)
    met = [v for v in instances.instances(PLAIN[name], rng, 400) if instances.assumed(PLAIN[name], v)]
    assert len(met) > 3
    assert all(instances.shown(PLAIN[name], v) for v in met)


def fuzz(count: int, seed: int) -> tuple[int, int]:
    """Edit certificates, compare the readers, and try what they accept; return what was accepted, and tried."""
    rng = random.Random(seed)
    names = list(SMALL)
    accepted = tried = 0
    for number in range(count):
        name = names[number % len(names)]
        certificate = edits.edited(SMALL[name], rng)
        data = edits.written(certificate)
        first, second = verdicts(data)
        assert first == second, data
        accepted += first
        if first and name in PLAIN and certificate != SMALL[name]:
            for values in instances.instances(certificate, rng, 10):
                if instances.assumed(certificate, values):
                    tried += 1
                    assert instances.shown(certificate, values), (data, values)
    return accepted, tried


def test_both_readers_agree_on_edits():
    """Thousands of edits: none is accepted by one alone, and none that is accepted is false."""
    accepted, tried = fuzz(3000, seed=2)
    assert accepted > 200
    assert tried > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 6))
def test_both_readers_agree_on_many_edits(seed):
    """The same, for longer."""
    fuzz(5000, seed)


def test_both_readers_agree_on_ranges():
    """Whether an index lies in a range for every L and l: by the extremes of linear functions, and by trying."""
    rng = random.Random(7)

    def end(bases: str) -> checker.Index:
        return rng.choice(["", *bases]), rng.choice([*range(-4, 5), 12, -12, 10**6])

    found = set()
    for _ in range(30_000):
        low, high, first, last = (None if rng.random() < 0.2 else end("L") for _ in range(4))
        index, step = end("lL"), rng.random() < 0.5
        law, theorem = second_reader.Law({}, low, high), second_reader.Law({}, first, last)
        verdict = checker.lies_within(index, low, high, first, last, step)
        assert verdict == second_reader.always(law, index, theorem, step), (index, low, high, first, last, step)
        found.add(verdict)
    assert found == {True, False}


RIGHT = edits.written(PLAIN["descent"])

TEXTS = {
    "empty": b"",
    "a byte order mark": b"\xef\xbb\xbf" + RIGHT,
    "UTF-16": RIGHT.decode().encode("utf-16"),
    "invalid UTF-8": RIGHT.replace(b'"E"', b'"E\xff"'),
    "a surrogate in UTF-8": RIGHT.replace(b'"E"', b'"E\xed\xa0\x80"'),
    "half of a pair": RIGHT.replace(b'"E"', b'"E\\ud800"'),
    "a second text": RIGHT + b"{}",
    "a field twice": RIGHT.replace(b'"squares"', b'"cofactors": [], "squares"'),
    "a remark twice": RIGHT[:-1] + b', "left": {"a": 1, "a": 1}}',
    "a point in a remark": RIGHT[:-1] + b', "left": 1.0}',
    "an exponent in a remark": RIGHT[:-1] + b', "left": 1e400}',
    "NaN in a remark": RIGHT[:-1] + b', "left": NaN}',
    "an infinite remark": RIGHT[:-1] + b', "left": -Infinity}',
    "an integer of 1,001 digits": RIGHT[:-1] + b', "left": ' + 1001 * b"1" + b"}",
    "an integer of 5,000 digits": RIGHT.replace(b"0, [], []]", 5000 * b"1" + b", [], []]"),
    "a hypothesis 0.0": RIGHT.replace(b"0, [], []]", b"0.0, [], []]"),
    "a coefficient of 1,001 digits": RIGHT.replace(b'"-1"', b'"-' + 1001 * b"1" + b'"'),
    "a trace beside a remark": RIGHT.replace(b'{"T": "E"}', b'{"T": "E", "title": ""}'),
    "a remark in a goal": RIGHT.replace(b'{"nonpositive"', b'{"title": "", "nonpositive"'),
    "a remark in a hypothesis": RIGHT.replace(b'{"zero"', b'{"title": "", "zero"'),
}
ACCEPTED_TEXTS = {
    "white space": b"\r\n\t " + RIGHT + b"\n",
    "letters of any script": RIGHT.replace(b'"E"', '"Ω𝔼"'.encode()),
    "a pair in escapes": RIGHT.replace(b'"E"', b'"\\ud835\\udd3c"'),
    "an integer of 1,000 digits": RIGHT[:-1] + b', "left": -' + 1000 * b"1" + b"}",
    "a hypothesis -0": RIGHT.replace(b"0, [], []]", b"-0, [], []]"),
    "names that others use": RIGHT.replace(b'"E"', b'"tr"').replace(b'"W"', b'"<"').replace(b'"n"', b'"zero"'),
    "a name like a probe": RIGHT.replace(b'"E"', b'"probe"').replace(b'"W"', b'"k"').replace(b'"X"', b'" "'),
}


@pytest.mark.parametrize("name", TEXTS)
def test_both_refuse_what_is_no_such_text(name):
    """It is refused with a reason, and by nothing else than a refusal."""
    assert TEXTS[name] != RIGHT
    assert verdicts(TEXTS[name]) == (False, False)


@pytest.mark.parametrize("name", ACCEPTED_TEXTS)
def test_both_accept_what_is_such_a_text(name):
    """A name may be anything, and white space stands where JSON has it."""
    assert ACCEPTED_TEXTS[name] != RIGHT
    assert verdicts(ACCEPTED_TEXTS[name]) == (True, True)


def test_letters_that_are_written_alike_after_substitution_are_the_same():
    """W at k + 1 is W at 3, where k is 2: offsets are added, whatever their size."""
    for offset, other in ((1, 3), (10**6, 10**6 + 2)):
        certificate = {
            "format": checker.FORMAT,
            "method": "induction",
            "sizes": ["n"],
            "indexed": ["n", "W"],
            "letters": {"W": [["n", "k", -offset], ["n", "k", 7]]},
            "hypotheses": [{"zero": [["1", [["W", "k", offset]]]], "from": ["", 2], "to": ["", 2]}],
            "theorems": [
                {"goal": {"zero": [["1", [["W", "", 3]]]]}, "from": ["", 9], "to": ["L", 0]}
                | {"cases": [{"at": ["l", 0], "after": None, "uses": [[0, ["", 2]]], "method": "identity"}]}
            ],
        }
        certificate["theorems"][0]["cases"][0]["cofactors"] = [["1", [], 0, []]]
        assert verdicts(json.dumps(certificate).encode()) == ((other == 3),) * 2
        law = certificate["hypotheses"][0]
        law["zero"][0][1][0][2] = offset = 10**6
        law["from"] = law["to"] = ["", 2 - offset + 1]
        certificate["theorems"][0]["cases"][0]["uses"] = [[0, ["", 2 - offset + 1]]]
        assert verdicts(json.dumps(certificate).encode()) == (True, True)


@pytest.mark.parametrize("name", ["sizes", "indexed"])
def test_a_name_is_declared_once(name):
    """Neither a size nor what carries an index stands twice in its list."""
    certificate = json.loads(edits.written(SMALL["upward"]))
    certificate[name].append(certificate[name][0])
    assert verdicts(json.dumps(certificate).encode()) == (False, False)
