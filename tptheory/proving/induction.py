"""Networks of any depth: what holds at one layer for all layers alike, and induction over the layers.

A proof at the layer ``l``, of a base or of a step is a proof as any other: its hypotheses are laws, each at an index
near ``l``. Where the claim itself gives no induction, a factor of its difference may: of ``(M_l - N_l) e x' = 0`` it
is ``M_l = N_l``, which then stands in the certificate as a lemma.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple

from sympy import MatrixExpr, MatrixSymbol, S, Symbol

from tptheory.claims.claim import Claim, minus
from tptheory.claims.compound import AnyOf, ForAll
from tptheory.claims.motions import Nonincreasing
from tptheory.claims.ranges import depth_symbols
from tptheory.claims.vocabulary import RankAtMost
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving import checker
from tptheory.proving.certificate import used, written
from tptheory.proving.equations import descent, equation, in_cases
from tptheory.proving.indexed import IndexedTranslator, generic, indices, names_in, polynomial, shifted, written_index
from tptheory.proving.ranks import factorisations, rank_at_most
from tptheory.proving.searching import Attempt, StuckError, common_scalars, divided
from tptheory.proving.translation import Translator
from tptheory.proving.words import DEFINED, INVERSE, PLAIN, Polynomial
from tptheory.symbolic.layers import ANY, DEPTH, LayerSymbol, index_text, layer_symbols, moved, size_text

MARGINS = (0, 1)
"""By how many layers to look beyond those that a goal speaks of."""
SHOWN_BY = {"equation": {"identity", "cancellation"}, "rank": {"rank"}, "descent": {"descent"}}
"""The methods of certificates that show each kind of goal."""


class Law(NamedTuple):
    """What vanishes for every index ``k`` from first to last, why, and the symbol that it defines, if it does."""

    terms: list[Any]
    first: str
    last: str
    label: str
    defines: str = ""


class Goal(NamedTuple):
    """What to show for every ``k`` from first to last: an equation, a bound on a rank, or that no number is above 0."""

    kind: str
    terms: list[Any]
    first: str
    last: str
    right: list[Any]


@dataclass
class Theory:
    """Everything at the index ``k``: the letters, the laws, and what is proved so far, each with its cases."""

    schema: IndexedTranslator
    laws: list[Law] = field(default_factory=list)
    proved: list[tuple[Law, list[Any]]] = field(default_factory=list)

    def known(self) -> dict[str, tuple[tuple[str, str] | None, bool]]:
        """Return the shape of every letter, and whether it is its own transpose, by what it is called at ``k``."""
        known: dict[str, tuple[tuple[str, str] | None, bool]] = {}
        alphabet = self.schema.alphabet
        for letter, name in alphabet.names.items():
            plain, base, offset = generic(name)
            shape = alphabet.shapes[letter]
            sizes = None if shape is None else tuple(shifted(list(shape), base, -offset) if base else shape)
            known.setdefault(plain, (sizes, alphabet.adjoints.get(letter) == letter))
        return known

    def add(self, p: Polynomial, first: Any, last: Any, label: str, defines: str = "") -> None:
        """Add a law."""
        law = Law(p.data(), index_text(first), index_text(last), label, defines)
        if p and law not in self.laws:
            self.laws.append(law)


def prove_layers(claims: Sequence[Claim], title: str, deadline: float) -> dict[str, Any]:
    """Prove claims that share their hypotheses, one after the other; what is proved may be used for the next.

    Raises:
        StuckError: if one of them is not proved.
        UnsupportedExpressionError: if they are outside the language of the prover.
    """
    theory, goals = _theory(claims)
    for number, goal in enumerate(goals):
        _establish(theory, goal, perf_counter() + (deadline - perf_counter()) / (len(goals) - number))
    return _certificate(theory, title)


def _theory(claims: Sequence[Claim]) -> tuple[Theory, list[Goal]]:
    """Translate the claims, and gather the laws that they rest on."""
    theory = Theory(IndexedTranslator())
    schema, known = theory.schema, {}  # type: ignore[var-annotated]
    depths = {s for claim in claims for s in depth_symbols(claim)}
    if len(depths) > 1:
        raise UnsupportedExpressionError(f"claims must speak of one depth (got {sorted(map(str, depths))})")
    renamed: dict[Any, Any] = dict.fromkeys(depths, DEPTH)

    def translated(expression: Any) -> Polynomial:
        expression = moved(expression, renamed)
        for symbol in expression.atoms(MatrixSymbol, Symbol):
            if "[" in symbol.name and not isinstance(symbol, LayerSymbol):
                raise UnsupportedExpressionError(f"a symbol must not have brackets in its name (got {symbol})")
        for symbol in layer_symbols(expression):
            sequence = symbol.sequence
            laws = [(moved(w.lhs, renamed), moved(w.rhs, renamed), w) for w in sequence.laws()]
            told = [(str(lhs), str(rhs)) for lhs, rhs, _ in laws], str(sequence.shape(ANY))
            if sequence.name in known:
                if known[sequence.name] != told:
                    raise UnsupportedExpressionError(f"two sequences are called {sequence.name}: name one of them anew")
                continue
            known[sequence.name] = told
            schema(moved(sequence.member(ANY), renamed))
            for lhs, rhs, law in laws:
                difference = translated(lhs - rhs if not isinstance(lhs, MatrixExpr) else minus(lhs, rhs))
                (name,) = (A.name for A in layer_symbols(lhs))
                first, last = (S(end).xreplace(renamed) for end in (law.first, law.last))
                theory.add(difference, first, last, law.reason, name)
        return schema(expression)

    for claim in claims:
        for h in claim.given:
            if isinstance(h, AnyOf):
                raise UnsupportedExpressionError("cases among the layers are not split")
            first, last = (0, 0) if not isinstance(h, ForAll) else (S(end).xreplace(renamed) for end in h.limits[1:])
            inside, index = (h.claim, {h.index: ANY}) if isinstance(h, ForAll) else (h, {})
            for e in inside.equations if not isinstance(inside, Claim) else inside.residuals():
                theory.add(translated(moved(e, index)), first, last, inside.statement())
    goals = [goal for claim in claims for goal in _goals(claim, renamed, translated)]
    for p, label, base, offset in schema.general:
        law = Law(shifted(p.data(), base, -offset), "-9", "L+9", shifted(label, base, -offset))
        if law.terms not in [w.terms for w in theory.laws]:
            theory.laws.append(law)
    return theory, goals


def _goals(claim: Claim, renamed: dict[Any, Any], translated: Any) -> Iterator[Goal]:
    inside = claim.claim if isinstance(claim, ForAll) else claim
    index = {claim.index: ANY} if isinstance(claim, ForAll) else {}
    limits = claim.limits[1:] if isinstance(claim, ForAll) else (1, 1)
    first, last = (index_text(S(end).xreplace(renamed)) for end in limits)

    def read(expression: Any) -> Polynomial:
        return translated(moved(expression, index))

    if isinstance(inside, Nonincreasing):
        rate = read(inside.rate())
        yield Goal("descent", rate.data(), first, last, [])
    elif isinstance(inside, RankAtMost):
        matrix = read(inside.matrix)
        for bound in inside.bound:
            middle = read(bound).data() if isinstance(bound, MatrixExpr) else [size_text(moved(bound, index | renamed))]
            yield Goal("rank", matrix.data(), first, last, middle)
    else:
        for lhs, rhs in inside.equations():
            left = read(lhs)
            right = left.scale(0) if rhs == 0 else read(rhs)
            yield Goal("equation", left.data(), first, last, right.data() if right else [])


def _establish(theory: Theory, goal: Goal, deadline: float) -> None:
    """Prove a goal at every layer alike, or by induction, or by induction on a factor of it."""
    ways = [("l", ""), ("up", "l"), ("down", "l+1")] if goal.kind == "equation" else [("l", "")]
    stuck: list[StuckError] = []
    core = _divided(theory, goal)
    for candidate in (*_lemmas(theory, core), core, *([goal] if goal != core else [])):
        for at, own in ways if goal.first != goal.last else ways[:1]:
            end = perf_counter() + (deadline - perf_counter()) / 4
            try:
                cases = _cases(theory, candidate, at, own, end)
            except StuckError as error:
                stuck.append(error)
                continue
            theory.proved.append((_law(candidate)._replace(label="shown above"), cases))
            if candidate != goal:
                law = _law(goal)._replace(label="shown above")
                theory.proved.append((law, _cases(theory, goal, "l", "", deadline)))
            return
    raise stuck[0]


def _divided(theory: Theory, goal: Goal) -> Goal:
    """Divide an equation by the scalars that all of its terms share: it follows from what is left."""
    if goal.kind != "equation":
        return goal
    left = polynomial(theory.schema, goal.terms)
    right = polynomial(theory.schema, goal.right) if goal.right else left.scale(0)
    common = common_scalars(left, right)
    return goal._replace(terms=divided(left, common).data(), right=divided(right, common).data() if right else [])


def _law(goal: Goal) -> Law:
    negative = [[_negated(c), *rest] for c, *rest in goal.right] if goal.kind == "equation" else []
    return Law([*goal.terms, *negative], goal.first, goal.last, "shown for the layer before")


def _negated(coefficient: str) -> str:
    return coefficient[1:] if coefficient.startswith("-") else f"-{coefficient}"


def _lemmas(theory: Theory, goal: Goal) -> Iterator[Goal]:
    """Return equations of which the goal is a multiple: factors of its difference."""
    if goal.kind != "equation":
        return
    difference = polynomial(theory.schema, _law(goal).terms)
    for factor in factorisations(difference):
        yield Goal("equation", factor.data(), goal.first, goal.last, [])


def _cases(theory: Theory, goal: Goal, at: str, own: str, deadline: float) -> list[Any]:
    """Prove a goal at ``l``, or its base and its step."""
    if at == "l":
        return [["l", "", _case(theory, goal, "l", "", deadline)]]
    base, step = (goal.first, "l+1") if at == "up" else (goal.last, "l")
    half = perf_counter() + (deadline - perf_counter()) / 2
    return [[base, "", _case(theory, goal, base, "", half)], [step, own, _case(theory, goal, step, own, deadline)]]


def _case(theory: Theory, goal: Goal, at: str, own: str, deadline: float) -> dict[str, Any]:
    """Prove a goal at one index from the laws near it, and from itself at the index ``own``."""
    reasons: list[StuckError] = []
    for margin in MARGINS:
        end = perf_counter() + (deadline - perf_counter()) / (len(MARGINS) - len(reasons))
        try:
            return _near(theory, goal, at, own, margin, end)
        except StuckError as stuck:
            reasons.append(stuck)
    raise reasons[0]


def _near(theory: Theory, goal: Goal, at: str, own: str, margin: int, deadline: float) -> dict[str, Any]:
    laws = [*theory.laws, *(law for law, _ in theory.proved)]
    uses = [(j, i) for j, law in enumerate(laws) for i in _instances(law, goal, at, own, margin)]
    translator, tags = Translator(), {}
    assumed = [(checker.put(laws[j].terms, i), checker.put(laws[j].label, i), [j, i]) for j, i in uses]
    if own:
        assumed.append((checker.put(_law(goal).terms, own), _law(goal).label, [len(laws), own]))
    target = checker.put([goal.terms, goal.right], at)
    defined = {checker.put(laws[j].defines, i) for j, i in uses}
    _declare(theory, translator, names_in([target, [terms for terms, _, _ in assumed]]), defined)
    for terms, label, use in assumed:
        tags[len(translator.hypotheses)] = use
        translator.assume(polynomial(translator, terms), label)
    proof = in_cases(_attempt(goal.kind, translator, *target), translator, deadline)
    numbers = used(translator, proof)
    case = written(translator, proof, numbers)
    named = {i for name in names_in([target, case]) for i in indices(name)}
    case["indices"] = sorted(written_index(*i) for i in named)
    case["uses"] = [tags[k] for k in numbers]
    return {key: value for key, value in case.items() if key not in ("hypotheses", "goal")}


def _instances(law: Law, goal: Goal, at: str, own: str, margin: int) -> Iterator[str]:
    """Return the indices at which a law speaks only of layers near those that the goal speaks of."""
    near: dict[str, list[int]] = {}
    for terms in (checker.put(_law(goal).terms, i) for i in filter(None, (at, own))):
        for base, offset in (i for name in names_in(terms) for i in indices(name)):
            near.setdefault(base, []).append(offset)
    spoken = {i for name in names_in(law.terms) for i in indices(name)}
    offsets = [offset for base, offset in spoken if base == "k"]
    if not offsets:
        if all(b in near and min(near[b]) - margin <= c <= max(near[b]) + margin for b, c in spoken):
            yield law.first
        return
    for base, found in sorted(near.items()):
        for c in range(min(found) - margin - min(offsets), max(found) + margin - max(offsets) + 1):
            i = written_index(base, c)
            if abs(c) < 9 and checker.covered(i, law.first, law.last, goal.first, goal.last, bool(own)):
                yield i


def _declare(theory: Theory, translator: Translator, names: Iterator[str], defined: set[str]) -> None:
    """Make letters for names, from what is known of them at the index ``k``; what is defined is rewritten."""
    known = theory.known()
    for name in dict.fromkeys(name.rstrip("'") for name in names):
        plain, base, offset = generic(name)
        if plain not in known:
            continue
        shape, symmetric = known[plain]
        if shape is None:
            translator.alphabet.scalar(name)
            continue
        level = DEFINED if name in defined else INVERSE if re.search(r"(\+|\^-1)\[", name) else PLAIN
        rows, columns = checker.put(list(shape), written_index(base, offset))
        translator.alphabet.matrix(name, rows, columns, level=level, symmetric=symmetric)


def _attempt(kind: str, translator: Translator, terms: list[Any], right: list[Any]) -> Attempt:
    left = polynomial(translator, terms)
    if kind == "descent":
        return descent(left)
    if kind == "rank":
        return rank_at_most(left, right[0] if isinstance(right[0], str) else polynomial(translator, right))
    return equation(left, polynomial(translator, right) if right else left.scale(0))


def _certificate(theory: Theory, title: str) -> dict[str, Any]:
    """Write down what was proved, with the laws that were used."""
    total = len(theory.laws)
    cases = [case for _, found in theory.proved for _, _, case in found]
    numbers = sorted({j for case in cases for j, _ in case["uses"] if j < total})
    position = {j: i for i, j in enumerate(numbers)}
    for case in cases:
        case["uses"] = [[position.get(j, j - total + len(numbers)), i] for j, i in case["uses"]]
    laws = [theory.laws[j] for j in numbers]
    data: dict[str, Any] = {
        "format": checker.FORMAT,
        "theorem": title,
        "method": "induction",
        "symbols": {},
        "adjoints": [],
        "hypotheses": [[law.terms, law.first, law.last] for law in laws],
        "reasons": [law.label for law in laws],
        "parts": [[law.terms, law.first, law.last, found] for law, found in theory.proved],
    }
    names = (generic(name.rstrip("'"))[0] for name in names_in([data["hypotheses"], data["parts"]]))
    data["symbols"], data["adjoints"] = _declared(theory, names)
    return data


def _declared(theory: Theory, names: Iterable[str]) -> tuple[dict[str, list[str]], list[list[str]]]:
    """Declare symbols at the index ``k``, with their transposes."""
    symbols: dict[str, list[str]] = {}
    adjoints: list[list[str]] = []
    known = theory.known()
    for name in dict.fromkeys(names):
        if name in known:
            shape, symmetric = known[name]
            symbols[name] = list(shape or ())
            if shape and not symmetric:
                symbols[f"{name}'"] = [*reversed(shape)]
            if shape:
                adjoints.append([name, name if symmetric else f"{name}'"])
    return symbols, adjoints


def restates_layers(claims: Sequence[Claim], data: dict[str, Any]) -> bool:
    """Whether the laws, symbols and goals of a certificate are those of claims, translated afresh."""
    theory, goals = _theory(claims)
    laws = [[law.terms, law.first, law.last] for law in theory.laws]
    symbols, adjoints = _declared(theory, theory.known())
    if not all(law in laws for law in data["hypotheses"]) or not data["symbols"].items() <= symbols.items():
        return False
    shown: dict[str, list[Any]] = {}
    for *stated, cases in data["parts"]:
        shown.setdefault(json.dumps(stated), []).append(cases)
    for goal in goals:
        law = _law(goal)
        found = shown.get(json.dumps([law.terms, law.first, law.last]), [])
        if not any(_shows(cases, goal, theory) for cases in found):
            return False
    return all(pair in adjoints for pair in data["adjoints"])


def _shows(cases: Sequence[Any], goal: Goal, theory: Theory) -> bool:
    """Whether every case is by a method for the kind of goal, and every bound the goal's own, at the case's index."""
    if not cases or not all(case["method"] in SHOWN_BY[goal.kind] for *_, case in cases):
        return False
    if goal.kind != "rank":
        return True
    size = isinstance(goal.right[0], str)
    bounds = goal.right if size else [goal.right, polynomial(theory.schema, goal.right).transpose().data()]
    return all(case["bound"] in checker.put(bounds, i) for i, _, case in cases)
