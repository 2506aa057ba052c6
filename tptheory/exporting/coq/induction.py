"""One theorem in Coq about every depth: families of matrices, laws and goals at every index, and induction over it."""

from __future__ import annotations

from typing import Any

from tptheory.certificates import checker
from tptheory.certificates.checker import Index, Names
from tptheory.exporting.coq.data import conjunction
from tptheory.exporting.coq.families import Families, IndexedLaw, index_term
from tptheory.exporting.coq.reading import CertificateReading, CoqStatement, legend, remarks
from tptheory.exporting.coq.section import Section

Case = tuple[Index, Index | None, str]
"""The index at which a case shows its goal, the index from which it steps, if any, and the Coq proof of the goal."""


class Induction:
    """The Coq text of a certificate of the method "induction".

    Every case is a theorem about those members of the families that it names; from them the goals follow, one by one.

    Args:
        data: the certificate.
        name: what the theorem is called; every other name begins with it.
    """

    def __init__(self, data: dict[str, Any], name: str) -> None:
        """Read the hypotheses, the symmetries and the theorems, and prove each theorem after those before it."""
        self.data, self.name = checker.as_fields(data, "an induction", checker.INDUCTION), name
        self.names = Names(data, checker.Work())
        self.families = Families(self.names, data["sizes"])
        entries = checker.as_list(data["hypotheses"], "hypotheses")
        self.reasons = remarks(data, len(entries))
        fields = {"zero", "from", "to"}
        self.laws = [
            self._law(f"{name}_law{i}", checker.as_fields(law, "a hypothesis", fields), {"zero": law["zero"]})
            for i, law in enumerate(entries, 1)
        ]
        symmetric = [a for a, shape in self.names.letters.items() if len(shape) == 3]
        self.symmetric = {a: self._symmetry(a, f"{name}_alike_{self.families.letters[a]}") for a in symmetric}
        self.known = [*self.laws]
        self.lemmas: list[str] = []
        self.cases: list[Section] = []
        theorems = checker.as_list(data["theorems"], "theorems")
        checker.require(theorems, "there is nothing to check")
        for i, theorem in enumerate(theorems, 1):
            self._theorem(f"{name}_goal{i}", checker.as_fields(theorem, "a theorem", {"goal", "from", "to", "cases"}))

    def _law(self, label: str, entry: dict[str, Any], said: Any) -> IndexedLaw:
        """Read a hypothesis or the goal of a theorem as a law at every index of its range."""
        reading = CertificateReading(self.names)
        goal = checker.as_goal(said, reading, ("k", 0), "L")
        first, last = checker.as_end(entry["from"]), checker.as_end(entry["to"])
        return IndexedLaw(
            label, self.families, lambda at: self.families.writer(reading, at).goal(goal), first, last, said
        )

    def _symmetry(self, a: str, label: str) -> IndexedLaw:
        """Return the law that a letter is symmetric, at every index if the letter is indexed."""
        reading = CertificateReading(self.names)
        reading.letter([a, "k", 0] if a in self.names.indexed else a, ("k", 0), "L")
        (key,) = reading.matrices

        def stated(write_index: Any) -> str:
            text = self.families.letter(key, reading.shape(key), write_index)
            return f"({text})^T = {text}"

        return IndexedLaw(label, self.families, stated, quantified=a in self.names.indexed)

    def lines(self) -> list[str]:
        """Return the theorems of the cases, then a section with a lemma for each goal and one theorem of all goals."""
        goals = self.known[len(self.laws) :]
        assumed = [*self.symmetric.values(), *self.laws]
        reasons = [*[""] * len(self.symmetric), *self.reasons]
        return [
            *(line for section in self.cases for line in section.lines()),
            f"Section Of_{self.name}.",
            legend(self.families.identifiers()),
            "Variables (R : realFieldType) (L : index).",
            "Hypothesis deep : (1 <= L)%index.",
            *(f"Variable {a} : {kind}." for a, kind in self.families.variables().items()),
            *(
                f"Hypothesis {law.label} : {law.text()}.{f' (* {reason} *)' if reason else ''}"
                for law, reason in zip(assumed, reasons, strict=True)
            ),
            *(line for law in assumed if law.quantified for line in self._free_index_lemma(law)),
            *self.lemmas,
            f"Theorem {self.name} :",
            "  " + " /\\\n  ".join(f"({goal.text()})" for goal in goals) + ".",
            f"Proof using All. exact: {conjunction([goal.label for goal in goals])}. Qed.",
            f"End Of_{self.name}.",
        ]

    def _free_index_lemma(self, law: IndexedLaw) -> list[str]:
        """Return a lemma that states an assumed law with a variable for each shifted index."""
        count, given = len(law.offsets()), " range'" * bool(law.range())
        intro = " ".join([f"k{given}", *["?"] * count, *["->"] * count])
        return [
            f"Lemma {law.label}_at : {law.text(free_indices=True)}.",
            f"Proof using All. by move=> {intro}; exact: (@{law.label} k{given}). Qed.",
        ]

    def _theorem(self, label: str, theorem: dict[str, Any]) -> None:
        """Read a theorem and its cases, and prove it; those after it may use it."""
        goal = self._law(label, theorem, theorem["goal"])
        cases = checker.as_list(theorem["cases"], "cases")
        read = [self._case(case, theorem, f"{label}_case{i}", goal) for i, case in enumerate(cases, 1)]
        places = [(at, after) for at, after, _ in read]
        low, high, given = goal.first, goal.last, ["range'"] * bool(goal.range())
        if places == [(("l", 0), None)]:
            proof = [self._closed_by_case(goal, ("l", 0), ["l", *given], read[0][2])]
        elif low is not None and places == [(low, None), (("l", 1), ("l", 0))]:
            proof = self._induction("upward", goal, read)
        elif high is not None and places == [(high, None), (("l", 0), ("l", 1))]:
            proof = self._induction("downward", goal, read)
        else:
            raise checker.Refused("an induction needs a base and a step")
        count = len(goal.offsets())
        shown = " ".join([f"{label}_at", "k", *given, *["_"] * count, *["erefl"] * count])
        self.lemmas += [
            f"Lemma {label}_at : {goal.text(free_indices=True)}.",
            "Proof using All.",
            *proof,
            "Qed.",
            f"Lemma {label} : {goal.text()}.",
            f"Proof using All. move=> {' '.join(['k', *given])}; exact: (@{shown}). Qed.",
        ]
        self.known.append(goal)

    def _induction(self, way: str, goal: IndexedLaw, cases: list[Case]) -> list[str]:
        """Return the tactics that prove a goal by induction from its base case and its step."""
        ends = [index_term(end) for end in (goal.first, goal.last) if end is not None]
        forever, given = ("", ["range'"]) if len(ends) == 2 else ("_forever", [])
        (first, _, base), (then, _, step), names = *cases, ["l", "range'", "IH'"]
        return [
            f"apply: (@{way}{forever} (fun k : index => {goal.with_free_indices()}) {' '.join(ends)}).",
            f"- {self._closed_by_case(goal, first, given, base)}",
            f"- {self._closed_by_case(goal, then, names, step)}",
        ]

    def _closed_by_case(self, goal: IndexedLaw, at: Index, names: list[str], shown: str) -> str:
        """Return the tactic that closes a goal by the theorem of a case.

        It introduces the variables and premises under the given names, rewrites each shifted index of the goal as the
        case writes it, and applies the theorem.
        """
        offsets = goal.offsets()
        own = [f"k{i}" for i, _ in enumerate(offsets, 1)]
        names = [*names, *own, *(f"equal_{k}" for k in own)]
        steps = [f"move=> {' '.join(names)}"] if names else []
        for k, offset in zip(own, offsets, strict=True):
            steps.append(f"rewrite (_ : {k} = {index_term((at[0], at[1] + offset))}); last Lia.lia")
        return f"{'; '.join([*steps, f'exact: {shown}'])}."

    def _case(self, data: Any, theorem: dict[str, Any], label: str, goal: IndexedLaw) -> Case:
        """Read a case, add the section of its theorem, and return where and by what it shows the goal."""
        checker.require(
            isinstance(data, dict) and data.get("method") in tuple(checker.PROOFS), "a case must be a proof"
        )
        fields = checker.PROOFS[data["method"]]
        data = checker.as_fields(data, "a case", {"at", "after", "uses"} | fields)
        at = checker.as_index(data["at"], "lL")
        after = None if data["after"] is None else checker.as_index(data["after"], "lL")
        reading, hypotheses, laws = CertificateReading(self.names, "lL"), [], []
        for use in checker.as_list(data["uses"], "uses"):
            number, index = checker.as_list(use, "a use", 2)
            index = checker.as_index(index, "lL")
            checker.require(checker.is_int(number, 0, len(self.known)), "what is used is not known")
            law = [*self.known, goal][number]
            checker.require(law is not goal or index == after is not None, "a theorem is used before it is shown")
            hypotheses.append(checker.as_zero(law.data, reading, index, "L"))
            laws.append((law, index, "IH'" if law is goal else ""))
        shown = checker.as_goal(theorem["goal"], reading, at, "L")
        statement = CoqStatement(hypotheses, shown, remarks(data, len(hypotheses)))
        section = Section(reading, statement, {key: data[key] for key in fields}, label)
        self.cases.append(section)
        base = at if at[0] != "l" else ("l", 0)
        given = [law.proof_at(moved(index, base), label) for law, index, label in laws]
        return at, after, self._instance(section, base, given)

    def _instance(self, section: Section, base: Index, given: list[str]) -> str:
        """Return the theorem of a case, applied to the members of the families that the case names."""

        def write_index(index: Index) -> str:
            return index_term(moved(index, base))

        reading = section.reading
        writer = self.families.writer(reading, write_index)
        members = [writer.size(n) for n in reading.sizes if not isinstance(n, int)]
        members += [writer.key(key) for key in (*reading.matrices, *reading.scalars)]
        alike = []
        for name, *index in reading.symmetric():
            law = self.symmetric[name]
            alike.append(law.proof_at(moved((index[0], index[1]), base)) if index else law.label)
        return f"(@{section.name} R {' '.join([*(f'({m})' for m in members), *alike, *given])})"


def moved(index: Index, base: Index) -> Index:
    """Return an index with the index ``base`` in the place of ``l``.

    >>> moved(("l", 1), ("L", 2)), moved(("L", 1), ("", 0))
    (('L', 3), ('L', 1))
    """
    return (base[0], base[1] + index[1]) if index[0] == "l" else index
