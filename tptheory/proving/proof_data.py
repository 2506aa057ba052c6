"""From a proof over a translator to the fields of a certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tptheory.certificates import checker
from tptheory.proving.letters import Family, Named
from tptheory.proving.searching import Branch, Proof, hypotheses_used
from tptheory.proving.translating import Assumption
from tptheory.proving.translation import Translator
from tptheory.proving.words import Alphabet, Polynomial, word_data


def certified(translator: Translator, proof: Proof, title: str) -> dict[str, Any]:
    """Return a proof as a certificate."""
    body = written(translator, proof, hypotheses_used(translator, proof))
    data = {"format": checker.FORMAT, "title": title, "method": body.pop("method")}
    return {**data, **letter_declarations(translator.alphabet, body), **body}


def written(translator: Translator, proof: Proof, numbers: Sequence[int]) -> dict[str, Any]:
    """Return a statement and its proof as data; the hypotheses are those with these numbers, in this order."""
    known = translator.hypotheses
    return {
        "hypotheses": [{"zero": known[k].polynomial.data()} for k in numbers],
        "reasons": [list(known[k].reason) for k in numbers],
        "goal": goal_of(proof),
        "left": len(proof.goal[0].terms),
        **proof_data(translator, proof, numbers),
    }


def proof_data(translator: Translator, proof: Proof, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a proof that uses the hypotheses with these numbers."""
    if proof.lemmas:
        return _lemmas_data(proof, numbers)
    cofactors = _cofactors(translator, proof, numbers)
    data: dict[str, Any] = {"method": proof.method, "cofactors": cofactors, **proof.fields}
    return data | (_split_data(proof, numbers) if proof.branches else {})


def _cofactors(translator: Translator, proof: Proof, numbers: Sequence[int]) -> list[list[Any]]:
    """Return the entries of a combination of the hypotheses with these numbers."""
    known, alphabet = translator.hypotheses, translator.alphabet
    position = {k: i for i, k in enumerate(numbers)}
    position |= {k: len(numbers) + position[h.transposes] for k, h in enumerate(known) if h.transposes in position}
    cofactors = []
    for coefficient, place, k in proof.origin:
        left = word_data(alphabet, () if place.outer is not None else place.scalars, place.left)
        right = word_data(alphabet, (), place.right)
        outer = [] if place.outer is None else [word_data(alphabet, place.scalars, place.outer)]
        cofactors.append([str(coefficient), left, position[k], right, *outer])
    return cofactors


def _split_data(proof: Proof, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the cases that a proof distinguishes, and the proof of each."""
    split = [[h.polynomial.data() for h in _added(branch)] for branch in proof.branches]
    parts = []
    for branch in proof.branches:
        reasons = [list(h.reason) for h in _added(branch)]
        shown = proof_data(branch.translator, branch.proof, [*numbers, *branch.added])
        parts.append({"reasons": reasons, **shown})
    return {"split": split, "parts": parts}


def _added(branch: Branch) -> list[Assumption]:
    """Return the hypotheses that a case adds."""
    return [branch.translator.hypotheses[k] for k in branch.added]


def _lemmas_data(proof: Proof, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a proof by lemmas."""
    (rest,) = proof.branches
    numbers = [*numbers]
    lemmas = []
    for number, shown in proof.lemmas:
        terms = rest.translator.hypotheses[number].polynomial.data()
        lemmas.append({"zero": terms, "proof": proof_data(rest.translator, shown, numbers)})
        numbers.append(number)
    return {"method": proof.method, "lemmas": lemmas, "proof": proof_data(rest.translator, rest.proof, numbers)}


def goal_of(proof: Proof) -> dict[str, Any]:
    """Return what a proof shows, as a certificate states it."""
    leaf = proof
    while leaf.branches:
        leaf = leaf.branches[0].proof
    terms = goal_data(leaf.goal)
    if leaf.method == "rank":
        return {"rank": terms, "at most": leaf.bound}
    return {"nonpositive" if leaf.method == "descent" else "zero": terms}


def goal_data(goal: Sequence[Polynomial]) -> list[list[Any]]:
    """Return the terms of a sum, such as left side minus right side; terms that cancel are left to the checker."""
    return [term for p in goal if p for term in p.data()] or goal[0].data()


def letter_declarations(alphabet: Alphabet, body: Any) -> dict[str, Any]:
    """Return the declarations and meanings of the letters and sizes that a statement or its proof names."""
    named = alphabet.named
    shapes: dict[Family, list[Any]] = {}
    for character, (letter, turned) in alphabet.letters.items():
        if not turned:
            shape = [named.item(n) for n in alphabet.shapes[character] or ()]
            symmetric = bool(shape) and alphabet.adjoints[character] == character
            shapes.setdefault(letter.family, [*shape, "symmetric"] if symmetric else shape)
    return declarations(named, shapes, body)


def declarations(named: Named, shapes: Mapping[Family, list[Any]], body: Any) -> dict[str, Any]:
    """Return the sizes, letters and meanings of the families named in a text or in the shapes of these families."""
    families = _families_in(body, named, shapes)
    data: dict[str, Any] = {
        "sizes": [name for name, family in families.items() if family in named.sizes],
        "letters": {name: shapes.get(family, []) for name, family in families.items() if family not in named.sizes},
    }
    meanings = {name: said for name, family in families.items() if (said := _meaning(name, family))}
    return data | ({"meanings": meanings} if meanings else {})


def _families_in(body: Any, named: Named, shapes: Mapping[Family, list[Any]]) -> dict[str, Family]:
    """Return the families named in a text or in the shapes of these families, in the order of the naming."""
    spoken = strings(body) & named.families.keys()
    in_shapes = {n for name in spoken for n in strings(shapes.get(named.families[name], []))}
    return {name: family for name, family in named.families.items() if name in spoken | in_shapes}


def _meaning(name: str, family: Family) -> Mapping[str, Any]:
    """Return the remark on a family: what it stands for, or its own name where the certificate gives it another."""
    return family.remark or ({} if family.name == name else {"name": family.name})


def strings(data: Any) -> set[str]:
    """Return every string in a piece of a certificate, the strings of remarks included."""
    found: set[str] = set()
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.add(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
    return found
