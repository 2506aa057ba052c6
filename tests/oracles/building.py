"""From the little language of `oracles.terms` to claims of tptheory, by its own products or by SymPy's operators."""

from __future__ import annotations

from functools import reduce
from operator import add as plus
from operator import mul as times
from typing import Any

import numpy as np
from oracles.terms import HERE, Term
from sympy import (
    Determinant,
    Identity,
    ImmutableMatrix,
    Integer,
    Inverse,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Pow,
    Rational,
    S,
    Symbol,
    Trace,
    ZeroMatrix,
)

import tptheory
from tptheory import (
    DeepLinearNetwork,
    LogPdet,
    Pinv,
    Recursion,
    Rule,
    inner,
    matadd,
    matmul,
    rule_named,
    squared_norm,
    trace,
    transpose,
)

STYLES = ("tptheory", "operators", "mixed")


def symbol(key: Term) -> Any:
    """Return the symbol of a number or a size, or of a matrix."""
    if key[0] == "S":
        return Symbol(key[1], **dict.fromkeys(key[2], True))
    return MatrixSymbol(key[1], *(symbol(n) if isinstance(n, tuple) and n[0] == "S" else n for n in key[2:]))


def index_symbol(name: str) -> Symbol:
    """Return the symbol of an index, or of a depth."""
    return Symbol(name, integer=True)


class Builder:
    """Build one claim.

    Args:
        seed: chooses the style of each node where the style is mixed.
        style: one of `STYLES`.
    """

    def __init__(self, seed: int = 0, style: str = "tptheory") -> None:
        self.rng, self.style = np.random.default_rng(seed), style
        self.simplified = False
        """Whether SymPy dropped an inverse, or a matrix of some size: what is not there binds nothing."""
        self.recursions: dict[Term, Recursion] = {}
        self.rules: dict[Term, Rule] = {}
        self.nets: dict[Term, DeepLinearNetwork] = {}

    def plainly(self) -> bool:
        """Whether the next node is built by SymPy's operators."""
        return self.style == "operators" or (self.style == "mixed" and bool(self.rng.random() < 0.5))

    # Claims.

    def claim(self, term: Term) -> Any:
        """Build a claim, or a hypothesis."""
        match term:
            case ("Hyp", name, matrices):
                return getattr(tptheory, name)(*(self(A) for A in matrices))
            case ("AllOf", claims):
                return tptheory.AllOf(*(self.claim(c) for c in claims))
            case ("AnyOf", claims, given):
                return tptheory.AnyOf(*(self.claim(c) for c in claims), given=self.given(given))
            case ("ForAll", inside, (name, first, last), given):
                limits = (index_symbol(name), self.index(first), self.index(last))
                return tptheory.ForAll(self.claim(inside), limits, given=self.given(given))
            case ("RankAtMost", A, bounds, given):
                found = [self(b) if self.is_expression(b) else self.size(b) for b in bounds]
                return tptheory.RankAtMost(self(A), found[0] if len(found) == 1 else found, given=self.given(given))
            case ("Conserved" | "Nonincreasing" as kind, q, motion, given):
                return getattr(tptheory, kind)(self(q), along=self.motion(motion), given=self.given(given))
            case ("Commute", ("step", *_) as one, other, given):
                return tptheory.Commute(self.motion(one), self.motion(other), given=self.given(given))
        kind, *arguments, given = term
        return getattr(tptheory, kind)(*(self(e) for e in arguments), given=self.given(given))

    def given(self, given: tuple[Term, ...]) -> list[Any]:
        """Build the hypotheses."""
        return [self.claim(h) for h in given]

    def is_expression(self, term: Term) -> bool:
        """Tell a matrix from a size."""
        return isinstance(term, tuple) and term[0] not in ("S", "n+", "n*", "width", "i")

    # Sizes and indices.

    def index(self, i: Term, at: Any = None) -> Any:
        """Build an index; ``at`` is what stands for it in a recursion or a rule."""
        if isinstance(i, int):
            return i
        base = at if i[1] == "@" else index_symbol(i[1])
        return base + i[2] if i[2] else base

    def size(self, n: Term, at: Any = None, net: Any = None) -> Any:
        """Build a size."""
        match n:
            case ("S", *_):
                return symbol(n)
            case ("i", *_):
                return self.index(n, at)
            case ("n+", *parts):
                return reduce(plus, (self.size(part, at) for part in parts))
            case ("n*", a, b):
                return self.size(a, at) * self.size(b, at)
            case ("width", l):
                return DeepLinearNetwork(depth=index_symbol("L")).widths[self.index(l, at)]
        return n

    # Networks, rules, motions, recursions.

    def net(self, term: Term) -> DeepLinearNetwork:
        """Build a network."""
        if term not in self.nets:
            _, depth, widths, batch, biases, loss = term
            found = {} if depth is None else {"depth": self.index(depth)}
            found |= {} if widths is None else {"widths": tuple(self.size(n) for n in widths)}
            self.nets[term] = DeepLinearNetwork(**found, batch=self.size(batch), biases=biases, loss=loss)
        return self.nets[term]

    def rule(self, term: Term) -> Rule:
        """Build a rule."""
        if isinstance(term, str):
            return rule_named(term)
        if term not in self.rules:
            _, name, direct, body = term

            def feedback(rule: Rule, net: DeepLinearNetwork, l: Any) -> Any:
                return self(body, l, net=net)

            members = {"feedback": feedback, "direct": direct, "name": name.lower(), "title": name}
            self.rules[term] = type(name, (Rule,), members)()
        return self.rules[term]

    def motion(self, term: Term) -> Any:
        """Build a flow or a step."""
        kind, rule, net = term
        return getattr(self.rule(rule), kind)(self.net(net))

    def recursion(self, term: Term) -> Recursion:
        """Build a recursion, once: each that is built anew is another."""
        if term not in self.recursions:
            _, name, first, last, start, step, shape, downward = term
            self.recursions[term] = Recursion(
                name,
                self.index(first),
                self.index(last),
                self(start),
                lambda k, previous: self(step, k, previous),
                None if shape is None else lambda k: tuple(self.size(n, k) for n in shape),
                downward=downward,
            )
        return self.recursions[term]

    # Expressions.

    def __call__(self, e: Term, at: Any = None, previous: Any = None, net: Any = None) -> Any:
        """Build an expression."""
        inside = (at, previous, net)
        match e:
            case int():
                return e
            case ("num", p, q):
                return Rational(p, q)
            case ("S", *_) | ("M", _, int(), int()):
                return symbol(e)
            case ("M", name, rows, columns):
                return MatrixSymbol(name, self.size(rows, at), self.size(columns, at))
            case ("size", n):
                found = self.size(n, at)
                return Integer(found) if isinstance(found, int) else found
            case ("prev",):
                return previous
            case ("if", i, number, then, otherwise):
                return self(then if self.index(i, at) == self.index(number, at) else otherwise, *inside)
            case ("at", rec, i):
                return self.recursion(rec)(self.index(i, at))
            case ("mul" | "add" | "scale" | "smul" | "sadd" as tag, *parts):
                return self.joined(tag, [self(part, *inside) for part in parts])
            case ("id", n):
                return Identity(self.size(n, at))
            case ("zero" | "ones" as tag, rows, columns):
                return {"zero": ZeroMatrix, "ones": OneMatrix}[tag](self.size(rows, at), self.size(columns, at))
            case ("explicit", entries):
                return ImmutableMatrix([[Rational(p, q) for p, q in row] for row in entries])
            case ("entry", A, i, j):
                return self(A, *inside)[i, j]
            case ("pow", A, exponent):
                base = self(A, *inside)
                return base**exponent if self.plainly() else MatPow(base, exponent)
            case ("spow", s, exponent):
                base = self(s, *inside)
                found = base**exponent if self.plainly() else Pow(base, exponent)
                self.simplified |= (exponent <= 0 and found.is_number) or inverses(base) > inverses(found)
                return found
            case ("velocity", motion, A):
                return self.motion(motion).derivative(self(A, *inside))
            case ("after", motion, A):
                return self.motion(motion).after(self(A, *inside))
            case (tag, *arguments) if tag in OPERATIONS:
                return self.applied(tag, [self(A, *inside) for A in arguments])
        return self.of_network(e, at, net)

    def joined(self, tag: str, parts: list[Any]) -> Any:
        """Multiply or add."""
        numbers = tag in ("smul", "sadd")
        if numbers or self.plainly():
            found = reduce(plus if tag in ("add", "sadd") else times, parts)
        else:
            found = matadd(*parts) if tag == "add" else matmul(*parts)
        self.simplified |= inverses(*parts) != inverses(found) or not sizes(*parts) <= sizes(found)
        return found

    def applied(self, tag: str, arguments: list[Any]) -> Any:
        """Transpose, invert, take a trace."""
        found = OPERATIONS[tag][self.plainly()](*arguments)
        self.simplified |= inverses(*arguments) > inverses(found)
        return found

    def of_network(self, e: Term, at: Any, here: Any) -> Any:
        """Build what a network or a rule names."""

        def net(term: Term) -> DeepLinearNetwork:
            return here if term == HERE else self.net(term)

        match e:
            case ("input" | "target" | "error" | "loss" as tag, of):
                return getattr(net(of), tag)
            case ("weight" | "bias" | "activation" as tag, of, l):
                return getattr(net(of), tag)(self.index(l, at))
            case ("product", of, high, low):
                return net(of).product(self.index(high, at), self.index(low, at))
            case ("feedback" | "update" | "signal" | "aim" as tag, rule, of, l):
                name = {"signal": "error_signal", "aim": "target"}.get(tag, tag)
                return getattr(self.rule(rule), name)(net(of), self.index(l, at))
        raise NotImplementedError(e)


OPERATIONS = {
    "t": (transpose, lambda A: A.T),
    "pinv": (Pinv, Pinv),
    "inv": (Inverse, Inverse),
    "trace": (trace, Trace),
    "norm2": (squared_norm, lambda A: Trace(A.T * A)),
    "inner": (inner, lambda A, B: Trace(A.T * B)),
    "det": (Determinant, Determinant),
    "logpdet": (LogPdet, LogPdet),
}
"""How each operation is written, by tptheory and by SymPy alone."""


def sizes(*expressions: Any) -> set[Any]:
    """Return the symbols that matrices in expressions have as sizes."""
    matrices = {part for e in expressions for part in getattr(e, "atoms", lambda *_: ())(MatrixExpr)}
    return {symbol for A in matrices for n in A.shape for symbol in S(n).free_symbols}


def inverses(*expressions: Any) -> set[Any]:
    """Return what is inverted in expressions."""
    found: set[Any] = set()
    for e in expressions:
        atoms = e.atoms(MatPow, Pow) if hasattr(e, "atoms") else set()
        found |= {part.base for part in atoms if part.exp.could_extract_minus_sign()}
    return found
