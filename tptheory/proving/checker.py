"""Check a tptheory certificate. The only code that must be trusted: standard library only, runs alone.

    python checker.py CERTIFICATE.json

It shows that a polynomial in real matrices, the goal, follows from hypotheses that are zero: goal = the sum, over its
cofactors, of coefficient * left * hypothesis * right. A term is [rational, word] or [rational, word, size]; a word
lists symbols whose shapes compose, the empty word is the identity of its size. A symbol of shape [] is a scalar; a list
inside a word is the trace of that product. Scalars commute, a trace may be rotated and transposed, a 1x1 product is its
own trace, tr(I) is its size. A cofactor with a fifth entry is coefficient * fifth * tr(left * hypothesis * right). Of n
hypotheses, number n + k is number k transposed.

"rank": goal = product of "factors" + cofactors, so its rank is at most "bound", a size between factors or a factor.
"descent": goal + the sum of weight * |Q|^2 over "squares" [weight, Q] = cofactors, so goal <= 0.
"cancellation": |goal|^2 + such a sum = cofactors, so goal = 0.
"cases": the product over "split" of the sums of |P|^2 = cofactors, so in one case all P are 0; each of "parts" is one.
"all": each of "parts" is a certificate.
"induction": a hypothesis [terms, first, last] holds for every index k from first to last, where an index is a number,
L or L - 1 and so on, for any L >= 1. Each of "parts" [goal, first, last, cases] shows that the goal does too: at
l; or at first, and at l+1 from l; or at last, and at l from l+1. A goal that is shown to be 0 is a hypothesis of the
next. Each case names the indices at which symbols stand, and "uses" [number, index] of hypotheses.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

Polynomial = tuple[list[Any], Any]  # terms (coefficient, scalars and traces, word), and the shape
FORMAT, BYTES, WORK = "tptheory-certificate/1", 1 << 26, 20_000_000  # the most bytes, and letters, that are read
ALONE, METHODS = ("all", "induction"), ("identity", "rank", "descent", "cancellation", "cases")
ONE, PROBE, TURNED = ("1", "1"), "<", ">"  # a matrix P is zero if tr(P <) is, for a matrix < of which nothing is known


class Refused(ValueError):  # noqa: N818  a verdict, not a failure
    """Say why a certificate is not accepted."""


def require(condition: Any, reason: str) -> None:
    if not condition:
        raise Refused(reason)


def spend(work: list[int], cost: int) -> None:
    work[0] -= cost
    require(work[0] > 0, "the certificate asks for too much work")


def rational(text: str) -> Fraction:
    require(re.fullmatch(r"-?[0-9]{1,2000}(/0*[1-9][0-9]{0,2000})?", text, re.ASCII), f"{text[:40]!r} is no rational")
    return Fraction(text)


class Checker:
    """Hold the symbols of one certificate; read, multiply and trace what is made of them."""

    def __init__(self, data: dict[str, Any], work: list[int]) -> None:
        self.work, self.scalars = work, [a for a, shape in data["symbols"].items() if shape == []]
        self.shapes = {a: tuple(shape) or ONE for a, shape in data["symbols"].items() if isinstance(shape, list)}
        self.adjoints = {a: b for p in data["adjoints"] for a, b in (p, p[::-1])} | {a: a for a in self.scalars}
        for a, shape in self.shapes.items():
            require(len(shape) == 2 and all(n and isinstance(n, str) for n in shape), f"bad shape of {a}")
            require(a not in "<>", f"a symbol cannot be called {a!r}")
        for a, b in self.adjoints.items():
            require(self.shapes[a] == self.shapes[b][::-1] and self.adjoints[b] == a, f"{a} and {b} cannot be adjoint")

    def polynomial(self, terms: list[Any]) -> Polynomial:
        """Read terms of one shape: in each, scalars and traces apart from the word, which is a trace if it is 1x1."""
        read, shapes = [], set()
        for coefficient, items, *size in terms:
            parts = [[a] if a in self.scalars else a for a in items]
            traces, word = (
                [tuple(a) for a in parts if isinstance(a, list)],
                tuple(a for a in parts if isinstance(a, str)),
            )
            shape = (self.shapes[word[0]][0], self.shapes[word[-1]][1]) if word else (*size[:1], *size[:1])
            require(shape and shape[0] and isinstance(shape[0], str), "an empty word must carry its size")
            traces, word = ([*traces, word], ()) if word and shape == ONE else (traces, word)
            read.append((rational(coefficient), traces, word))
            shapes.add(shape)
        require(len(shapes) == 1, "the terms of a polynomial must have one shape")
        return read, shapes.pop()

    def product(self, p: Polynomial, q: Polynomial) -> Polynomial:
        require(ONE in (p[1], q[1]) or p[1][1] == q[1][0], "the shapes of two factors do not compose")
        spend(self.work, len(p[0]) * len(q[0]))
        shape = q[1] if p[1] == ONE else p[1] if q[1] == ONE else (p[1][0], q[1][1])
        return [(c * d, s + t, u + v) for c, s, u in p[0] for d, t, v in q[0]], shape

    def trace(self, p: Polynomial) -> Polynomial:
        """Take the trace; that of an identity is its size, a number or a declared scalar."""
        n = p[1][0]
        require(p[1] == (n, n) and (n in self.scalars or n not in self.shapes), f"a trace is square, a size {n} scalar")
        number = int(n) if n.isdecimal() else 0
        return [(c * number, s, ()) if number and not u else (c, [*s, u or (n,)], ()) for c, s, u in p[0]], ONE

    def transpose(self, p: Polynomial) -> Polynomial:
        return [(c, s, tuple(self.adjoints[a] for a in reversed(u))) for c, s, u in p[0]], p[1][::-1]

    def norm(self, p: Polynomial) -> Polynomial:
        return self.trace(self.product(self.transpose(p), p))

    def monomial(self, traces: list[Any]) -> Any:
        """Bring a product of traces to normal form: every step of every proof passes here, and only here.

        What stands between two sizes 1 is a scalar, and a trace is called by its least rotation or transpose.
        """
        pieces = []
        for w in traces:
            for a, b in pairwise((*w, w[0])):
                require(self.shapes[a][1] == self.shapes[b][0], f"the shapes of {a} and {b} do not compose")
            at = [i for i, a in enumerate(w) if self.shapes[a][0] == "1"]
            pieces += [(w + w)[i:j] for i, j in pairwise([*at, at[0] + len(w)])] if at else [w]
        spend(self.work, 1 + sum(len(w) ** 2 for w in pieces))
        both = [(w, tuple(self.adjoints[a] for a in reversed(w) if a in self.adjoints)) for w in pieces]
        return tuple(sorted(min(v[i:] + v[:i] for v in p if len(v) == len(p[0]) for i in range(len(v))) for p in both))

    def summands(self, data: dict[str, Any]) -> Iterator[tuple[Any, Polynomial]]:
        """Run through what is proved and, subtracted from it, all that proves it."""
        method, goal = data["method"], self.polynomial(data["goal"])
        if method == "cases":
            norms = [[self.norm(self.polynomial(p)) for p in case] for case in data["split"]]
            yield 1, reduce(self.product, [([t for p in case for t in p[0]], ONE) for case in norms])
        else:
            yield 1, self.norm(goal) if method == "cancellation" else goal
        if method == "rank":
            factors, bound = [self.polynomial(f) for f in data["factors"]], data["bound"]
            require(all(p[1][1] == q[1][0] for p, q in pairwise(factors)), "the factors do not compose")
            require(bound in [p[1][1] for p in factors[:-1]] or bound in data["factors"], "the bound is not met")
            yield -1, reduce(self.product, factors)
        for weight, square in data.get("squares", ()) if method in ("descent", "cancellation") else ():
            require(rational(weight) > 0, "the weight of a square must be positive")
            yield rational(weight), self.norm(self.polynomial(square))
        hypotheses = [self.polynomial(h) for h in data["hypotheses"]]
        for coefficient, left, k, right, *outer in data["cofactors"]:
            require(k >= 0, "there is no negative hypothesis")
            a, b, *c = [self.polynomial([["1", side, "1"]]) for side in (left, right, *outer)]
            h = hypotheses[k] if k < len(hypotheses) else self.transpose(hypotheses[k - len(hypotheses)])
            p = self.product(self.product(a, h), b)
            yield -rational(coefficient), self.product(c[0], self.trace(p)) if c else p

    def total(self, summands: Iterator[tuple[Any, Polynomial]]) -> Any:
        """Add up, in normal form."""
        total, shape = Counter(), None  # type: ignore[var-annotated]
        for c, (terms, found) in summands:
            shape = shape or found
            require(found == shape, f"a part of shape {found} cannot sum to a goal of shape {shape}")
            self.shapes |= {PROBE: shape[::-1], TURNED: shape}
            self.adjoints |= {PROBE: TURNED, TURNED: PROBE}
            for d, s, u in terms:
                total[self.monomial([*s, (*u, PROBE)])] += c * d
        return total


def value(index: str, l: int | None, L: int) -> int:
    found = re.fullmatch(r"([lL]?)([+-]?[0-9]?)", index, re.ASCII)
    require(index and found, f"{index!r} is no index")
    return {"": 0, "l": l, "L": L}[found[1]] + int(found[2] or 0)  # type: ignore[index, operator]


@lru_cache(1 << 12)
def covered(i: str, a: str, b: str, first: str, last: str, step: bool) -> bool:
    """Whether i is from a to b at every l from first to last, or to last - 1: offsets are digits, so L < 40 decides."""
    every = ((l, L) for L in range(1, 40) for l in range(value(first, None, L), value(last, None, L) + 1 - step))
    return all(value(a, None, L) <= value(i, l, L) <= value(b, None, L) for l, L in every)


def put(item: Any, i: str) -> Any:
    """Put the index i in the place of k in every name."""
    if isinstance(item, list):
        return [put(x, i) for x in item]
    require("[l" not in item, "a name at l stands outside of a case")
    base, offset = i.rstrip("+-0123456789"), value(i, 0, 0)
    name = re.sub(r"\[k([+-][0-9])?\]", lambda m: f"[{base}{offset + int(m[1] or 0):+d}]", item, flags=re.ASCII)
    return name.replace("[+", "[").replace("+0]", "]")


def vanishes(data: dict[str, Any]) -> bool:
    """Whether a certificate shows that its goal is 0, and not only that it is at most 0, or of some rank."""
    parts = data["parts"] if data["method"] == "cases" else []
    return data["method"] in ("identity", "cancellation") or (bool(parts) and all(map(vanishes, parts)))


def reduced(data: dict[str, Any], work: list[int]) -> Iterator[dict[str, Any]]:
    """Run through the certificates to which "all", "cases" and "induction" reduce one."""
    if data["method"] == "all":
        yield from data["parts"]
    for part, case in zip(data["parts"], data["split"], strict=True) if data["method"] == "cases" else ():
        shared = {key: data[key] for key in ("format", "symbols", "adjoints", "goal")}
        yield {**part, **shared, "hypotheses": [*data["hypotheses"], *case]}
    theorems = data["parts"] if data["method"] == "induction" else []
    laws = [[*law, True] for law in data["hypotheses"]] if theorems else []
    for goal, first, last, cases in theorems:
        ways = [["l", ""]], [[first, ""], ["l+1", "l"]], [[last, ""], ["l", "l+1"]]
        require([case[:2] for case in cases] in ways, "an induction needs a base and a step")
        known = all(vanishes(case) for *_, case in cases)
        require(all("[" not in a.replace("[k]", "") for a in data["symbols"]), "a symbol has an index other than k")
        for i, own, case in cases:
            hypotheses = []
            spend(work, 100 * len(case["indices"]) * len(data["symbols"]))
            for j, at in case["uses"]:
                terms, a, b, zero = (*laws, [goal, own, own, known])[j]
                require(zero, "what is used is not shown to be 0")
                spend(work, 1000 + len(str(terms)))
                allowed = (at == own and j == len(laws)) or covered(at, a, b, first, last, bool(own))
                require(allowed, f"{at} may lie outside {a} to {b}")
                hypotheses.append(put(terms, at))
            symbols = {put(s, at): put(shape, at) for at in case["indices"] for s, shape in data["symbols"].items()}
            adjoints = [put(pair, at) for at in case["indices"] for pair in data["adjoints"]]
            shared = {"format": FORMAT, "symbols": symbols, "adjoints": adjoints, "goal": put(goal, i)}
            yield {**case, **shared, "hypotheses": hypotheses}
        laws.append([goal, first, last, known])


def check(data: dict[str, Any], work: list[int] | None = None, methods: tuple[str, ...] = ALONE + METHODS) -> None:
    """Accept a certificate in silence, or raise Refused with the reason."""
    try:
        work = work or [WORK]
        require(data["format"] == FORMAT, f"the format must be {FORMAT}")
        require(data["method"] in methods, "the method is unknown, or cannot stand here")
        require(data["method"] in METHODS or data["parts"], "there is nothing to check")
        if data["method"] in METHODS:
            checker = Checker(data, work)
            require(not any(checker.total(checker.summands(data)).values()), "the cofactors do not sum to the goal")
        for part in reduced(data, work):
            check(part, work, METHODS + ALONE * (data["method"] == "all"))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, Refused) else f"malformed: {type(error).__name__} {error}"
        raise Refused(reason[:200]) from None


def main(paths: list[str]) -> int:
    for path in paths:
        try:
            require(Path(path).stat().st_size <= BYTES, f"the file is larger than {BYTES} bytes")
            check(json.loads(Path(path).read_bytes()))
        except (OSError, ValueError, RecursionError) as error:
            print(f"refused: {path}: {error}"[:400])  # noqa: T201
            return 1
        print(f"accepted: {path}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
