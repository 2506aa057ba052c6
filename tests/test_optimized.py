"""`python -O` deletes asserts, and changes nothing else: proofs, refutations and checks come out byte for byte."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = """
import random
import sys

from oracles.mutation import mutants
from oracles.tampering import tampered
from oracles.theorems import conjuncts, false, proved

from tptheory import prove, refute
from tptheory.certificates import checker

print("optimised:", sys.flags.optimize, file=sys.stderr)
rng = random.Random(0)
for name, claim in [*proved().items()][::2]:
    verdict = prove(claim, seconds=60)
    print(name, verdict.word)
    data = verdict.certificate.data
    for edited in [data, *(tampered(data, rng)[0] for _ in range(4))]:
        try:
            print("  accepted", checker.check(edited))
        except checker.Refused as refused:
            print("  refused", refused)
    print(verdict.certificate.to_json())
chosen = ["A+ = A'", "norms are conserved", "rank too low", "columns commute", "projection is symmetric", "A A+ = I"]
for name in chosen:
    claim = false()[f"tactics: {name}"]
    print(name, prove(claim, seconds=2).word, refute(claim, seconds=60))
few = {name: claim for name, claim in conjuncts(proved()).items() if name.startswith(("pseudo", "tp_equals"))}
for mutant in mutants(few, 20, seed=0):
    print(mutant.operator, mutant.claim.statement())
"""


def test_optimised_python_says_the_same(python):
    """Every verdict, certificate, refusal and counterexample is the same without asserts, however sets are ordered."""
    path = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    plain = python("-c", PROGRAM, cwd=ROOT, env=path | {"PYTHONHASHSEED": "1"})
    optimised = python("-O", "-c", PROGRAM, cwd=ROOT, env=path | {"PYTHONHASHSEED": "2"})
    assert (plain.returncode, plain.stderr) == (0, "optimised: 0\n")
    assert (optimised.returncode, optimised.stderr) == (0, "optimised: 1\n")
    assert plain.stdout == optimised.stdout
    assert plain.stdout.count("accepted None") > 20
    assert plain.stdout.count("refused") > 50
    assert plain.stdout.count("Refuted(") == 6
