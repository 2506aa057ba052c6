"""The letters that a stored proof defines beside those of its claim: inverses, names of sums, columns that exist.

The remarks of the proof say of what each is the inverse or the name. They are taken as a proposal only: what defines a
letter is assumed as the translator says it, and so a remark that is wrong leads to other equations than the proof uses.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from tptheory.proving.letters import Letter, Size
from tptheory.proving.rank_pool import NAMED
from tptheory.proving.reading_terms import read_polynomial
from tptheory.proving.square_roots import root_of_scalar
from tptheory.proving.term_order import DEFINED
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial


def bring_in_definitions(part: dict[str, Any], translator: Translator) -> None:
    """Define the letters of a stored proof that a claim does not speak of, in the order in which the proof has them.

    What a remark says of letters that are not defined is left out, and so the proof is found to be another claim's.

    Args:
        part: the proof, which the checker may not have seen yet.
        translator: the translator with the hypotheses of the claim.
    """
    meanings = part.get("meanings", {})
    for name in part["letters"]:
        if name not in translator.alphabet.named.families:
            with suppress(LookupError):
                _define(meanings.get(name, {}), translator)


def _define(remark: dict[str, Any], translator: Translator) -> None:
    """Define a letter as its remark proposes, if there is such a matrix."""
    if "pinv" in remark:
        translator.bring_in_inverse(_polynomial(remark["pinv"], translator))
    elif "root" in remark or "inverse" in remark:  # of numbers, of which the claim says that there are such
        for scalars, _ in _polynomial(remark["root" if "root" in remark else "inverse"], translator).terms:
            for s in scalars:
                root_of_scalar(translator, s)
    elif "named" in remark:
        translator.name(_polynomial(remark["named"], translator), NAMED, DEFINED)
    elif "column" in remark:
        A = _polynomial(remark["column"], translator)
        if translator.known_inverse(A.norm()) is not None:  # only a matrix that is not 0 has such columns
            translator.bring_in_columns(A)


def _polynomial(terms: list[Any], translator: Translator) -> Polynomial:
    """Read the terms of a polynomial of matrices at no layer, with letters that the translator knows."""
    alphabet = translator.alphabet
    families = alphabet.named.families
    known = {letter: c for c, (letter, turned) in alphabet.letters.items() if not turned}

    def character(item: Any) -> str:
        if isinstance(item, dict):
            return alphabet.adjoints[character(item["T"])]
        return known[Letter(families[item])]

    def size(item: Any) -> Size:
        return item if isinstance(item, int) else Letter(families[item])

    return read_polynomial(terms, alphabet, character, size)
