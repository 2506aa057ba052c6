"""Check a tptheory certificate. The only code that must be trusted: standard library only, runs alone.

    python checker.py CERTIFICATE.json

It shows that a polynomial in real matrices, the goal, follows from hypotheses that are zero: goal = the sum, over its
cofactors, of coefficient * left * hypothesis * right. A term is [rational, word] or [rational, word, size]; a word
lists symbols whose shapes compose, the empty word is the identity of its size. A symbol of shape [] is a scalar; a list
inside a word is the trace of that product. Scalars commute with everything, a trace may be rotated and transposed, a
1x1 product is its own trace, tr(I) is its size. A cofactor with a fifth entry stands for coefficient * fifth *
tr(left * hypothesis * right). "rank": goal = product of "factors" + cofactors, so its rank is at most "bound": a size
between two factors, or the rank of a factor. "descent": goal + sum of weight * tr(Q Q') over "squares" [weight, Q] =
cofactors, so goal <= 0. "cancellation": goal' * goal = cofactors, so goal = 0. "all": each of "parts" is a certificate.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

Letters = tuple[str, ...]
Monomial = tuple[tuple[Letters, ...], Letters]  # its scalars, sorted; then the rest of the word
Polynomial = tuple[dict[Monomial, Any], tuple[str, str]]  # coefficients, and the shape
FORMAT, BYTES, WORK = "tptheory-certificate/1", 1 << 26, 100_000_000  # the most bytes, and letters, that are read


class Refused(ValueError):  # noqa: N818  a verdict, not a failure
    """Say why a certificate is not accepted."""


def require(condition: Any, reason: str) -> None:
    if not condition:
        raise Refused(reason)


def rational(text: str) -> Fraction:
    require(re.fullmatch(r"-?[0-9]{1,2000}(/0*[1-9][0-9]{0,2000})?", text, re.ASCII), f"{text[:40]!r} is no rational")
    return Fraction(text)


class Checker:
    """Hold the symbols of one certificate; read, multiply and trace what is made of them."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.work, self.shapes = WORK, {a: tuple(shape) for a, shape in data["symbols"].items()}
        self.adjoints = {a: b for pair in data["adjoints"] for a, b in (pair, pair[::-1])}
        for a, shape in self.shapes.items():
            require(len(shape) in (0, 2) and all(n and isinstance(n, str) for n in shape), f"bad shape of {a}")
        for a, b in self.adjoints.items():
            transposed = self.shapes[a] and self.shapes[a] == self.shapes[b][::-1]
            require(transposed and self.adjoints[b] == a, f"{a} and {b} cannot be adjoint")

    def shape(self, word: Letters) -> tuple[str, str]:
        for a, b in pairwise(word):
            require(self.shapes[a][1] == self.shapes[b][0], f"the shapes of {a} and {b} do not compose")
        return self.shapes[word[0]][0], self.shapes[word[-1]][1]

    def cut(self, word: Letters) -> tuple[list[Letters], Letters]:
        """Take out of a word the scalars that stand between two sizes 1."""
        at = [i for i, a in enumerate(word) if self.shapes[a][0] == "1"]
        at += [len(word)] if word and self.shapes[word[-1]][1] == "1" else []
        return [word[i:j] for i, j in pairwise(at)], word[: at[0]] + word[at[-1] :] if at else word

    def trace(self, word: Letters) -> Iterator[Letters]:
        """Cut a closed word into scalars, each called by the least rotation of it or of its transpose."""
        require(len(set(self.shape(word))) == 1, "a trace must be of a square product")
        turn = next((i for i, a in enumerate(word) if self.shapes[a][0] == "1"), 0)
        for p in self.cut(word[turn:] + word[:turn])[0] or [word]:
            self.work -= len(p) ** 2
            both = p, tuple(self.adjoints[a] for a in reversed(p))
            yield min(q[i:] + q[:i] for q in both for i in range(len(q)))

    def term(self, scalars: tuple[Letters, ...], traces: list[Letters], word: Letters) -> Monomial:
        """Bring scalars times traces times a word to normal form."""
        self.work -= 1 + len(word)
        require(self.work > 0, "the certificate asks for too much work")
        between, word = self.cut(word)
        return tuple(sorted([*scalars, *(name for p in traces + between for name in self.trace(p))])), word

    def polynomial(self, terms: list[Any], size: str = "") -> Polynomial:
        """Read terms of one shape; scalars alone are of ``size`` where they name none."""
        total: Any = Counter()
        shapes = set()
        for coefficient, items, *sizes in terms:
            scalars = tuple((a,) for a in items if isinstance(a, str) and not self.shapes[a])
            word = tuple(a for a in items if isinstance(a, str) and self.shapes[a])
            monomial = self.term(scalars, [tuple(a) for a in items if not isinstance(a, str)], word)
            total[monomial] += rational(coefficient)
            shapes.add(self.shape(word) if word else (*sizes, size)[:1] * 2)
        require(len(shapes) == 1, "the terms of a polynomial must have one shape")
        require(all(n and isinstance(n, str) for n in min(shapes)), "an empty word must carry its size")
        return total, shapes.pop()

    def product(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """Multiply; a 1x1 polynomial is a scalar."""
        require(("1", "1") in (p[1], q[1]) or p[1][1] == q[1][0], "the shapes of two factors do not compose")
        total = Counter()  # type: ignore[var-annotated]
        for (s, u), c in p[0].items():
            for (t, v), d in q[0].items():
                total[self.term(s + t, [], u + v)] += c * d
        return total, q[1] if p[1] == ("1", "1") else p[1] if q[1] == ("1", "1") else (p[1][0], q[1][1])

    def closed(self, p: Polynomial) -> Polynomial:
        """Take the trace; the size of an identity must be a number or a declared scalar."""
        size, total = p[1][0], Counter()  # type: ignore[var-annotated]
        require(
            len(set(p[1])) == 1 and self.shapes.get(size, ()) == (),
            f"a trace must be square, and its size {size} must be a scalar",
        )
        number, scalar = (Fraction(size), ()) if size.isdecimal() else (Fraction(1), ((size,),))
        for (s, u), c in p[0].items():
            total[self.term(s, [u], ()) if u else self.term(s + scalar, [], ())] += c if u else c * number
        return total, ("1", "1")

    def adjoint(self, p: Polynomial) -> Polynomial:
        """Transpose; scalars and traces stay."""
        return {(s, tuple(self.adjoints[a] for a in reversed(u))): c for (s, u), c in p[0].items()}, p[1][::-1]

    def parts(self, data: dict[str, Any]) -> Iterator[tuple[Fraction, Polynomial]]:
        """Run through all that must sum to the goal: every proof passes here, and only here."""
        require(data["method"] in ("identity", "rank", "descent", "cancellation"), "the method is unknown")
        if data["method"] == "rank":
            factors, bound = [self.polynomial(f) for f in data["factors"]], data["bound"]
            require(all(p[1][1] == q[1][0] for p, q in pairwise(factors)), "the factors do not compose")
            sizes = [p[1][1] for p in factors[:-1]]
            require(bound in sizes if isinstance(bound, str) else self.polynomial(bound) in factors, "bound is not met")
            yield Fraction(1), reduce(self.product, factors)
        for weight, square in data["squares"] if data["method"] == "descent" else ():
            q = self.polynomial(square)
            require(rational(weight) > 0, "the weight of a square must be positive")
            yield -rational(weight), self.closed(self.product(q, self.adjoint(q)))
        hypotheses = [self.polynomial(h) for h in data["hypotheses"]]
        for coefficient, left, k, right, *outer in data["cofactors"]:
            require(k >= 0, "there is no negative hypothesis")
            sides = [self.polynomial([["1", side]], "1") for side in (left, right, *outer)]
            p = self.product(self.product(sides[0], hypotheses[k]), sides[1])
            yield rational(coefficient), self.product(sides[2], self.closed(p)) if outer else p


def check(data: dict[str, Any]) -> None:
    """Accept a certificate in silence, or raise Refused with the reason."""
    try:
        require(data["format"] == FORMAT, f"the format must be {FORMAT}")
        require(data["method"] != "all" or data["parts"], "there is nothing to check")
        for part in data["parts"] if data["method"] == "all" else ():
            check(part)
        if data["method"] != "all":
            checker = Checker(data)
            goal = checker.polynomial(data["goal"])
            total, shape = checker.product(checker.adjoint(goal), goal) if data["method"] == "cancellation" else goal
            for coefficient, (terms, found) in checker.parts(data):
                require(found == shape, f"a part of shape {found} cannot sum to a goal of shape {shape}")
                for monomial, c in terms.items():
                    total[monomial] -= coefficient * c
            require(not any(total.values()), "the cofactors do not sum to the goal")
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise (
            error if isinstance(error, Refused) else Refused(f"malformed: {type(error).__name__} {error}"[:200])
        ) from None


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
