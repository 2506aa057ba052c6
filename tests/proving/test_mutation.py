"""Claims that are one slip away from a theorem: none is proved though false, none is refuted though true."""

import json
import sys
from pathlib import Path
from time import process_time

import pytest
from oracles.judging import HEADER, Tally, tried_on_instances
from oracles.mutation import OPERATORS, mutants
from oracles.theorems import conjuncts, false, proved

from tptheory import prove
from tptheory.preamble import *
from tptheory.sweeping.grid import Grid
from tptheory.sweeping.running import sweep

THEOREMS = conjuncts(proved())
QUICK, ALL = 60, 1200
"""How many mutants are judged at every run of the tests, and in the slow ones."""


def report(tallies):
    """Write the counts of some tallies, and the claims that came to no end, where pytest shows them (-rP)."""
    lines = [HEADER, *(tally.row(name) for name, tally in tallies.items())]
    lines += [f"{name}: {note}" for name, tally in tallies.items() for note in tally.notes]
    sys.stdout.write("\n".join(lines) + "\n")


def judge(some, seconds, draws):
    """Return a tally for each operator."""
    tallies = {}
    for mutant in some:
        tallies.setdefault(mutant.operator, Tally()).add(mutant.claim, seconds, draws)
    return tallies


@pytest.fixture(scope="session")
def many():
    """Return the mutants of the slow tests."""
    return mutants(THEOREMS, ALL, seed=0)


def test_a_sample_of_mutants():
    """A few mutants from every operator: none is wrongly proved, none wrongly refuted, and both ends occur."""
    tallies = judge(mutants(THEOREMS, QUICK, seed=1), seconds=0.3, draws=6)
    report(tallies)
    assert [note for tally in tallies.values() for note in tally.wrong] == []
    assert len(tallies) > 10
    assert sum(tally.counts["refuted"] for tally in tallies.values()) > QUICK / 4
    assert sum(tally.counts["proved"] for tally in tallies.values()) > QUICK / 10


@pytest.mark.slow
def test_there_are_enough_mutants(many):
    """A thousand mutants and more, all distinct, of every operator, and none of them a theorem as it stands."""
    assert len({mutant.claim for mutant in many}) >= 1000
    assert {mutant.operator for mutant in many} == OPERATORS.keys()
    assert not {mutant.claim for mutant in many} & set(THEOREMS.values())


@pytest.mark.slow
def test_every_mutant_gets_what_it_deserves(many, tmp_path):
    """What is proved holds at exact instances, degenerate ones too; what is refuted is broken by its counterexample."""
    task, out = f"{Path(__file__).with_name('mutants.py')}::judge", tmp_path / "mutants.jsonl"
    assert sweep(task, Grid({"number": range(len(many)), "count": [ALL]}), out).failed == 0
    tallies = {operator: Tally() for operator in OPERATORS}
    for line in out.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)["result"]
        tallies[found["operator"]].note(found["word"], found["claim"])
    report(tallies)
    assert [note for tally in tallies.values() for note in tally.wrong] == []


def test_the_mutants_are_the_same_each_time():
    """A seed gives the same mutants, and another seed gives others."""
    few = dict(list(THEOREMS.items())[-12:])
    assert mutants(few, 30, seed=3) == mutants(few, 30, seed=3)
    assert mutants(few, 30, seed=3) != mutants(few, 30, seed=4)


def test_rewriting_that_turns_in_a_circle_ends():
    """A mutant of `output_moves_survive` whose traces are rewritten for ever is given up when the time is up."""
    W2, W3 = (net := DeepLinearNetwork(depth=3)).weights[1:]
    passed = matmul(W3, W2, Pinv(W2), Pinv(W3), net.error)
    started = process_time()
    assert prove(Equal(passed, net.error, given=[rank_one(W2, W3)]), seconds=0.5).word == "undecided"
    assert process_time() - started < 3


def test_many_small_calls_keep_to_the_time():
    """Where squares are looked for when the time is up, each of many reductions stops at once; the claim is true."""
    n = symbols("n", integer=True, positive=True)
    S = MatrixSymbol("S", n, n)
    started = process_time()
    verdict = prove(Equal(Pinv(S), Inverse(S), given=[rank_one(S)]), seconds=0.5)
    assert verdict.word in ("undecided", "proved")
    assert process_time() - started < 1


@pytest.mark.parametrize("name", THEOREMS)
def test_theorems_hold_by_the_second_evaluation(name):
    """The oracle agrees with every theorem, so that what it calls false is false."""
    broken, spoke = tried_on_instances(THEOREMS[name], draws=8, seed=0)
    assert broken is None
    assert spoke > 0


FALSE = conjuncts(false())


@pytest.mark.parametrize(
    "name", [name for name in FALSE if "one wrong of several (1)" not in name and "one of several (1)" not in name]
)
def test_what_is_false_is_broken_by_the_second_evaluation(name):
    """The oracle sees what is wrong with every false claim, so that what it lets pass is true."""
    broken, _ = tried_on_instances(FALSE[name], draws=2000, seed=0)
    assert broken is not None
