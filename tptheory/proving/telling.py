"""The hypotheses that tell a search for sums of squares which words may be in squares, and which roots."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

from tptheory.proving.forms import INVERSE_FORM
from tptheory.proving.knowledge import ROOT
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial


def telling_hypotheses(translator: Translator) -> Iterator[tuple[list[Polynomial], set[str]]]:
    """Run through the hypotheses whose words may be in squares, each time with the roots that no square has.

    They are the claim's own; then also those about inverses of sums; at last those about the roots of inverses, too.
    """
    plain = [h for h in translator.hypotheses if h.transposes is None]
    of_roots = [h.polynomial for h in plain if h.reason == INVERSE_FORM]
    roots = _roots_in(of_roots)
    own = [h.polynomial for h in plain if h.reason[0] not in QUIET and h.reason != INVERSE_FORM]
    own += [*_blocks_of_forms(translator, own)]
    sums = [*filter(_is_of_sum, (h.polynomial for h in plain if h.reason[0] == "inverse"))]
    yield own, roots
    if sums:
        yield [*own, *sums], roots
    if roots:
        yield [*own, *of_roots], set()


QUIET = ("penrose", "inverse", "motion", "nonnegative")
"""The kinds of reasons of hypotheses that have no words of the claim's own."""


def _roots_in(equations: list[Polynomial]) -> set[str]:
    """Return the letters ``R`` and their transposes in equations ``R R' = K``."""
    words = [(p.alphabet.letters, word) for p in equations for _, word in p.terms]
    return {a for letters, word in words for a in word if letters[a][0].family.kind == ROOT}


def _is_of_sum(p: Polynomial) -> bool:
    """Whether the inverse that an equation defines is that of a sum or a product, and not of a letter."""
    return len(p.terms) > 2 or max(len(word) for _, word in p.terms) > 2


def _blocks_of_forms(translator: Translator, equations: list[Polynomial]) -> Iterator[Polynomial]:
    """Run through what equations with products say of blocks: ``E_1' R R' E_1 = S`` where ``R R'`` has the block S.

    Blocks below the diagonal are left out: of forms, they are the transposes of those above it.
    """
    for p in equations:
        for columns in translator.all_coordinates():
            if p.rows == p.columns == columns[0].rows and any(len(word) > 2 for _, word in p.terms):
                yield from (E.transpose() * p * F for E, F in combinations_with_replacement(columns, 2))
