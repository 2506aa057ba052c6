"""One theorem in Coq: its variables, its statement, its certificate as data, and the step that closes it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tptheory.errors import UnsupportedExpressionError
from tptheory.writing.coq.reading import (
    PROBE,
    Equation,
    Factor,
    Symbols,
    Word,
    comment,
    equation,
    identifiers,
)
from tptheory.writing.coq.text import (
    Names,
    coefficient_data,
    concluded,
    conclusion,
    equality,
    equation_data,
    factors_data,
    listed,
    matrices,
    table,
    terms_data,
    typed,
    word_data,
)

METHODS = ("identity", "rank", "descent", "cancellation", "cases")
"""The methods of a theorem about single matrices; one about families of them falls into such."""


class Section:
    """The Coq section of one certificate that is no "all" and no "induction".

    Args:
        data: the certificate; "lefts" says of its hypotheses how many terms stand on the left, as "left" of its goal.
        name: what the theorem is called; every other name begins with it.
        taken: identifiers that a variable cannot have.
    """

    def __init__(self, data: dict[str, Any], name: str, taken: frozenset[str]) -> None:
        """Read the certificate."""
        if data["method"] not in METHODS:
            raise UnsupportedExpressionError(f"Coq is given no certificate of the method {str(data['method'])[:40]!r}.")
        self.data, self.name, self.symbols = data, name, Symbols(data)
        self.goal = self.symbols.polynomial(data["goal"])
        self.hypotheses = [self.symbols.polynomial(h) for h in data["hypotheses"]]
        self._read_sizes(data)
        numbers, scalars = self.symbols.matrices, self.symbols.scalars
        self.sizes = [n for n in self.symbols.sizes if not n.isdecimal()]
        sizes, others = identifiers(self.symbols.sizes, [*numbers, *scalars], taken | {name})
        self.names = Names({i: others[a] for a, i in numbers.items()}, sizes, {a: others[a] for a in scalars})
        self.variables = [sizes[n] for n in self.sizes]

    def _read_sizes(self, data: dict[str, Any]) -> None:
        """Number the sizes that stand only in cofactors, squares, factors and cases."""
        for terms in [q for _, q in data.get("squares", ())] + [*data.get("factors", ())]:
            self.symbols.polynomial(terms)
        for case in data.get("split", ()):
            for terms in case:
                self.symbols.polynomial(terms)

    def lines(self) -> list[str]:
        """Return the section."""
        declared = [f"Variable (R : realFieldType){''.join(f' ({n} : nat)' for n in self.variables)}."]
        if self.variables:
            declared = [f"Variables (R : realFieldType) ({' '.join(self.variables)} : nat)."]
        for a, i in self.symbols.matrices.items():
            declared.append(f"Variable {self.names.matrices[i]} : {matrices(self.names, self.symbols.shape(a))}.")
        declared += [f"Variable {a} : R." for a in self.names.scalars.values()]
        return [
            f"Section Of_{self.name}.",
            *declared,
            *self._meaning(),
            *self._theorem(self.data, self.name),
            f"End Of_{self.name}.",
        ]

    def _meaning(self) -> list[str]:
        """Say which matrices, sizes and scalars the numbers mean; number 0 is a probe, of the goal's shape turned."""
        sizes, name = self.symbols.sizes, self.name
        rows, columns = self.goal.shape
        shapes = [(columns, rows), *(self.symbols.shape(a) for a in self.symbols.matrices)]
        numbers = [n for n, _ in sorted(sizes.items(), key=lambda item: item[1])]
        clause = f" return 'M[R]_({name}_d ({name}_src i), {name}_d ({name}_tgt i))"
        symmetric = listed(f"{self.symbols.matrices[a]}%N" for a in self.symbols.symmetric)
        return [
            f"Definition {name}_d (i : nat) : nat := {table([f'{self.names.sizes[n]}%N' for n in numbers], '0%N')}.",
            f"Definition {name}_src (i : nat) : nat := {table([f'{sizes[r]}%N' for r, _ in shapes], '0%N')}.",
            f"Definition {name}_tgt (i : nat) : nat := {table([f'{sizes[c]}%N' for _, c in shapes], '0%N')}.",
            f"Definition {name}_M (probe : {matrices(self.names, (columns, rows))}) (i : nat) :"
            f" 'M[R]_({name}_d ({name}_src i), {name}_d ({name}_tgt i)) :=",
            f"  {table(['probe', *self.names.matrices.values()], '0', clause)}.",
            f"Definition {name}_sc (i : nat) : R := {table(self.names.scalars.values(), '0')}.",
            f"Definition {name}_syms : seq nat := {symmetric}.",
        ]

    def _theorem(self, data: dict[str, Any], name: str, before: Sequence[str] = ()) -> list[str]:
        """Return the theorem of the certificate, after those of its cases."""
        lefts = [*data.get("lefts", ()), *[None] * len(data["hypotheses"])]
        both = zip(data["hypotheses"], lefts, strict=False)
        hypotheses = [concluded(self.symbols, {"goal": h, "left": left}) for h, left in both]
        lines: list[str] = []
        if data["method"] == "cases":
            for number, (part, case) in enumerate(zip(data["parts"], data["split"], strict=True), 1):
                shared = {"hypotheses": [*data["hypotheses"], *case], "goal": data["goal"], "left": data.get("left")}
                shared["lefts"] = lefts
                lines += self._theorem({**part, **shared}, f"{name}_case{number}")
        theorem = _Theorem(self, data, name, hypotheses)
        return lines + theorem.lines()


class _Theorem:
    """A statement, its data, and the call of the checker's soundness that closes it."""

    def __init__(self, section: Section, data: dict[str, Any], name: str, hypotheses: list[Equation]) -> None:
        self.section, self.data, self.name, self.hypotheses = section, data, name, hypotheses
        self.symbols, self.names, self.goal = section.symbols, section.names, section.goal
        self.definitions: list[str] = []
        self.probed = data["method"] in ("identity", "rank") and not self.goal.scalar

    def lines(self) -> list[str]:
        method = self.data["method"]
        close = {"identity": self._identity, "rank": self._rank, "descent": self._descent}
        close |= {"cancellation": self._cancellation, "cases": self._cases}
        check, proof = close[method]()
        name, count = self.name, len(self.hypotheses)
        hypotheses = listed(equation_data(self.symbols, h) for h in self.hypotheses)
        reasons = [*self.data.get("reasons", ())][:count]
        reasons += [""] * (count - len(reasons))
        alike = [
            f"{a}^T = {a}" for a in (self.names.matrices[self.symbols.matrices[s]] for s in self.symbols.symmetric)
        ]
        premises = [f"  {text} ->" for text in alike]
        for h, reason in zip(self.hypotheses, reasons, strict=True):
            said = f" (* {comment(str(reason))} *)" if comment(str(reason)) else ""
            premises.append(f"  {equality(self.names, h)} ->{said}")
        intro = [f"s{i}" for i in range(len(alike))] + [f"h{i}" for i in range(count)]
        return [
            *self.definitions,
            f"Definition {name}_hyps : seq relation := ({hypotheses})%N.",
            f"Definition {name}_cofactors : seq cofactor := ({listed(self._cofactors())})%N.",
            f"Lemma {name}_check : {check} = true.",
            "Proof. vm_cast_no_check (erefl true). Qed.",
            f"Theorem {name} :",
            *premises,
            f"  {conclusion(self.symbols, self.names, self.data)}.",
            "Proof using All.",
            *([f"move=> {' '.join(_label(self.name, i) for i in intro)}."] if intro else []),
            *proof,
            "Qed.",
        ]

    def _applied(self, theorem: str, probe: str, *arguments: str) -> str:
        """Return a theorem of the library at this section's symbols."""
        name = self.section.name
        alike = _conjunction(_label(self.name, f"s{i}") for i in range(len(self.symbols.symmetric)))
        held = _conjunction(_label(self.name, f"h{i}") for i in range(len(self.hypotheses)))
        meaning = f"{name}_src {name}_tgt {name}_syms R {name}_d ({name}_M {probe}) {name}_sc (erefl 1%N) {alike}"
        given = " ".join(arguments)
        return f"(@{theorem} {meaning} {self.name}_hyps {self.name}_cofactors {given} {held} {self.name}_check)"

    def _checked(self, test: str, *arguments: str) -> str:
        name = self.section.name
        given = " ".join(f"({a})%N" for a in arguments)
        return f"{test} {name}_src {name}_tgt {name}_syms {self.name}_hyps {self.name}_cofactors {given}"

    def _sides(self, e: Equation) -> tuple[str, str]:
        """Define both sides of the conclusion, and return what they are called."""
        names = f"{self.name}_left", f"{self.name}_right"
        for name, terms in zip(names, (e.left, e.right), strict=True):
            self.definitions.append(f"Definition {name} : seq term := ({terms_data(self.symbols, terms)})%N.")
        return names

    def _relation(self, e: Equation) -> str:
        """Return the conclusion as data, whose sides are defined apart."""
        sides = " ".join(self._sides(e))
        sizes = self.symbols.sizes
        return f"Sca {sides}" if e.scalar else f"Mat {sizes[e.shape[0]]} {sizes[e.shape[1]]} {sides}"

    def _identity(self) -> tuple[str, list[str]]:
        e = concluded(self.symbols, self.data)
        check, sides = self._checked("identical", self._relation(e)), (f"{self.name}_left", f"{self.name}_right")
        if e.scalar:
            return check, [f"exact {self._applied('identical_scalar', '0', *sides)}."]
        sizes = [f"{self.symbols.sizes[n]}%N" for n in e.shape]
        applied = self._applied("identical_matrix", "probe", *sizes, *sides)
        return check, [f"apply: by_probe => probe; exact {applied}."]

    def _rank(self) -> tuple[str, list[str]]:
        if self.goal.scalar:
            raise UnsupportedExpressionError("Coq is given no rank of a 1x1 matrix.")
        factors = [self.symbols.polynomial(f) for f in self.data["factors"]]
        sizes, bound = self.symbols.sizes, self.data["bound"]
        first, *others = factors
        rest = listed(f"({sizes[f.shape[1]]}, {terms_data(self.symbols, f.terms)})" for f in others)
        arguments = [
            str(sizes[self.goal.shape[0]]),
            str(sizes[self.goal.shape[1]]),
            terms_data(self.symbols, self.goal.terms),
        ]
        arguments += [str(sizes[first.shape[1]]), terms_data(self.symbols, first.terms), rest]
        written, goal = [typed(self.names, f) for f in factors], typed(self.names, self.goal)
        if bound in self.data["factors"]:
            at = self.data["factors"].index(bound)
            last = "exact: mxrankM_maxr." if at else "exact: leqnn."
        else:
            at, last = [f.shape[1] for f in factors[:-1]].index(bound), "exact: rank_leq_col."
        applied = self._applied("factored_matrix", "probe", *(f"({a})%N" for a in arguments))
        steps = ["apply: leq_trans (mxrankM_maxl _ _) _."] * (len(factors) - 1 - at)
        proof = [
            f"have -> : {goal} = {' *m '.join(written)} by apply: by_probe => probe; exact {applied}.",
            *steps,
            last,
        ]
        return self._checked("factored", *arguments), proof

    def _squares(self) -> str:
        read = [(Fraction(w), equation(self.symbols.polynomial(q))) for w, q in self.data.get("squares", ())]
        return listed(f"({coefficient_data(w)}, {equation_data(self.symbols, q)})" for w, q in read)

    def _descent(self) -> tuple[str, list[str]]:
        e, squares = concluded(self.symbols, self.data), self._squares()
        left, right = self._sides(e)
        applied = self._applied("descends_scalar", "0", f"({squares})%N", left, right)
        return self._checked("descends", squares, left, right), [f"exact {applied}."]

    def _cancellation(self) -> tuple[str, list[str]]:
        e, squares = concluded(self.symbols, self.data), self._squares()
        goal = self._relation(e)
        applied = self._applied("cancelled_holds", "0", f"({squares})%N", f"({goal})%N")
        return self._checked("cancelled", squares, goal), [f"exact {applied}."]

    def _cases(self) -> tuple[str, list[str]]:
        split = [[equation(self.symbols.polynomial(p)) for p in case] for case in self.data["split"]]
        data = listed(listed(equation_data(self.symbols, p) for p in case) for case in split)
        applied = self._applied("splits_cases", "0", f"({data})%N")
        given = " ".join(_label(self.name, f"s{i}") for i in range(len(self.symbols.symmetric)))
        given += " " + " ".join(_label(self.name, f"h{i}") for i in range(len(self.hypotheses)))
        proof = [f"have chosen := {applied}."]
        for number, case in enumerate(split, 1):
            labels = [_label(self.name, f"c{i}") for i in range(len(case))]
            pattern = "".join(f"[{label} " for label in labels) + "_" + "]" * len(labels)
            part = f"({self.name}_case{number} {given} {' '.join(labels)})"
            proof.append(f"case: chosen => [{pattern}|chosen]; first exact: {part}.")
        return self._checked("splits", data), [*proof, "by case: chosen."]

    def _cofactors(self) -> list[str]:
        return [self._cofactor(*c) for c in self.data["cofactors"]]

    def _cofactor(self, coefficient: str, left: Any, k: int, right: Any, *outer: Any) -> str:
        """Return coefficient * factors * trace of (left * hypothesis * right), with the probe where there is one."""
        a, b, *c = [self.symbols.polynomial([["1", side, "1"]]).terms[0] for side in (left, right, *outer)]
        if type(k) is not int or k < 0:
            raise ValueError(f"{k!r} is no hypothesis")
        number, flip = (k, False) if k < len(self.hypotheses) else (k - len(self.hypotheses), True)
        h = self.hypotheses[number]
        factors, size, u, v = [*a.factors, *b.factors], 0, a.word, b.word
        outside: Word | None = c[0].word if c else None
        if c:
            factors += c[0].factors
        if h.scalar:
            if not c:
                outside = u + v
            elif u + v:
                factors.append(Factor(u + v))
        elif c or not self.probed:
            size = self._start(u) if u else self.symbols.sizes[h.shape[flip]]
        else:
            size, v = self.symbols.sizes[self.goal.shape[0]], (*v, PROBE)
        if self.probed and outside is not None:
            factors.append(Factor((*outside, PROBE)))
        return (
            f"Cofactor ({coefficient_data(Fraction(coefficient))}) {factors_data(self.symbols, factors)} {size}"
            f" {word_data(u)} {number} {str(flip).lower()} {word_data(v)}"
        )

    def _start(self, word: Word) -> int:
        i, turned = word[0]
        name = {n: a for a, n in self.symbols.matrices.items()}[i]
        return self.symbols.sizes[self.symbols.shape(name)[turned]]


def _conjunction(proofs: Any) -> str:
    """Return the proof of a conjunction that ends in True.

    >>> _conjunction(["h0", "h1"])
    '(conj h0 (conj h1 I))'
    """
    text = "I"
    for proof in reversed([*proofs]):
        text = f"(conj {proof} {text})"
    return text


def _label(name: str, short: str) -> str:
    return f"{name}_{short}"
