"""Verdicts in words and in LaTeX; a proof is a chain of equations, unless it is too long to be read."""

from __future__ import annotations

from tptheory.certificates.shortening import shortened
from tptheory.deciding.verdicts import Proved, Refuted, Verdict
from tptheory.proving.certificate import Certificate
from tptheory.typesetting.claims import definitions_text
from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.explanation import Chain, chain, proof_latex, proof_text
from tptheory.typesetting.outline import MOST_PARTS_IN_TEXT, outlined
from tptheory.writing.evidence import counterexample_latex

MOST = 100
"""The most cofactors of a chain. Nobody reads more of them, and ordering them takes unbounded time and memory."""

LONGEST = 6_000
"""The most characters of LaTeX that a proof may have: about two pages."""


def chains_of(certificate: Certificate, whole: bool = False) -> list[Chain] | None:
    """Return the chain of each part of a certificate, shortened as far as is found; None if one of them is too long.

    Args:
        certificate: the certificate, which the checker must have accepted.
        whole: whether no chain is too long.
    """
    parts = list(certificate.parts())
    short = [shortened(part, 1 / len(parts), keep_hypotheses=True) for part in parts]
    readable = whole or all(len(part["cofactors"]) <= MOST for part in short)
    return [chain(part) for part in short] if readable else None


def in_words(verdict: Verdict) -> str:
    """Return the explanation of a verdict, and what the sequences of a proved claim stand for."""
    if not isinstance(verdict, Proved):
        return verdict.explain()
    where = definitions_text(verdict.claim)
    return "\n".join(filter(None, [_proof_in_words(verdict), where]))


def _proof_in_words(verdict: Proved) -> str:
    """Return a proof in words, or in outline if it is too long to be read."""
    chains = chains_of(verdict.certificate)
    if chains is not None:
        return verdict.opening() + proof_text(chains)
    outline = proof_text(outlined(list(verdict.certificate.parts())))
    return verdict.opening() + f"{verdict.certificate.theorem}\n{too_long(verdict)}\n{outline}"


def too_long(verdict: Proved) -> str:
    """Say that a proof is too long to be written out, before its outline."""
    count = verdict.certificate.cofactors
    many = f"adds up {count} multiples of hypotheses" if count > MOST else "speaks of long expressions"
    parts = len(list(verdict.certificate.parts()))
    outline = f"In outline, {MOST_PARTS_IN_TEXT} of its {parts} parts:" if parts > MOST_PARTS_IN_TEXT else "In outline:"
    return f"The certificate {many}: the chain of equations is too long to be read here. {outline}"


def in_latex(verdict: Verdict, whole: bool = False) -> str:
    r"""Return a proof, a counterexample, or what else is known, in LaTeX text mode; it needs ``\tpclaim``.

    Of a proof that is too long to be read, the outline is returned: the ends of each part, and what is concluded from
    them, such as that they are minus a sum of squares.

    Args:
        verdict: the verdict.
        whole: whether every chain of equations is written out, however long it is.
    """
    if isinstance(verdict, Proved):
        opening = "\n\n".join(map(tex_escaped, verdict.certificate.opening().splitlines()))
        chains = chains_of(verdict.certificate, whole)
        if chains == []:  # a count of laws that claims a bound alone
            return opening
        proof = proof_latex(chains) if chains is not None else ""
        readable = chains is not None and (whole or len(proof) <= LONGEST)
        shown = proof if readable else _outline_latex(verdict)
        return f"{opening}\n\n{shown}" if opening else shown
    if verdict.word == "undecided":
        return "Neither a proof nor a counterexample was found."
    if not isinstance(verdict, Refuted):
        return tex_escaped(verdict.explain())
    return counterexample_latex(verdict.counterexample)


def _outline_latex(verdict: Proved) -> str:
    """Return a proof that is too long to be read in outline."""
    parts = list(verdict.certificate.parts())
    return f"{too_long(verdict)}\n\n{proof_latex(outlined(parts))}"
