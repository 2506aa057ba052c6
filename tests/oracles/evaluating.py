"""The value of a term at numbers: a second meaning of `oracles.terms` that shares no code with tptheory.

Everything is evaluated exactly, and where something moves along a flow, together with its rate of change, so that no
calculus of tptheory is trusted either. Rules, recursions and ranges are followed at numbers, layer by layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, Self

from flint import fmpq, fmpq_mat
from oracles import duals
from oracles.duals import Logs, Pair, Undefined, plus, times
from oracles.terms import (
    AT,
    DAMPING,
    ETA,
    HERE,
    INDEX,
    Term,
    any_depth,
    depth_of,
    is_matrix,
    samples,
    substitute,
    width,
)


class Values(Protocol):
    """Where the values of symbols come from."""

    def number(self, key: Term) -> Any:
        """Return the value of a symbol that stands for a number or a size."""

    def matrix(self, key: Term, rows: int, columns: int) -> fmpq_mat:
        """Return the value of a matrix."""


class Moved:
    """Values of which some matrices were replaced."""

    def __init__(self, values: Values, matrices: Mapping[Term, fmpq_mat]) -> None:
        self.values, self.matrices = values, matrices

    def number(self, key: Term) -> Any:
        """Return the number as it was."""
        return self.values.number(key)

    def matrix(self, key: Term, rows: int, columns: int) -> fmpq_mat:
        """Return the matrix after what happened."""
        return self.matrices[key] if key in self.matrices else self.values.matrix(key, rows, columns)


class Evaluation:
    """Evaluate terms at values.

    Args:
        values: the values of symbols.
        bound: the numbers that indices and depths stand for, by name.
        rates: the velocities of matrices that move, by key.
        previous: what the neighbouring member of a recursion is, inside its step.
    """

    def __init__(
        self,
        values: Values,
        bound: Mapping[str, int] | None = None,
        rates: Mapping[Term, fmpq_mat] | None = None,
        previous: Pair | None = None,
    ) -> None:
        self.values, self.bound, self.rates, self.previous = values, dict(bound or {}), rates or {}, previous

    def at(self, **indices: int) -> Self:
        """Bind indices."""
        return type(self)(self.values, {**self.bound, **indices}, self.rates, self.previous)

    # Numbers that count.

    def index(self, i: Term) -> int:
        """Return an index as a number."""
        return i if isinstance(i, int) else self.bound[i[1]] + i[2]

    def count(self, n: Term) -> int:
        """Return a size, or an index that stands as one, as a number."""
        match n:
            case int():
                return n
            case ("i", *_):
                return self.index(n)
            case ("S", name, assumptions):
                return self.bound[name] if assumptions == INDEX and name in self.bound else int(self.values.number(n))
            case ("width", l):
                return int(self.values.number(("width", self.index(l))))
            case ("n+", *parts):
                return sum(self.count(part) for part in parts)
            case ("n*", a, b):
                return self.count(a) * self.count(b)
        raise NotImplementedError(n)

    def size(self, n: Term) -> int:
        """Return a size that a matrix can have."""
        found = self.count(n)
        if found < 1:
            raise Undefined("a size below 1")
        return found

    # Expressions.

    def __call__(self, e: Term) -> Pair:
        """Return the value of a matrix or a number, and its rate."""
        match e:
            case ("if", i, number, then, otherwise):
                return self(then if self.index(i) == self.index(number) else otherwise)
            case ("prev",):
                assert self.previous is not None
                return self.previous
            case ("at", rec, i):
                return self.member(rec, self.index(i))
            case ("velocity", motion, quantity):
                return self.derivative(motion, quantity), None
            case ("after", motion, quantity):
                return self.after(motion)(quantity)[0], None
        return self.matrix(e) if is_matrix(e) else self.scalar(e)

    def symbol(self, key: Term, rows: Term, columns: Term) -> Pair:
        """Return the value of a matrix by its key, and its rate."""
        return self.values.matrix(key, self.size(rows), self.size(columns)), self.rates.get(key)

    def matrix(self, e: Term) -> Pair:
        """Evaluate a matrix."""
        match e:
            case ("M", _, rows, columns):
                return self.symbol(e, rows, columns)
            case ("id", n):
                return duals.identity(self.size(n)), None
            case ("zero", rows, columns):
                return fmpq_mat(self.size(rows), self.size(columns)), None
            case ("ones", rows, columns):
                return duals.full(self.size(rows), self.size(columns), lambda *_: 1), None
            case ("explicit", entries):
                return duals.full(len(entries), len(entries[0]), lambda i, j: fmpq(*entries[i][j])), None
            case ("mul", *parts):
                return self.fold(times, parts)
            case ("add", *parts):
                return self.fold(plus, parts)
            case ("scale", s, A):
                return times(self(s), self(A))
            case ("t", A):
                return duals.turned(self(A))
            case ("pinv", A):
                return duals.pseudo_inverse(self(A))
            case ("inv", A):
                return duals.inverse(self(A))
            case ("pow", A, exponent):
                return duals.power(self(A), exponent)
        return self.of_network(e)

    def fold(self, join: Any, parts: list[Term]) -> Pair:
        """Add or multiply all parts."""
        total = self(parts[0])
        for part in parts[1:]:
            total = join(total, self(part))
        return total

    def scalar(self, e: Term) -> Pair:
        """Evaluate a number."""
        match e:
            case ("num", p, q):
                return fmpq(p, q), None
            case ("S", *_):
                if e[2] == INDEX and e[1] in self.bound:
                    return fmpq(self.bound[e[1]]), None
                return fmpq(self.values.number(e)), None
            case ("size", n):
                return fmpq(self.count(n)), None
            case ("sadd", *parts):
                return self.fold(plus, parts)
            case ("smul", *parts):
                return self.fold(times, parts)
            case ("spow", s, exponent):
                return duals.power(self(s), exponent)
            case ("trace", A):
                return duals.diagonal_sum(self(A))
            case ("norm2", A):
                return self(("inner", A, A))
            case ("inner", A, B):
                return duals.diagonal_sum(times(duals.turned(self(A)), self(B)))
            case ("det", A):
                return duals.determinant(self(A))
            case ("logpdet", A):
                return duals.log_pseudo_determinant(self(A))
            case ("entry", A, i, j):
                value, rate = self(A)
                if i >= value.nrows() or j >= value.ncols():
                    raise Undefined("no such entry")
                return value[i, j], None if rate is None else rate[i, j]
            case ("loss", net):
                return self.loss(net)
        raise NotImplementedError(e)

    def member(self, rec: Term, i: int) -> Pair:
        """Follow a recursion to a member."""
        _, _, first, last, start, step, _, downward = rec
        low, high = self.index(first), self.index(last)
        if not low <= i <= high:
            raise Undefined("no such member")
        value = self(start)
        for k in range(high - 1, i - 1, -1) if downward else range(low + 1, i + 1):
            value = type(self)(self.values, {**self.bound, "@": k}, self.rates, value)(step)
        return value

    # Networks and rules.

    def layer_key(self, net: Term, letter: str, l: int, rows: Term, columns: Term) -> Pair:
        """Return a parameter, or a fixed matrix, of a layer."""
        return self.symbol(layer_key(net, letter, l, rows, columns), rows, columns)

    def layer(self, net: Term, l: Term, lowest: int = 1) -> int:
        """Return a layer as a number, and see that it is there."""
        found = self.index(l)
        if not lowest <= found <= self.index(depth_of(net)):
            raise Undefined("no such layer")
        return found

    def of_network(self, e: Term) -> Pair:
        """Evaluate what a network or a rule names."""
        match e:
            case ("weight", net, l):
                l = self.layer(net, l)
                return self.layer_key(net, "W", l, width(net, l), width(net, l - 1))
            case ("bias", net, l):
                l = self.layer(net, l)
                return self.layer_key(net, "b", l, width(net, l), 1)
            case ("input", net):
                return self.layer_key(net, "x" if net[3] is None else "X", 0, width(net, 0), samples(net))
            case ("target", net):
                return self.layer_key(net, "y" if net[3] is None else "Y", 0, self.top(net), samples(net))
            case ("activation", net, l):
                return self.activation(net, self.layer(net, l, 0))
            case ("error", net):
                return self.error(net)
            case ("product", net, high, low):
                return self.product(net, self.index(high), self.index(low))
            case ("feedback", rule, net, l):
                return self.feedback(rule, net, self.layer(net, l))
            case ("signal", rule, net, l):
                return self.signal(rule, net, self.layer(net, l, 0))
            case ("aim", rule, net, l):
                l = self.layer(net, l, 0)
                alpha = self(("S", "alpha", ("positive",)))
                return plus(self.activation(net, l), duals.negative(times(alpha, self.signal(rule, net, l))))
            case ("update", rule, net, l):
                return duals.negative(times(self(ETA), self.descent(rule, net, self.layer(net, l))))
        raise NotImplementedError(e)

    def top(self, net: Term) -> Term:
        """Return the width of the output."""
        return width(net, self.index(depth_of(net)))

    def activation(self, net: Term, l: int) -> Pair:
        """Run the network up to a layer."""
        x = self.of_network(("input", net))
        for k in range(1, l + 1):
            x = times(self.of_network(("weight", net, k)), x)
            if net[4]:
                x = plus(x, times(self.of_network(("bias", net, k)), self(("ones", 1, samples(net)))))
        return x

    def product(self, net: Term, high: int, low: int) -> Pair:
        """Return ``W_high ... W_low``."""
        if high < low - 1 or not 0 <= high <= self.index(depth_of(net)) or low < 1:
            raise Undefined("no such layers")
        total = self(("id", width(net, high)))
        for k in range(high, low - 1, -1):
            total = times(total, self.of_network(("weight", net, k)))
        return total

    def error(self, net: Term) -> Pair:
        """Return the error at the output."""
        L = self.index(depth_of(net))
        if net[5] == "squared":
            return plus(self.activation(net, L), duals.negative(self.of_network(("target", net))))
        return self.layer_key(net, "d" if net[3] is None else "D", L, self.top(net), samples(net))

    def loss(self, net: Term) -> Pair:
        """Return the loss; of an open one the value is a number of its own, and the rate is ``<d_L, dx_L/dt>``."""
        if net[5] == "squared":
            error = self.error(net)
            return times((fmpq(1, 2), None), duals.diagonal_sum(times(duals.turned(error), error)))
        rate = self.activation(net, self.index(depth_of(net)))[1]
        value = Logs({("loss", net): fmpq(1)})
        if rate is None:
            return value, None
        return value, duals.diagonal_sum((self.error(net)[0].transpose() * rate, None))[0]

    def feedback(self, rule: Term, net: Term, l: int) -> Pair:
        """Return the feedback of a rule from layer l to the one below."""
        W, below = ("weight", net, l), width(net, l - 1)
        match rule:
            case "bp":
                return self(("t", W))
            case "tp":
                return self(("pinv", W))
            case "damped-tp":
                gram = ("add", ("mul", W, ("t", W)), ("scale", DAMPING, ("id", width(net, l))))
                return self(("mul", ("t", W), ("inv", gram)))
            case "fa":
                return self.layer_key(net, "B", l, below, width(net, l))
            case "dfa":
                return self.layer_key(net, "Bd", l - 1, below, self.top(net))
            case "gn":
                return duals.pseudo_inverse(self.product(net, self.index(depth_of(net)), l))
            case ("own", _, _, body):
                return self(substitute(substitute(body, HERE, net), AT, l))
        raise NotImplementedError(rule)

    def signal(self, rule: Term, net: Term, l: int) -> Pair:
        """Return the error signal of a layer."""
        L, d = self.index(depth_of(net)), self.error(net)
        if is_direct(rule):
            return times(self.feedback(rule, net, l + 1), d) if l < L else d
        for k in range(L, l, -1):
            d = times(self.feedback(rule, net, k), d)
        return d

    def descent(self, rule: Term, net: Term, l: int) -> Pair:
        """Return the error signal of a layer times its transposed input."""
        return times(self.signal(rule, net, l), duals.turned(self.activation(net, l - 1)))

    # What moves.

    def directions(self, motion: Term) -> Iterator[tuple[Term, fmpq_mat, fmpq_mat]]:
        """Run through the parameters that move: the key of each, its value, and minus its descent."""
        _, rule, net = motion
        still = type(self)(self.values, self.bound)
        for l in range(1, self.index(depth_of(net)) + 1):
            n, m = width(net, l), width(net, l - 1)
            key = layer_key(net, "W", l, n, m)
            yield key, still.symbol(key, n, m)[0], fmpq(-1) * still.descent(rule, net, l)[0]
            if net[4]:
                key = layer_key(net, "b", l, n, 1)
                ones = still(("ones", samples(net), 1))[0]
                yield key, still.symbol(key, n, 1)[0], fmpq(-1) * still.signal(rule, net, l)[0] * ones

    def derivative(self, motion: Term, e: Term) -> Any:
        """Return the rate of a term along a flow, where no rank changes."""
        rates = {key: direction for key, _, direction in self.directions(motion)}
        value, rate = type(self)(self.values, self.bound, rates, self.previous)(e)
        if rate is not None:
            return rate
        return fmpq_mat(value.nrows(), value.ncols()) if isinstance(value, fmpq_mat) else fmpq(0)

    def after(self, motion: Term) -> Self:
        """Take one step, and read what is then."""
        eta = self.values.number(ETA)
        moved = {key: value + fmpq(eta) * direction for key, value, direction in self.directions(motion)}
        return type(self)(Moved(self.values, moved), self.bound, None, self.previous)


def is_direct(rule: Term) -> bool:
    """Tell whether a rule takes the output error straight to each layer."""
    return rule in ("dfa", "gn") or (rule[0] == "own" and rule[2])


def layer_key(net: Term, letter: str, l: int, rows: Term, columns: Term) -> Term:
    """Return what tells a matrix of a layer from all others: in a network of a fixed depth it is any matrix symbol."""
    if any_depth(net):
        return ("layer", letter, l)
    return ("M", letter if letter in "xXyY" else f"{letter[0]}_{l}", rows, columns)
