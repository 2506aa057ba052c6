"""Verdicts in words and in LaTeX; a proof is a chain of equations, unless it is too long to be read."""

from __future__ import annotations

from tptheory.certificates.shortening import shortened
from tptheory.deciding.verdicts import Proved, Refuted, Verdict
from tptheory.proving.certificate import Certificate
from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.explanation import Chain, chain, proof_latex, proof_text
from tptheory.writing.evidence import counterexample_latex

MOST = 100
"""The most cofactors of a chain. Nobody reads more of them, and ordering them takes unbounded time and memory."""

LONGEST = 6_000
"""The most characters of LaTeX that a proof may have: about two pages."""


def chains_of(certificate: Certificate) -> list[Chain] | None:
    """Return the chain of each part of a certificate, shortened as far as is found; None if one of them is too long."""
    parts = list(certificate.parts())
    short = [shortened(part, 1 / len(parts), keep_hypotheses=True) for part in parts]
    return [chain(part) for part in short] if all(len(part["cofactors"]) <= MOST for part in short) else None


def in_words(verdict: Verdict) -> str:
    """Return the explanation of a verdict; of a proof that is too long to be read, return how long it is."""
    if not isinstance(verdict, Proved):
        return verdict.explain()
    chains = chains_of(verdict.certificate)
    said = proof_text(chains) if chains is not None else f"{verdict.certificate.theorem}\n{too_long(verdict)}"
    return verdict.opening() + said


def too_long(verdict: Proved) -> str:
    """Say that a proof is too long to be written out."""
    count = verdict.certificate.cofactors
    many = f"adds up {count} multiples of hypotheses" if count > MOST else "speaks of long expressions"
    return f"The certificate {many}: the chain of equations is too long to be read here."


def in_latex(verdict: Verdict) -> str:
    r"""Return a proof, a counterexample, or what else is known, in LaTeX text mode; it needs ``\tpclaim``."""
    if isinstance(verdict, Proved):
        opening = "\n\n".join(map(tex_escaped, verdict.certificate.opening().splitlines()))
        chains = chains_of(verdict.certificate)
        if chains == []:  # a count of laws that claims a bound alone
            return opening
        proof = proof_latex(chains) if chains is not None else ""
        shown = proof if 0 < len(proof) <= LONGEST else too_long(verdict)
        return f"{opening}\n\n{shown}" if opening else shown
    if verdict.word == "undecided":
        return "Neither a proof nor a counterexample was found."
    if not isinstance(verdict, Refuted):
        return tex_escaped(verdict.explain())
    return counterexample_latex(verdict.counterexample)
