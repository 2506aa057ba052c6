"""Check a tptheory certificate. The only code that must be trusted: standard library only, runs alone.

    python checker.py CERTIFICATE.json

A certificate shows that a polynomial in real matrices, the goal, follows from hypotheses that are zero:
``goal = sum of coefficient * left * hypothesis * right`` over its cofactors. A term is [rational, word] or
[rational, word, size]; a word lists symbols whose shapes compose, the empty word is the identity of its size.
* A symbol of shape [] is a scalar; a list inside a word is the trace of that product. Scalars commute with everything,
  a trace may be rotated and transposed, a 1x1 product is its own trace, tr(I) is its size.
* A cofactor with a fifth entry ``outer`` stands for coefficient * outer * tr(left * hypothesis * right).
* "rank": goal = product of "factors" + cofactors, so its rank is at most "bound": a size between two factors, or the
  rank of a factor. "descent": goal + sum of weight * tr(Q Q') over "squares" [weight, Q] = cofactors, so goal <= 0.
* "all": each of "parts" is a certificate of its own.
"""

import json
import re
import sys
from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

Letters = tuple[str, ...]
Monomial = tuple[tuple[Letters, ...], Letters]  # its scalars, sorted; then the rest of the word
Polynomial = tuple[dict[Monomial, Fraction], tuple[str, str]]  # coefficients, and the shape
FORMAT, BYTES, WORK = "tptheory-certificate/1", 1 << 26, 100_000_000  # the most bytes, and letters, that are read


class Refused(ValueError):  # noqa: N818  a verdict, not a failure
    """Say why a certificate is not accepted."""


def require(condition: Any, reason: str) -> None:
    if not condition:
        raise Refused(reason)


def rational(text: str) -> Fraction:
    require(re.fullmatch(r"-?[0-9]{1,2000}(/0*[1-9][0-9]{0,2000})?", text, re.ASCII), f"{text[:40]!r} is no rational")
    return Fraction(text)


def collect(terms: Iterable[tuple[Monomial, Fraction]]) -> dict[Monomial, Fraction]:
    total: dict[Monomial, Fraction] = {}
    for monomial, coefficient in terms:
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return total


class Checker:
    """Hold the symbols of one certificate; read, multiply and trace what is made of them."""

    def __init__(self, symbols: dict[str, list[str]], adjoints: list[list[str]]) -> None:
        self.work, self.adjoints = WORK, {a: b for pair in adjoints for a, b in (pair, pair[::-1])}
        self.shapes = {name: tuple(shape) for name, shape in symbols.items()}
        for name, shape in self.shapes.items():
            require(len(shape) in (0, 2) and all(n and isinstance(n, str) for n in shape), f"bad shape of {name}")
        for a, b in self.adjoints.items():
            transposed = self.shapes[a] and self.shapes[a] == self.shapes[b][::-1]
            require(transposed and self.adjoints[b] == a, f"{a} and {b} cannot be adjoint")

    def shape(self, letters: Letters) -> tuple[str, str]:
        for a, b in pairwise(letters):
            require(self.shapes[a][1] == self.shapes[b][0], f"the shapes of {a} and {b} do not compose")
        return self.shapes[letters[0]][0], self.shapes[letters[-1]][1]

    def cut(self, letters: Letters) -> tuple[list[Letters], Letters]:
        """Take out of a word the scalars that stand between two sizes 1."""
        at = [i for i, a in enumerate(letters) if self.shapes[a][0] == "1"]
        at += [len(letters)] if letters and self.shapes[letters[-1]][1] == "1" else []
        return [letters[i:j] for i, j in pairwise(at)], letters[: at[0]] + letters[at[-1] :] if at else letters

    def trace(self, letters: Letters) -> list[Letters]:
        """Cut a closed product into scalars, each called by the least rotation of it or of its transpose."""
        require(len(set(self.shape(letters))) == 1, "a trace must be of a square product")
        turn = next((i for i, a in enumerate(letters) if self.shapes[a][0] == "1"), 0)
        loops = self.cut(letters[turn:] + letters[:turn])[0] or [letters]
        self.work -= sum(len(p) ** 2 for p in loops)
        pairs = [(p, tuple(self.adjoints[a] for a in reversed(p))) for p in loops]
        return [min(q[i:] + q[:i] for q in pair for i in range(len(q))) for pair in pairs]

    def term(self, scalars: Iterable[Letters], traces: list[Letters], letters: Letters) -> Monomial:
        """Bring scalars times traces times a word to normal form."""
        self.work -= 1 + len(letters)
        require(self.work > 0, "the certificate asks for too much work")
        between, letters = self.cut(letters)
        return tuple(sorted([*scalars, *(name for p in traces + between for name in self.trace(p))])), letters

    def polynomial(self, terms: list[Any], size: str = "") -> Polynomial:
        """Read terms of one shape; scalars alone are of ``size`` where they name none."""
        read, shapes = [], set()
        for coefficient, word, *sizes in terms:
            scalars = [(a,) for a in word if isinstance(a, str) and not self.shapes[a]]
            letters = tuple(a for a in word if isinstance(a, str) and self.shapes[a])
            monomial = self.term(scalars, [tuple(a) for a in word if not isinstance(a, str)], letters)
            read.append((monomial, rational(coefficient)))
            shapes.add(self.shape(letters) if letters else (*sizes, size)[:1] * 2)
        require(len(shapes) == 1, "the terms of a polynomial must have one shape")
        require(all(n and isinstance(n, str) for n in min(shapes)), "an empty word must carry its size")
        return collect(read), shapes.pop()

    def product(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """Multiply; a 1x1 polynomial is a scalar."""
        require(("1", "1") in (p[1], q[1]) or p[1][1] == q[1][0], "the shapes of two factors do not compose")
        terms = ((self.term(s + t, [], u + v), c * d) for (s, u), c in p[0].items() for (t, v), d in q[0].items())
        return collect(terms), q[1] if p[1] == ("1", "1") else p[1] if q[1] == ("1", "1") else (p[1][0], q[1][1])

    def closed(self, p: Polynomial) -> Polynomial:
        """Take the trace; the size of an identity must be a number or a declared scalar."""
        require(p[1][0] == p[1][1], "a trace must be of a square product")
        size = p[1][0]
        number, scalar = (Fraction(size), ()) if size.isdecimal() else (Fraction(1), ((size,),))
        require(not scalar or self.shapes.get(size, ()) == (), f"{size} must be a scalar")
        pairs = (((s, [u]), c) if u else ((s + scalar, []), c * number) for (s, u), c in p[0].items())
        return collect((self.term(*m, ()), c) for m, c in pairs), ("1", "1")

    def parts(self, data: dict[str, Any]) -> Iterable[tuple[Fraction, Polynomial]]:
        """Run through all that must sum to the goal."""
        if data["method"] == "rank":
            factors, bound = [self.polynomial(f) for f in data["factors"]], data["bound"]
            require(all(p[1][1] == q[1][0] for p, q in pairwise(factors)), "the factors do not compose")
            sizes = [p[1][1] for p in factors[:-1]]
            require(
                bound in sizes if isinstance(bound, str) else self.polynomial(bound) in factors, "the bound is not met"
            )
            yield Fraction(1), reduce(self.product, factors)
        elif data["method"] == "descent":
            for weight, square in data["squares"]:
                terms, (rows, columns) = self.polynomial(square)
                back = {(s, tuple(self.adjoints[a] for a in reversed(u))): c for (s, u), c in terms.items()}
                require(rational(weight) > 0, "the weight of a square must be positive")
                yield -rational(weight), self.closed(self.product((terms, (rows, columns)), (back, (columns, rows))))
        else:
            require(data["method"] == "identity", "the method is unknown")
        hypotheses = [self.polynomial(h) for h in data["hypotheses"]]
        for coefficient, left, k, right, *outer in data["cofactors"]:
            require(k >= 0, "there is no negative hypothesis")
            sides = [self.polynomial([["1", side]], "1") for side in (left, right, *outer)]
            p = self.product(self.product(sides[0], hypotheses[k]), sides[1])
            yield rational(coefficient), self.product(sides[2], self.closed(p)) if outer else p


def check(data: dict[str, Any]) -> None:
    """Accept a certificate in silence.

    Raises:
        Refused: with the reason, if it is malformed or does not hold.
    """
    try:
        require(data["format"] == FORMAT, f"the format must be {FORMAT}")
        if data["method"] == "all":
            require(data["parts"], "there is nothing to check")
            for part in data["parts"]:
                check(part)
            return
        checker = Checker(data["symbols"], data["adjoints"])
        total, shape = checker.polynomial(data["goal"])
        for coefficient, (terms, found) in checker.parts(data):
            require(found == shape, f"a part of shape {found} cannot sum to a goal of shape {shape}")
            for monomial, c in terms.items():
                total[monomial] = total.get(monomial, Fraction(0)) - coefficient * c
        require(not any(total.values()), "the cofactors do not sum to the goal")
    except Refused:
        raise
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Refused(f"malformed: {type(error).__name__} {error}"[:200]) from None


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
