"""The library holds: every theorem is settled as expected, by stored evidence that checks, and names its source."""

import re
from collections import Counter
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from oracles.theorems import PROOFS, counts_of_laws, everything
from typer.testing import CliRunner

from tptheory import Certificate, crosscheck
from tptheory.certificates import checker, law_counts
from tptheory.claims.ranges import at_small_depths
from tptheory.cli import app
from tptheory.deciding import library
from tptheory.deciding.library import settling, stored_path
from tptheory.deciding.stored_verdicts import FORMAT
from tptheory.invariants.law_count import LawCount
from tptheory.measuring.instances import Instances
from tptheory.refuting.violations import second_look
from tptheory.strategies import instances
from tptheory.writing.report import check_certificates

STORED = PROOFS / "certificates"
LIBRARY = everything()
THEOREMS = [theorem for theorem in LIBRARY if theorem.expected == "proved"]
COUNTS = counts_of_laws()
"""Counts of laws say nothing of instances: they have a certificate of their own format."""
SPOKEN = [theorem for theorem in THEOREMS if theorem not in COUNTS]
CONJECTURES = [theorem for theorem in LIBRARY if theorem.expected == "refuted"]
STORE = "Run tptheory prove --store proofs."

TRIALS, EXAMPLES = 4, 3
MANY_TRIALS, MANY_EXAMPLES = 100, 50

CITED = re.compile(r"\([^()]*[A-Z][^()]*, (1[89]|20)\d\d[a-z]?\b[^()]*\)")
"""A source, such as (Penrose, 1955) or (Du, Hu and Lee, 2018, for weights)."""
UNSOURCED = re.compile(r"\bnew\b|\bsource\b|\bfolklore\b", re.IGNORECASE)
"""Words that say that a theorem is new, that no source is known, or that it is nobody's."""


def every(theorems):
    """Run a test for each theorem."""
    return pytest.mark.parametrize("theorem", theorems, ids=lambda theorem: theorem.node)


@pytest.fixture(scope="module")
def prove_command(tmp_path_factory):
    """Run ``tptheory prove`` once, in an empty folder, on a screen of 80 columns; give what it printed and settled.

    The tests that need it are few and stand together, so that one of several processes runs it, and not each of them;
    it has no workers of its own, which would build the claims anew.
    """
    settled = {}

    def kept(one):
        settled[one.theorem.node] = one
        return one

    @contextmanager
    def observed(*arguments, **options):
        with settling(*arguments, **options) as results:
            yield map(kept, results)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("empty"))
        patch.delenv("FORCE_COLOR", raising=False)
        patch.setattr(library, "settling", observed)
        patch.setattr(library, "cores", lambda: 1)
        result = CliRunner().invoke(app, ["prove"], env={"COLUMNS": "80"})
    return result, settled


def test_the_command_line_settles_the_theorems_that_come_with_tptheory(prove_command):
    """Without a target the packaged theorems are settled; each has its row, and no name is cut at 80 columns."""
    result, settled = prove_command
    assert result.exit_code == 0, result.output
    assert settled.keys() == {theorem.node for theorem in LIBRARY}
    for theorem in LIBRARY:
        assert re.search(rf"^  {theorem.name}(\n)? +{theorem.expected} ", result.stdout, re.MULTILINE)
    assert max(len(line) for line in result.stdout.splitlines()[:-1]) <= 80
    assert re.search(rf"^{len(THEOREMS)} proved.* in [\d.]+ s$", result.stdout, re.MULTILINE)


def test_every_theorem_is_settled_as_expected(prove_command):
    """Stored evidence settles each theorem and conjecture; none of it is refused, and an open one stays open."""
    settled = prove_command[1]
    assert {node: one.verdict.explain() for node, one in settled.items() if one.is_surprise or one.news} == {}
    assert {node: one.distrusted for node, one in settled.items() if one.distrusted} == {}, STORE
    recalled = {node for node, one in settled.items() if one.recalled}
    assert recalled >= {theorem.node for theorem in LIBRARY if theorem.expected != "undecided"}, STORE


@pytest.mark.slow
def test_every_theorem_is_settled_as_expected_from_nothing():
    """A search finds for each theorem and conjecture what is expected of it, and nothing of what is open."""
    with settling(LIBRARY, 60, fresh=True) as results:  # as many seconds as a busy machine may need
        assert {one.theorem.node: one.verdict.word for one in results} == {t.node: t.expected for t in LIBRARY}


def test_the_checker_alone_accepts_every_certificate():
    """A bare Python that cannot import tptheory accepts what is stored of each theorem."""
    names = [stored_path(theorem).name for theorem in THEOREMS]
    assert [name for name in names if not (STORED / name).is_file()] == [], STORE
    refused = {name: reason for name, reason in check_certificates(STORED, names).items() if reason}
    assert refused == {}


def test_a_stored_certificate_restates_its_theorem(prove_command):
    """Goals, hypotheses and symbols are those of the claim as it is written now."""
    found = [(theorem, prove_command[1][theorem.node]) for theorem in THEOREMS]
    formats = {t: law_counts.FORMAT if t in COUNTS else checker.FORMAT for t in THEOREMS}
    assert {t.node for t in THEOREMS if Certificate.load(stored_path(t)).data["format"] != formats[t]} == set()
    assert {t.node for t, one in found if not (one.recalled and one.verdict.proved)} == set(), STORE


def test_a_stored_counterexample_breaks_its_conjecture(prove_command):
    """The matrices meet the hypotheses of the claim as it is written now, and break its conclusion."""
    found = [(theorem, prove_command[1][theorem.node]) for theorem in CONJECTURES]
    assert {t.node for t in CONJECTURES if Certificate.load(stored_path(t)).data["format"] != FORMAT} == set()
    assert {t.node for t, one in found if not one.recalled} == set(), STORE
    assert {t.node for t, one in found if not one.verdict.counterexample.check()} == set()


def test_counts_of_laws_stand_in_a_file_of_their_own():
    """And nothing else stands there."""
    assert [theorem for theorem in LIBRARY if isinstance(theorem.claim, LawCount)] == list(COUNTS)


def test_nothing_stored_is_left_over():
    """Each stored file belongs to a theorem or conjecture; what is open has none."""
    kept = {stored_path(theorem).name for theorem in LIBRARY if theorem.expected != "undecided"}
    assert {path.name for path in STORED.iterdir()} == kept


@every(SPOKEN)
def test_a_theorem_holds_on_random_instances(theorem):
    """Numbers that meet the hypotheses do not contradict what is proved of all."""
    found = crosscheck(theorem, trials=max(TRIALS, len(list(at_small_depths(theorem.claim)))))
    assert found.passed, found


@pytest.mark.slow
@every(SPOKEN)
def test_a_theorem_holds_on_many_random_instances(theorem):
    """The same, on many more."""
    found = crosscheck(theorem, trials=MANY_TRIALS * len(list(at_small_depths(theorem.claim))), seed=1)
    assert found.passed, found


def speaks_of(source, values):
    """Whether an instance has a value for each symbol; what is a size in one part is no scalar in another."""
    symbols = {*source.sizes, *source.matrices, *source.scalars}
    return symbols <= set(values) and not any(isinstance(values[s], int) for s in source.scalars)


def holds(theorem, examples):
    """Let Hypothesis draw exact instances, and evaluate what the theorem says of each."""
    parts = [(part, Instances(part)) for part in at_small_depths(theorem.claim)]

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(instances(theorem, largest=2, exact=True))
    def never_broken(values):
        spoken = [part for part, source in parts if speaks_of(source, values) and source.holds(values)]
        assert spoken
        for part in spoken:
            assert second_look(part, values) is None

    never_broken()


@every(SPOKEN[::3])
def test_hypothesis_finds_nothing_against_a_theorem(theorem):
    """No instance that is drawn by its hypotheses breaks a theorem, exactly; the slow suite tries all of them."""
    holds(theorem, EXAMPLES)


@pytest.mark.slow
@every(SPOKEN)
def test_hypothesis_finds_nothing_against_a_theorem_in_many_examples(theorem):
    """The same, in many more."""
    holds(theorem, MANY_EXAMPLES)


@every(LIBRARY)
def test_a_reason_is_given(theorem):
    """Each docstring says why in a sentence, and a theorem's says who found it, or that nobody is known to have."""
    assert theorem.reason.strip()
    if theorem.expected != "proved":
        return
    text = " ".join(theorem.reason.split())
    assert CITED.search(text) or UNSOURCED.search(text), "Cite (Author, year), or say that no source is known."


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("By definition (Penrose, 1955).", True),
        ("It splits (Du, Hu and Lee, 2018, for weights).", True),
        ("It splits (Saxe et al., 2014a).", True),
        ("It does so (Penrose).", False),
        ("It holds for (1, 2018) too.", False),
    ],
)
def test_what_counts_as_a_source(text, cited):
    """A name and a year in parentheses."""
    assert bool(CITED.search(text)) == cited


def test_titles_are_unique_and_end_without_a_full_stop():
    """A title is a line of a table of contents."""
    counts = Counter(theorem.title for theorem in LIBRARY)
    assert [title for title, count in counts.items() if count > 1] == []
    assert [title for title in counts if title.rstrip() != title or title.endswith(".")] == []


def test_every_file_opens_with_its_question():
    """The docstring of a theorem file is the question that its theorems answer."""
    for path in dict.fromkeys(theorem.path for theorem in LIBRARY):
        assert "?" in path.read_text(encoding="utf-8").split('"""')[1], path.name
