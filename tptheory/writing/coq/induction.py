"""One theorem in Coq about every depth: families of matrices, laws and goals at every index, and induction over it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tptheory.certificates import checker
from tptheory.errors import UnsupportedExpressionError
from tptheory.writing.coq.families import INDEX, Stated, Writing, declared, family, lowest, place, read
from tptheory.writing.coq.reading import Symbols, comment, identifiers
from tptheory.writing.coq.section import Section
from tptheory.writing.coq.text import alone, nested

INEQUALITIES = ("rank", "descent")


class Induction:
    """The Coq text of a certificate of the method "induction", for L layers, L at least 1.

    Every case is a theorem about those members of the families that it names; from them the goals follow, one by one.
    An index is a natural number, and 0 - 1 is 0 in Coq: where the certificate has an index below 0, nothing is assumed,
    and nothing is said.

    Args:
        data: the certificate.
        name: what the theorem is called; every other name begins with it.
        taken: identifiers that a variable cannot have.

    Raises:
        UnsupportedExpressionError: if the certificate says what this export has no theorem for.
    """

    def __init__(self, data: dict[str, Any], name: str, taken: frozenset[str]) -> None:
        """Read the certificate."""
        self.data, self.name, self.families = data, name, Symbols(data)
        reduced = checker.reduced(data, [checker.WORK])
        self.sections = [self._cases(i, reduced, taken) for i, _ in enumerate(data["parts"])]
        self.laws = [self._law(*law) for law in data["hypotheses"]]
        self.goals = [self._goal(part, of) for part, of in zip(data["parts"], self.sections, strict=True)]
        sizes = [n for said in (*self.laws, *self.goals) for n in read(said.data).sizes]
        sizes += [n for sections in self.sections for section in sections for n in section.sizes]
        self.sizes = [*dict.fromkeys(family(n) for n in (*self.families.sizes, *sizes))]
        symbols = [*self.families.matrices, *self.families.scalars]
        self.writing = Writing(*identifiers(self.sizes, symbols, taken | {name}))
        self.variables = dict(self._variables())

    def _cases(self, number: int, reduced: Iterator[dict[str, Any]], taken: frozenset[str]) -> list[Section]:
        """Read the next cases; what they show and what they use is brought to two sides as it is stated."""
        lefts = [*[None] * len(self.data["hypotheses"]), *(of[-1][2].get("left") for *_, of in self.data["parts"])]
        sections = []
        for j, (*_, case) in enumerate(self.data["parts"][number][3], 1):
            sides = {"left": lefts[len(self.data["hypotheses"]) + number], "lefts": [lefts[i] for i, _ in case["uses"]]}
            case_data = declared(self.data, next(reduced)) | sides
            sections.append(Section(case_data, f"{self.name}_goal{number + 1}_case{j}", taken))
        return sections

    def _law(self, terms: Any, first: str, last: str) -> Stated:
        """Read a law; where it names an index below 0, it is not assumed."""
        law = self._stated({"method": "identity", "goal": terms}, first, last)
        if not law.single and not place(first).base:
            law = law._replace(first=str(max(place(first).offset, -lowest(law.data, "l"))))
        return _from_0(law)

    def _goal(self, part: Any, sections: Sequence[Section]) -> Stated:
        """Read a goal; a single case says by its method what is shown."""
        terms, first, last, _ = part
        shown = sections[-1].data
        if len(sections) > 1 and (first == last or any(s.data["method"] in INEQUALITIES for s in sections)):
            raise UnsupportedExpressionError("Coq is given no induction but of equations over a range.")
        said = {key: shown[key] for key in ("method", "left", "factors", "bound") if key in shown}
        return _from_0(self._stated(json.loads(json.dumps(said).replace("[l", "[k")) | {"goal": terms}, first, last))

    def _stated(self, said: dict[str, Any], first: str, last: str) -> Stated:
        """Put what is said at k to the one index of which it is said, or to l."""
        at = first if first == last else "l"
        there = {key: checker.put(item, at) if isinstance(item, str | list) else item for key, item in said.items()}
        return Stated(declared(self.data, there), first, last)

    def _variables(self) -> Iterator[tuple[str, str]]:
        """Run through the sizes, matrices and scalars, and their types."""
        for n in self.sizes:
            if not n.isdecimal():
                yield self.writing.sizes[n], "nat -> nat" if INDEX.search(n) else "nat"
        for a in self.families.matrices:
            shape = (self.writing.member(checker.put(n, "l"), self.writing.sizes) for n in self.families.shape(a))
            yield self.writing.others[a], ("forall k : nat, " * bool(INDEX.search(a))) + f"'M[R]_({', '.join(shape)})"
        for a in self.families.scalars:
            yield self.writing.others[a], "nat -> R" if INDEX.search(a) else "R"

    def lines(self) -> list[str]:
        """Return the theorems of the cases, and in a section those of the goals; then all in one theorem."""
        assumed = self._assumed()
        given = " ".join(["R", "L'", *self.variables, *assumed])
        variables = [f"{a} : {kind}" for a, kind in self.variables.items()]
        lemmas = [line for i, goal in enumerate(self.goals) for line in self._lemma(i, goal)]
        return [
            *(line for sections in self.sections for section in sections for line in section.lines()),
            f"Section Of_{self.name}.",
            "Variables (R : realFieldType) (L' : nat).",
            "Local Notation L := L'.+1.",
            *(f"Variable {text}." for text in variables),
            *(f"Hypothesis {label} : {text}." for label, text in assumed.items()),
            *lemmas,
            f"End Of_{self.name}.",
            f"Theorem {self.name} : forall (R : realFieldType) (L : nat)",
            *(f"  ({text})" for text in variables),
            "  , (0 < L)%N ->",
            *(f"  ({text}) ->{self._reason(label)}" for label, text in assumed.items()),
            "  " + " /\\\n  ".join(f"({self.writing.stated(goal)})" for goal in self.goals) + ".",
            "Proof.",
            f"move=> R [//|L'] {' '.join([*self.variables, '_', *assumed])}.",
            f"exact: {nested([f'(@{label} {given})' for label in self._shown()])}.",
            "Qed.",
        ]

    def _assumed(self) -> dict[str, str]:
        """Write what is symmetric, and the laws, by their labels."""
        called = [(INDEX.search(a), self.writing.others[a]) for a in self.families.symmetric]
        alike = [f"forall k : nat, ({a} k)^T = {a} k" if indexed else f"{a}^T = {a}" for indexed, a in called]
        named = {f"{self.name}_alike{i}": text for i, text in enumerate(alike)}
        return named | {f"{self.name}_law{i}": self.writing.stated(law) for i, law in enumerate(self.laws)}

    def _shown(self) -> list[str]:
        return [f"{self.name}_goal{i}" for i, _ in enumerate(self.goals, 1)]

    def _reason(self, label: str) -> str:
        """Write the reason of a law as a comment."""
        reasons = {f"{self.name}_law{i}": comment(str(text)) for i, text in enumerate(self.data.get("reasons", ()))}
        return f" (* {reasons[label]} *)" if reasons.get(label) else ""

    def _lemma(self, number: int, goal: Stated) -> list[str]:
        """Prove a goal from its cases."""
        stated = self.data["parts"][number][3]
        steps = [
            self._step(number, goal, section, at, own, case["uses"])
            for section, (at, own, case) in zip(self.sections[number], stated, strict=True)
        ]
        proof = steps[0]
        if len(steps) > 1:
            towards = "upward" if stated[1][0] == "l+1" else "downward"
            ends = " ".join(f"({self.writing.written(i)})" for i in (goal.first, goal.last))
            goes = f"(fun k : nat => {self.writing.shown(goal.data)})"
            proof = f"refine (@{towards} {goes} {ends} _ _); [{' | '.join(steps)}]"
        return [
            f"Lemma {self._shown()[number]} : {self.writing.stated(goal)}.",
            "Proof using All.",
            f"{proof}.",
            "Qed.",
        ]

    def _step(self, number: int, goal: Stated, section: Section, at: str, own: str, uses: Any) -> str:
        """Close one case; where it names l - 1, l is not 0, and is taken to be a successor."""
        inside, intro, fallen = self.writing._replace(large=("L'", 1)), "range'", max(0, -lowest(section.data, "l"))
        if goal.single:
            inside, intro = inside.at(goal.first), ""
        elif own or at == "l":
            base, least = place(goal.first)
            if base or least < fallen:
                raise UnsupportedExpressionError(f"Coq is given no index l-{fallen} for l from {goal.first}.")
            inside = inside._replace(small=("k", fallen))
            intro = "[//|" * fallen + "k" + "]" * fallen + " range'" + (" IH'" if own else "")
        else:
            inside = inside.at(at)
        given = [self._given(number, goal, own, inside, j, index) for j, index in uses]
        return (f"move=> {intro}; " if intro else "") + f"exact: {self._instance(section, inside, given)}"

    def _given(self, number: int, goal: Stated, own: str, inside: Writing, j: int, at: str) -> str:
        """Return the proof of a law, or of an earlier goal, or of this one at the layer before, at an index."""
        if j == len(self.laws) + number:
            return "IH'"
        said, label = [*self.laws, *self.goals][j], [*self._assumed(), *self._shown()][len(self.families.symmetric) + j]
        if said.single and at in (said.first, "l" if goal.first == goal.last == said.first else said.first):
            return label
        if said.single or not checker.covered(at, said.first, said.last, goal.first, goal.last, bool(own)):
            raise UnsupportedExpressionError(
                f"Coq is given nothing at {at} of what holds from {said.first} to {said.last}."
            )
        return f"(@{label} {inside.written(at)} ltac:(bounded))"

    def _instance(self, section: Section, inside: Writing, given: Sequence[str]) -> str:
        """Return the theorem of a case at the members of the families that it names."""
        symbols = section.symbols
        members = [inside.member(n, inside.sizes) for n in section.sizes]
        members += [inside.member(a, inside.others) for a in (*symbols.matrices, *symbols.scalars)]
        alike = [
            inside.member(a, {s: f"@{self.name}_alike{i}" for i, s in enumerate(self.families.symmetric)})
            for a in symbols.symmetric
        ]
        return f"(@{section.name} R {' '.join([*map(alone, [*members, *alike]), *given])})"


def _from_0(said: Stated) -> Stated:
    """Refuse what names an index below 0, where there are as few layers as can be.

    Raises:
        UnsupportedExpressionError: if it does.
    """
    least = 0 if said.single else checker.value(said.first, None, 1)
    if min(lowest(said.data, ""), 1 + lowest(said.data, "L"), least + lowest(said.data, "l")) < 0:
        raise UnsupportedExpressionError(f"Coq is given no index below 0 (from {said.first} to {said.last}).")
    return said
