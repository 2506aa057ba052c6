"""A judge of verdicts that shares no code with what found them.

It reads a random claim as plain data, and of a verdict no more than ``proved``, ``refuted`` and the values of its
counterexample. A proof is held against exact instances, degenerate ones too: one that meets the hypotheses, at which
all has a value and the conclusion fails, contradicts it. A counterexample is evaluated again: it must be of the sizes,
signs and parities that its symbols declare, meet the hypotheses and break the conclusion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from oracles.building import symbol
from oracles.drawing import Drawn, Swept, admitted, named_properties
from oracles.duals import Undefined, Unjudged
from oracles.readings import Outcome, Reading
from oracles.terms import ETA, Term, any_depth, depth_of, free_indices, size_symbols, walk, width

DEEPEST = 3
"""Up to which depth claims about any depth are judged."""


@dataclass(frozen=True)
class Judgement:
    """What the judge found.

    Attributes:
        problem: what is wrong with the verdict; empty if nothing is.
        reached: at how many instances the conclusion was evaluated.
        unjudged: why the judge could not tell, if he could not.
    """

    problem: str = ""
    reached: int = 0
    unjudged: str = ""


@dataclass(frozen=True)
class Effort:
    """How many instances are drawn at each depth: swept at the sizes 1 and 2, and at random."""

    ones: int = 64
    twos: int = 16
    drawn: int = 48


class BadValueError(ValueError):
    """A counterexample has a value that its symbol does not admit."""


class BadSizeError(BadValueError):
    """A counterexample has a size that is none."""


def depths(term: Term) -> Iterator[dict[str, int]]:
    """Run through the depths at which a claim is judged."""
    names = sorted(free_indices(term))
    for found in product(range(1, DEEPEST + 1), repeat=len(names)):
        yield dict(zip(names, found, strict=True))


def instances(term: Term, bound: dict[str, int], seed: int, effort: Effort) -> Iterator[Drawn]:
    """Run through values to judge a claim at."""
    wanted, sizes = named_properties(term, bound), size_symbols(term)
    for size, count in ((1, effort.ones), (2, effort.twos)):
        for i in range(count):
            yield Swept(i if size == 1 else 7919 * i, size, wanted, sizes)
    rng = np.random.default_rng(seed)
    for i in range(effort.drawn):
        drawn = Drawn(rng, ((1, 2), (1, 2, 3), (2, 3), (1, 1, 2))[i % 4], wanted, sizes)
        if i % 3:
            define(term, bound, drawn)
        yield drawn


def define(term: Term, bound: dict[str, int], values: Drawn) -> None:
    """Give a matrix that a hypothesis says to be equal to something the value of that."""
    for h in () if term[0] == "AllOf" else term[-1]:
        match h:
            case ("Equal", ("M", *_) as A, e, _) | ("Equal", e, ("M", *_) as A, _) if A not in set(walk(e)):
                try:
                    value = Reading(values, bound)(e)[0]
                except (Undefined, Unjudged):
                    continue
                values.values[A] = value if isinstance(value, fmpq_mat) else values.matrix(A, 1, 1) * fmpq(0)
            case ("Zero", ("M", _, rows, columns) as A, _):
                try:
                    reading = Reading(values, bound)
                    values.values[A] = fmpq_mat(reading.size(rows), reading.size(columns))
                except Undefined:
                    continue


def judge_proof(term: Term, seed: int = 0, effort: Effort | None = None) -> Judgement:
    """Look for an instance that contradicts a proof."""
    reached, unjudged = 0, ""
    for bound in depths(term):
        for values in instances(term, bound, seed, effort or Effort()):
            try:
                outcome = Reading(values, bound).outcome(term)
            except Unjudged as reason:
                unjudged = str(reason)
                break
            reached += outcome is Outcome.HOLDS
            if outcome is Outcome.FAILS:
                return Judgement(f"proved, but fails at {told(values, bound)}", reached + 1)
    return Judgement("", reached, unjudged)


def told(values: Any, bound: Mapping[str, int]) -> str:
    """Write values in one line."""
    shown = [f"{name} = {n}" for name, n in bound.items()]
    for key, value in values.values.items():
        name = key[1] if key[0] in ("M", "S") else "_".join(str(part) for part in key[:3] if part != "layer")
        shown.append(f"{name} = {value.tolist() if isinstance(value, fmpq_mat) else value}")
    return ", ".join(shown)


@dataclass
class Given(Drawn):
    """The values of a counterexample; what it does not say is drawn, and noted."""

    given: Mapping[Any, Any]
    rng: Any
    wanted: dict[Term, set[str]]
    wanted_sizes: set[Term]
    spoken: set[Term]
    sizes: tuple[int, ...] = (1, 2)
    style: str = "mixed"
    values: dict[Term, Any] = field(default_factory=dict)
    missing: set[Term] = field(default_factory=set)

    def number(self, key: Term) -> Any:
        """Return a number as it was given, and see that the symbol admits it."""
        if key not in self.values:
            found = self.find(key)
            if found is None:
                self.missing.add(key)
                return super().number(key)
            value = as_number(found)
            if not admitted(("integer", "positive") if key[0] == "width" else key[2], value):
                raise BadValueError(f"{key[1]} = {value} is not {', '.join(key[2])}")
            if key in self.wanted_sizes and not (value.q == 1 and value >= 1):
                raise BadSizeError(f"the size {key[1]} is {value}")
            self.values[key] = value
        value = self.values[key]
        return int(value) if isinstance(value, fmpq) and value.q == 1 else value

    def matrix(self, key: Term, rows: int, columns: int) -> fmpq_mat:
        """Return a matrix as it was given, and see that it has its sizes."""
        if key not in self.values:
            found = self.find(key)
            if found is None:
                self.missing.add(key)
                return super().matrix(key, rows, columns)
            value = as_matrix(found)
            if (value.nrows(), value.ncols()) != (rows, columns):
                raise BadValueError(f"{key[1]} is {value.nrows()} x {value.ncols()}, not {rows} x {columns}")
            self.values[key] = value
        return self.values[key]

    def find(self, key: Term) -> Any:
        """Return the value of the symbol that a key stands for, or that has one of its names."""
        if key[0] == "S" or is_plain_matrix(key):
            found = self.given.get(symbol(key))
            if found is not None:
                return found
        names, own = spellings(key), {symbol(M) for M in self.spoken}
        fitting = [
            v
            for s, v in self.given.items()
            if str(s) in names and s not in own and hasattr(v, "tolist") == (key[0] != "width")
        ]
        if any(v != fitting[0] for v in fitting):
            raise BadValueError(f"there are {len(fitting)} values of {' or '.join(sorted(names))}")
        return fitting[0] if fitting else None


def is_plain_matrix(key: Term) -> bool:
    """Tell a matrix symbol whose sizes are numbers or symbols."""
    return key[0] == "M" and len(key) == 4 and all(isinstance(n, int) or n[0] == "S" for n in key[2:])


def spellings(key: Term) -> set[str]:
    """Return the names that a counterexample may give to what a key stands for."""
    match key:
        case ("width", l):
            return {f"n_{l}", f"n[{l}]", f"n({l})"}
        case ("layer", letter, l):
            letter = "B" if letter == "Bd" else letter
            plain = {letter} if letter in "xXyY" else {"d_L", "D_L"} if letter in "dD" else set()
            return plain | {f"{letter}_{l}", f"{letter}[{l}]", f"{letter}({l})"}
        case ("M", name, *_):
            return {name}
    return set()


def as_number(value: Any) -> fmpq:
    """Read a number of whatever kind."""
    if isinstance(value, fmpq | int):
        return fmpq(value)
    fraction = Fraction(int(value.p), int(value.q)) if hasattr(value, "p") else Fraction(value)
    return fmpq(fraction.numerator, fraction.denominator)


def as_matrix(value: Any) -> fmpq_mat:
    """Read a matrix of whatever kind."""
    rows = value.tolist() if hasattr(value, "tolist") else value
    entries = [as_number(a) for row in rows for a in row]
    return fmpq_mat(len(rows), len(rows[0]), entries)


def judge_counterexample(term: Term, given: Mapping[Any, Any], seed: int = 0, simplified: bool = False) -> Judgement:
    """Evaluate a counterexample again, by another arithmetic.

    Args:
        term: the claim.
        given: the values by symbol.
        seed: draws what the counterexample does not say, which then matters for nothing.
        simplified: whether SymPy dropped an inverse when the claim was built: then nothing follows where it would not
            exist.
    """
    if term[0] == "AllOf":  # the values break one of the claims, and are bound by what that one says alone
        parts = [judge_counterexample(part, given, seed, simplified) for part in term[1]]
        return next((one for one in parts if not one.problem), parts[0])
    rng, found, sizes = np.random.default_rng(seed), [], size_symbols(term)
    stated = {str(s): v for s, v in given.items() if not hasattr(v, "tolist")}
    spoken = {part for part in walk(term) if isinstance(part, tuple) and part and is_plain_matrix(part)}
    for bound in depths(term):
        if any(name in stated and as_number(stated[name]) != depth for name, depth in bound.items()):
            continue
        for _ in range(24):
            values = Given(given, rng, named_properties(term, bound), sizes, spoken)
            try:
                outcome = Reading(values, bound).outcome(term)
            except BadSizeError as error:
                if simplified:
                    return Judgement("", 0, "SymPy dropped a matrix of this size")
                found.append(str(error))
                break
            except BadValueError as error:
                found.append(str(error))
                break
            except Unjudged as reason:
                return Judgement("", 0, str(reason))
            if outcome in (Outcome.FAILS, Outcome.PARTLY):
                return Judgement("", 1)
            found.append(outcome.value)
            if not values.missing:
                break
    if simplified and Outcome.MOOT.value in found:
        return Judgement("", 0, "SymPy dropped an inverse")
    reasons = "; ".join(dict.fromkeys(found))
    return Judgement(f"refuted, but {reasons}: {', '.join(f'{s} = {v}' for s, v in given.items())}")


def ambiguous_names(term: Term) -> set[str]:
    """Return the names that different symbols of one claim share: such a claim has no meaning to be decided.

    Symbols that a network brings in count where they are certainly spoken of.
    """
    keys: set[Term] = set()
    for part in walk(term):
        if not (isinstance(part, tuple) and part):
            continue
        match part:
            case ("M", *_) | ("S", *_):
                keys.add(part)
            case ("weight", net, int() as i):
                keys.update(weight_keys(net, (i,)))
            case ("loss" | "error", net) | ("flow" | "step", _, net):
                keys.update(weight_keys(net, range(1, 1 + (DEEPEST if any_depth(net) else depth_of(net)))))
            case ("update", *_):
                keys.add(ETA)
    kinds = [(key[0] == "S", key[1]) for key in keys]
    return {name for kind, name in kinds if kinds.count((kind, name)) > 1}


def weight_keys(net: Term, layers: Iterable[int]) -> Iterator[Term]:
    """Run through the weights of layers, and their sizes: of any depth they are called as those of a fixed one are."""
    for i in layers:
        sizes = width(net, i), width(net, i - 1)
        yield ("M", f"W_{i}", *sizes)
        yield from (n for n in sizes if isinstance(n, tuple) and n[0] == "S")


def judge(term: Term, verdict: Any, seed: int = 0, simplified: bool = False, effort: Effort | None = None) -> Judgement:
    """Judge a verdict: one that is neither a proof nor a counterexample is never wrong."""
    if verdict.proved and verdict.refuted:
        return Judgement("both proved and refuted")
    if verdict.proved:
        return judge_proof(term, seed, effort)
    if verdict.refuted:
        return judge_counterexample(term, verdict.counterexample.values, seed, simplified)
    return Judgement()
