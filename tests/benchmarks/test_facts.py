"""What the benchmark times is true, is proved, and is the same problem on both sides; nothing is timed here."""

import pytest

from tests.benchmarks.facts import FACTS
from tests.benchmarks.letterplace import MEMBER, ORDERINGS, SINGULAR, Session
from tests.benchmarks.problem import problem_of
from tptheory import prove

QUICK = [name for name in FACTS if not name.startswith("Hartwig")]


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_proved(name):
    """There is a certificate, and the checker accepts it."""
    verdict = prove(FACTS[name])
    assert verdict.proved, verdict.explain()
    assert verdict.certificate.check()


@pytest.mark.skipif(SINGULAR is None, reason="Singular is not installed")
@pytest.mark.parametrize("name", QUICK)
def test_singular_agrees(name):
    """Letterplace reduces the goal to 0 at a bound at which ours does, and not without the hypotheses."""
    problem = problem_of(FACTS[name])
    bound = next(d for d in range(problem.degree, 10) if problem.solve(d) is not None)
    assert problem.member(bound)
    with Session(60) as session:
        assert session.run(session.load(problem, MEMBER, bound, ORDERINGS[0]), MEMBER) is not None
        fewer = problem._replace(hypotheses=problem.hypotheses[:1])
        assert session.run(session.load(fewer, MEMBER, bound, ORDERINGS[0]), MEMBER) is None
        assert fewer.solve(bound) is None
