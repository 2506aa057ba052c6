"""A search tries everything with one effort after the other, and the deadline only ends what takes too long."""

from itertools import pairwise
from time import perf_counter, process_time

import pytest

from tptheory import decide, prove
from tptheory.preamble import *
from tptheory.proving import proof_search
from tptheory.proving.equations import either, in_cases
from tptheory.proving.searching import StuckError
from tptheory.proving.tactics import EFFORTS, Prover
from tptheory.proving.translation import Translator

X, Y = MatrixSymbol("X", 3, 3), MatrixSymbol("Y", 3, 3)
TRUE = Equal(matmul(A, Pinv(A), A, Pinv(A)), matmul(A, Pinv(A)))


def stuck(log):
    """Return an attempt that notes its deadline and is stuck."""

    def attempt(translator, deadline):
        log.append(deadline)
        raise StuckError("never")

    return attempt


def test_the_steps_of_a_strategy_share_no_time():
    """Each of several attempts, and an attempt without cases, may take all the time: work is limited, not seconds."""
    deadlines = []
    translator = Translator()
    translator.assume(translator(trace(X) * trace(Y)), ("given",))
    end = perf_counter() + 60
    with pytest.raises(StuckError):
        in_cases(either(stuck(deadlines), stuck(deadlines)), translator, end)
    assert len(deadlines) > 2
    assert set(deadlines) == {end}


def test_the_effort_grows_from_round_to_round():
    """Every effort is a number of steps, four times the one before."""
    assert all(isinstance(effort, int) for effort in EFFORTS)
    assert {b / a for a, b in pairwise(EFFORTS)} == {4}


def test_a_proof_does_not_depend_on_the_time():
    """The certificate is the same whether a second or an hour is allowed."""
    claim = Equal(Pinv(Pinv(A)), A)
    found = [prove(claim, seconds=seconds).certificate.to_json() for seconds in (1, 60, 3600)]
    assert len(set(found)) == 1


def test_a_search_goes_on_where_it_was_left(monkeypatch):
    """What came to its end, or was tried with an effort already, is not tried again with it."""
    tried = []
    translated = proof_search.translated

    def noted(claim, setting):
        tried.append(setting)
        return translated(claim, setting)

    monkeypatch.setattr(proof_search, "translated", noted)
    prover = Prover(Equal(matmul(X, Y), matmul(Y, X), given=[Equal(matmul(X, X, Y), matmul(Y, Y, X))]))
    for efforts in (EFFORTS[:1], EFFORTS[:1], EFFORTS[:2]):
        with pytest.raises(StuckError):
            prover.run(60, efforts)
    first = len(proof_search.settings_for(prover.claim))
    assert len(set(tried[:first])) == first
    assert len(tried) < 2 * first
    assert len(set(tried[first:])) == len(tried) - first


def test_what_the_clock_ended_is_tried_again(monkeypatch):
    """A search that was late found nothing and proved nothing hopeless: with more time it finds the proof."""

    def late(*_):
        raise StuckError("the time was up")

    prover = Prover(TRUE)
    with monkeypatch.context() as patched:
        patched.setattr(proof_search, "_shown", late)
        for _ in proof_search.settings_for(TRUE):
            with pytest.raises(StuckError) as stuck:
                prover.run(0)
            assert not stuck.value.final
    assert prover.run(60).check()


def forged(wrong, monkeypatch):
    """Let the first proofs that are written, this many, have a cofactor too many."""
    written = []
    certified = proof_search.certified

    def forging(*arguments):
        data = certified(*arguments)
        written.append(data)
        return {**data, "cofactors": [*data["cofactors"], ["1", [], 7, []]]} if len(written) <= wrong else data

    monkeypatch.setattr(proof_search, "certified", forging)
    return written


def test_a_refused_certificate_does_not_end_the_search(monkeypatch):
    """The next setting is tried, whose certificate is accepted."""
    written = forged(1, monkeypatch)
    assert prove(TRUE).proved
    assert len(written) == 2


def test_where_every_certificate_is_refused_that_is_said(monkeypatch):
    """No setting is tried twice; the first certificate is kept as evidence, and a report is asked for."""
    written = forged(10**6, monkeypatch)
    started = process_time()
    verdict = prove(TRUE)
    assert verdict.reason.startswith("the checker refuses what the prover found: ")
    assert verdict.evidence["certificate"]["cofactors"][-1] == ["1", [], 7, []]
    assert "report" in verdict.evidence
    assert 1 < len(written) <= len(proof_search.settings_for(TRUE))
    assert process_time() - started < 5


def test_little_is_shown_of_what_is_left_of_a_large_goal():
    """Evidence of 8192 terms would take longer to write than they took to find."""
    verdict = prove(Equal((X + Y) ** 13, X**13), seconds=10)
    assert len(verdict.evidence["remainder"]) < 4000
    assert "more terms" in verdict.evidence["remainder"]


def test_what_is_too_long_multiplied_out_is_refused_at_once():
    """A power of a sum of two matrices has 2^18 terms; the refuter needs none of them."""
    claim = Equal((X + Y) ** 18, (X + Y) ** 17 * (X + Y))
    started = process_time()
    reason = prove(claim, seconds=10).reason
    assert "products of at most 20000 terms when they are multiplied out (got 16384 times 2 terms)" in reason
    assert "Name a factor by a symbol" in reason
    assert decide(Equal((X + Y) ** 18, X**18), seconds=5).refuted
    assert process_time() - started < 15
