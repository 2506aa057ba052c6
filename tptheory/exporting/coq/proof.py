"""The Coq theorem of one certificate: its statement, the certificate as data, and the proof.

The proof computes the reflexive checker of reflection.v on the data and applies the theorem that the checker is sound.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tptheory.certificates import checker
from tptheory.certificates.checker import ONE, Goal, Polynomial
from tptheory.exporting.coq.data import (
    coefficient_data,
    conjunction,
    equation_data,
    meaning_of,
    relation,
    sequence,
    shape_data,
    side_data,
    terms_data,
)
from tptheory.exporting.coq.reading import CoqStatement, Equation, equation
from tptheory.exporting.coq.text import CoqWriter, is_bounded_by_size


class CoqProof:
    """The Coq text of one theorem; the theorems of its cases, where it has cases, stand before it.

    Args:
        writer: the writer of the statement, which knows the letters.
        statement: the hypotheses and the goal.
        data: the method of the proof and its fields, as the certificate has them.
        section: the name of the Coq section that defines what the numbers of letters mean.
        name: the identifier of the theorem; every other identifier begins with it.
    """

    def __init__(self, writer: CoqWriter, statement: CoqStatement, data: Any, section: str, name: str) -> None:
        """Check the fields of the proof, and choose the labels of its premises."""
        checker.require(isinstance(data, dict) and data.get("method") in tuple(checker.PROOFS), "the method is unknown")
        self.data = checker.as_fields(data, "a proof", checker.PROOFS[data["method"]])
        self.writer, self.reading, self.section, self.name = writer, writer.reading, section, name
        self.statement, self.goal = statement, statement.goal
        method, shape = self.data["method"], self.goal.polynomial[1]
        shown_kind = checker.SHOWS.get(method, self.goal.kind)
        checker.require(shown_kind == self.goal.kind, f"{method} cannot show such a goal")
        self.probed = method == "rank" or (method == "identity" and shape != ONE)
        self.symmetry_labels = [self._label(f"s{i}") for i in range(len(self.reading.symmetric()))]
        self.hypothesis_labels = [self._label(f"h{i}") for i in range(len(statement.hypotheses))]
        self.definitions: list[str] = []

    def lines(self) -> list[str]:
        """Return the definitions of the data, the lemma that the check succeeds, and the theorem."""
        equations = [equation(h) for h in self.statement.hypotheses]
        premises = [f"  {a}^T = {a} ->" for a in map(self.writer.key, self.reading.symmetric())]
        for e, reason in zip(equations, self.statement.reasons, strict=True):
            premises.append(f"  {self.writer.equality(e)} ->{f' (* {reason} *)' if reason else ''}")
        proof = self._by_lemmas() if self.data["method"] == "lemmas" else self._by_cofactors(equations)
        intro = " ".join([*self.symmetry_labels, *self.hypothesis_labels])
        return [
            *self.definitions,
            f"Theorem {self.name} :",
            *premises,
            f"  {self.writer.goal(self.goal)}.",
            "Proof using All.",
            *([f"move=> {intro}."] if intro else []),
            *proof,
            "Qed.",
        ]

    def _by_cofactors(self, equations: list[Equation]) -> list[str]:
        """Define the hypotheses and the cofactors as data, check these, and return how that closes the theorem."""
        cofactors = self._cofactors()
        close = {"identity": self._identity, "rank": self._rank, "descent": self._descent}
        close |= {"cancellation": self._cancellation, "cases": self._cases}
        check, proof = close[self.data["method"]]()
        hypotheses = sequence(equation_data(self.reading, e) for e in equations)
        self.definitions += [
            f"Definition {self.name}_hyps : seq relation := ({hypotheses})%N.",
            f"Definition {self.name}_written : seq written := ({sequence(cofactors)})%N.",
            f"Definition {self.name}_cofactors := map ({self._placement()}) {self.name}_written.",
            f"Lemma {self.name}_check : {check} = true.",
            "Proof. vm_cast_no_check (erefl true). Qed.",
        ]
        return proof

    def _by_lemmas(self) -> list[str]:
        """Show each lemma from the hypotheses and the lemmas before it, and the goal from all of them."""
        entries = checker.as_list(self.data["lemmas"], "lemmas")
        checker.require(entries, "there is no lemma")
        known, labels, steps = [*self.statement.hypotheses], [*self.hypothesis_labels], []
        for number, entry in enumerate(entries, 1):
            lemma = checker.as_fields(entry, "a lemma", {"zero", "proof"})
            shown = self.reading.polynomial(lemma["zero"])
            name, label = self._label(f"lemma{number}"), self._label(f"l{number}")
            theorem = CoqProof(self.writer, self._stated(known, Goal("zero", shown)), lemma["proof"], name, name)
            lines = theorem.lines()
            self.definitions += [*meaning_of(self.writer, name, shown[1]), *lines]
            steps.append(f"have {label} := ({' '.join([name, *self.symmetry_labels, *labels])}).")
            known, labels = [*known, shown], [*labels, label]
        name = self._label("goal")
        self.definitions += CoqProof(
            self.writer, self._stated(known, self.goal), self.data["proof"], self.section, name
        ).lines()
        return [*steps, f"exact: ({' '.join([name, *self.symmetry_labels, *labels])})."]

    def _stated(self, known: list[Polynomial], goal: Goal) -> CoqStatement:
        """State a goal from hypotheses and lemmas; only the reasons of the hypotheses are known."""
        more = len(known) - len(self.statement.hypotheses)
        return CoqStatement(known, goal, [*self.statement.reasons, *[""] * more])

    def _placement(self) -> str:
        """Return the Coq function that turns a written cofactor into a trace.

        Where the goal is about matrices, the probe closes the trace: an equation of matrices holds if its trace with
        every probe does.
        """
        rows = f"(Some {self.reading.size_number(self.goal.polynomial[1][0])}%N)" if self.probed else "None"
        return f"placed {self.section}_src {self.section}_tgt {rows} {self.name}_hyps"

    def _label(self, short: str) -> str:
        return f"{self.name}_{short}"

    def _letter_meanings(self, probe: str) -> str:
        """Return the arguments that tell a theorem of the library what the letters mean."""
        name = self.section
        return f"{name}_src {name}_tgt {name}_syms R {name}_d ({name}_M {probe}) {name}_sc"

    def _library_theorem(self, theorem: str, probe: str, *arguments: str) -> str:
        """Return a theorem of the library, applied to the letters, the hypotheses and the check of this section."""
        given = " ".join(arguments)
        proofs = f"{conjunction([*self.hypothesis_labels, 'I'])} {self.name}_check"
        meaning = f"{self._letter_meanings(probe)} (erefl 1%N) {conjunction([*self.symmetry_labels, 'I'])}"
        return f"(@{theorem} {meaning} {self.name}_hyps {self.name}_cofactors {given} {proofs})"

    def _check(self, test: str, *arguments: str) -> str:
        name = self.section
        given = " ".join(f"({a})%N" for a in arguments)
        return f"{test} {name}_src {name}_tgt {name}_syms {self.name}_hyps {self.name}_cofactors {given}"

    def _sides(self, e: Equation) -> tuple[str, str]:
        """Define both sides of the goal as data, and return their identifiers."""
        names = self._label("left"), self._label("right")
        for name, terms in zip(names, (e.left, e.right), strict=True):
            self.definitions.append(f"Definition {name} : seq term := ({terms_data(self.reading, terms)})%N.")
        return names

    def _identity(self) -> tuple[str, list[str]]:
        e = equation(self.goal.polynomial)
        sides = self._sides(e)
        check = self._check("identical", relation(self.reading, e, *sides))
        if e.scalar:
            return check, [f"exact {self._library_theorem('identical_scalar', '0', *sides)}."]
        sizes = [f"{self.reading.size_number(n)}%N" for n in e.shape]
        return check, [by_probe(self._library_theorem("identical_matrix", "probe", *sizes, *sides))]

    def _rank(self) -> tuple[str, list[str]]:
        """Return the check that the matrix of the goal is a product, and the proof that this bounds its rank.

        The bound, where it is a rank, stands in the place of the factor that it equals; the check is of normal forms.
        """
        reading, (terms, shape) = self.reading, self.goal.polynomial
        factors = [reading.polynomial(f) for f in checker.as_list(self.data["factors"], "factors")]
        checker.require(factors, "a product has factors")
        turn = []
        if is_bounded_by_size(self.goal):
            between = [p[1][1] for p in factors[:-1]]
            checker.require(self.goal.bound in between, "the bound is no size between factors")
        else:
            factors, turned = self._with_bound(factors)
            turn = [self._rank_of_transpose(self.goal.bound)] if turned else []
        (first, (_, middle)), *others = factors
        rest = sequence(f"({reading.size_number(p[1][1])}, {terms_data(reading, p[0])})" for p in others)
        arguments = [*shape_data(reading, shape).split(), terms_data(reading, terms)]
        arguments += [str(reading.size_number(middle)), terms_data(reading, first), rest]
        applied = self._library_theorem("factored_matrix", "probe", *(f"({a})%N" for a in arguments))
        product = " *m ".join(map(self.writer.typed, factors))
        equal = f"have equal : {self.writer.typed(self.goal.polynomial)} = {product}"
        close = [f"{equal} by {by_probe(applied)}", *turn, "by apply: (rank_of equal); bounded_rank."]
        return self._check("factored", *arguments), close

    def _with_bound(self, factors: list[Polynomial]) -> tuple[list[Polynomial], bool]:
        """Put the bounding polynomial in the place of the factor that it equals; tell whether it stands transposed."""
        bound = self.goal.bound
        for i, factor in enumerate(factors):
            for p in (bound, self.reading.transpose(bound)):
                if p[1] == factor[1] and have_equal_normal_forms(p, factor, self.reading):
                    return [*factors[:i], p, *factors[i + 1 :]], p is not bound
        checker.require(False, "the bound is no factor")
        raise AssertionError

    def _rank_of_transpose(self, p: Polynomial) -> str:
        """Return the step that replaces the rank of a matrix by that of its transpose."""
        terms = terms_data(self.reading, p[0])
        transposed = self.writer.typed(self.reading.transpose(p))
        sizes = " ".join(f"{n}%N" for n in shape_data(self.reading, p[1]).split())
        symmetric = conjunction([*self.symmetry_labels, "I"])
        applied = f"(@turned_rank {self._letter_meanings('0')} {symmetric} {sizes} ({terms})%N isT isT)"
        return rf"have <- : \rank {transposed} = \rank {self.writer.typed(p)} by exact {applied}."

    def _squares(self) -> str:
        found = []
        for entry in checker.as_list(self.data["squares"], "squares"):
            weight, square = checker.as_list(entry, "a square", 2)
            data = equation_data(self.reading, equation(self.reading.polynomial(square)))
            checker.require(checker.as_rational(weight) > 0, "the weight of a square must be positive")
            found.append(f"({coefficient_data(checker.as_rational(weight))}, {data})")
        return sequence(found)

    def _descent(self) -> tuple[str, list[str]]:
        squares, sides = self._squares(), self._sides(equation(self.goal.polynomial))
        applied = self._library_theorem("descends_scalar", "0", f"({squares})%N", *sides)
        return self._check("descends", squares, *sides), [f"exact {applied}."]

    def _cancellation(self) -> tuple[str, list[str]]:
        e, squares = equation(self.goal.polynomial), self._squares()
        goal = relation(self.reading, e, *self._sides(e))
        applied = self._library_theorem("cancelled_holds", "0", f"({squares})%N", f"({goal})%N")
        return self._check("cancelled", squares, goal), [f"exact {applied}."]

    def _cases(self) -> tuple[str, list[str]]:
        """Return the check that one of the cases holds, and the proof that closes each case by its own theorem."""
        cases = [checker.as_list(case, "a case") for case in checker.as_list(self.data["split"], "split")]
        checker.require(cases and all(cases), "a case assumes something")
        split = [[self.reading.polynomial(p) for p in case] for case in cases]
        parts = checker.as_list(self.data["parts"], "parts", len(split))
        data = sequence(sequence(equation_data(self.reading, equation(p)) for p in case) for case in split)
        proof = [f"have chosen := {self._library_theorem('splits_cases', '0', f'({data})%N')}."]
        for number, (case, part) in enumerate(zip(split, parts, strict=True), 1):
            name = self._label(f"case{number}")
            hypotheses, reasons = [*self.statement.hypotheses, *case], [*self.statement.reasons, *[""] * len(case)]
            statement = CoqStatement(hypotheses, self.goal, reasons)
            self.definitions += CoqProof(self.writer, statement, part, self.section, name).lines()
            labels = [self._label(f"c{i}") for i, _ in enumerate(case)]
            pattern = "".join(f"[{label} " for label in labels) + "_" + "]" * len(labels)
            shown = f"({' '.join([name, *self.symmetry_labels, *self.hypothesis_labels, *labels])})"
            proof.append(f"case: chosen => [{pattern}|chosen]; first exact: {shown}.")
        return self._check("splits", data), [*proof, "by case: chosen."]

    def _cofactors(self) -> list[str]:
        """Return the cofactors of the proof as Coq data."""
        entries = checker.as_list(self.data["cofactors"], "cofactors")
        return [self._cofactor(*checker.as_list(entry, "a cofactor", 4, 5)) for entry in entries]

    def _cofactor(self, coefficient: str, left: Any, k: Any, right: Any, *outer: Any) -> str:
        """Return one cofactor as Coq data.

        Args:
            coefficient: the rational coefficient.
            left: the factors and the product of matrices before the hypothesis.
            k: the number of the hypothesis, or of its transpose.
            right: the factors and the product of matrices after it.
            outer: the factors and the matrices around a trace of these, if there are any.
        """
        checker.require(checker.is_int(k, 0, 2 * len(self.statement.hypotheses) - 1), "a cofactor names no hypothesis")
        u, v, *around = (side_data(self.reading, self.reading.beside(side)[0][0]) for side in (left, right, *outer))
        beyond = f"(Some {around[0]})" if around else "None"
        return f"Written ({coefficient_data(checker.as_rational(coefficient))}) {u} {k} {v} {beyond}"


def have_equal_normal_forms(p: Polynomial, q: Polynomial, reading: checker.Algebra) -> bool:
    """Return whether two polynomials of one shape have the same normal form; Coq checks it again."""
    return not any(reading.total(iter([(Fraction(1), p), (Fraction(-1), q)])).values())


def by_probe(applied: str) -> str:
    """Return the tactic that proves an equation of matrices from its traces with every probe."""
    return f"apply: by_probe => probe; exact {applied}."
