"""Check that numbers which data move have at most so many conserved functions. Standard library only.

Why acceptance implies the bound: let p(t) solve p' = v(p) from `point` on, v the velocity for the data of `curve`; let
A(t) be the Jacobian of v along it, and F(t) the derivative of p(t) by p(0), so that F' = A F. A conserved Q has Q(p(t))
= Q(p(0)) wherever p begins, so that dQ(p(t)) F(t) = dQ(p(0)), and dQ(p(t)) b(p(t)) = 0 for the velocity b of each of
`fields`. Hence dQ(p(0)) annihilates F(t)^-1 b(p(t)) and all of its derivatives at t = 0, which are the values there of
C_0 = b(p(t)) and C_(k+1) = C_k' - A C_k. If their rank is r, at most n - r conserved functions have independent
differentials at the point, and as the entries are rational functions of it, at almost every other as well. All numbers
are residues modulo PRIME. What is divided by is not 0 there, so that they are those of rational numbers, and a minor
whose residue is not 0 is not 0. A series in t is the list of its first coefficients. `FORMAT.md` describes the fields.
"""

import json
import sys
from operator import mul
from pathlib import Path
from typing import Any

FORMAT, PRIME = "tptheory-law-count/3", (1 << 61) - 1
NESTING = {"point": 1, "curve": 2, "fields": 2, "program": 3, "differentials": 2, "number": 0}  # of lists of integers
REMARKS = {"title", "laws", "fixed"}
BYTES, WORK = 1 << 23, 1 << 29  # of the file; products of two numbers


class Refused(ValueError):  # noqa: N818  a verdict, not a failure
    """Say why a certificate is not accepted."""


def require(condition: Any, reason: str) -> None:
    """Refuse the certificate unless a condition holds."""
    if not condition:
        raise Refused(reason)


def is_nested(item: Any, depth: int) -> bool:
    """Whether something consists of integers in lists that are nested so deep."""
    return isinstance(item, list) and all(is_nested(part, depth - 1) for part in item) if depth else type(item) is int


def times(a: list[int], b: list[int]) -> list[int]:
    """Multiply two series of one length."""
    return [sum(map(mul, a, b[k::-1])) % PRIME for k in range(len(a))]


def reciprocal(a: list[int]) -> list[int]:
    """Return the series whose product with another is 1."""
    require(a[0], "what is divided by is 0 at the point")
    found = [pow(a[0], -1, PRIME)]
    for k in range(1, len(a)):
        found.append(-found[0] * sum(map(mul, a[1 : k + 1], reversed(found))) % PRIME)
    return found


def velocities(data: dict[str, Any], moving: list[list[int]], datum: list[list[int]]) -> list[list[int]]:
    """Run the program, in which x_0 is 1 and x_-i is 1 / x_i, to the order of the numbers that move."""
    n, order = len(moving), len(moving[0])
    x = {i: [*a, *[0] * order][:order] for i, a in enumerate([[1], *moving, *datum])}
    for number, step in enumerate(data["program"], len(x)):
        for i in {i for _, *pair in step for i in pair if i not in x}:
            require(-i in x, "a step is about later ones")
            x[i] = reciprocal(x[-i])
        terms = [(c, times(x[i], x[j])) for c, i, j in step]
        x[number] = [sum(c * a[k] for c, a in terms) % PRIME for k in range(order)]
    return [x[i] for i in range(number - n + 1, number + 1)]


def directions(data: dict[str, Any]) -> list[list[int]]:
    """Return the values of C_0, C_1, ... at t = 0 for each field, as many as the curve has coefficients.

    With m of them, the velocity at p + t^m C, less that at p, is t^m A C up to the order 2 m.
    """
    order, rows = len(data["curve"]), []
    path = [[a % PRIME] for a in data["point"]]
    datum = [[a % PRIME for a in series] for series in zip(*data["curve"], strict=True)]
    for k in range(1, order):
        for a, v in zip(path, velocities(data, path, datum), strict=True):
            a.append(v[-1] * pow(k, -1, PRIME) % PRIME)
    still = velocities(data, [a + [0] * order for a in path], datum)
    for field in data["fields"]:
        C = velocities(data, path, [[a % PRIME] for a in field])
        for _ in range(order):
            rows.append([c[0] for c in C])
            moved = velocities(data, [a + c for a, c in zip(path, C, strict=True)], datum)
            for c, v, w in zip(C, moved, still, strict=True):
                c[:] = [(k * c[k] - v[order + k - 1] + w[order + k - 1]) % PRIME for k in range(1, len(c))]
    return rows


def rank(rows: list[list[int]]) -> int:
    """Return the rank modulo PRIME, by elimination."""
    found = 0
    while rows := [row for row in rows if any(row)]:
        pivot = rows.pop()
        j = next(j for j, a in enumerate(pivot) if a)
        rows = [[(a * pivot[j] - row[j] * b) % PRIME for a, b in zip(row, pivot, strict=True)] for row in rows]
        found += 1
    return found


def check(data: Any) -> int:
    """Return how many independent functions are conserved at most; refuse what does not show it."""
    fields = data.keys() - REMARKS if isinstance(data, dict) else ()
    require(fields == {"format", *NESTING} and data["format"] == FORMAT, f"the fields are not those of {FORMAT}")
    require(all(is_nested(data[name], depth) for name, depth in NESTING.items()), "a field has another form")
    point, curve, program, laws = (data[name] for name in ("point", "curve", "program", "differentials"))
    n, m = len(point), len(curve)
    require(n and m and {*map(len, curve + data["fields"])} == {len(curve[0])}, "a datum is incomplete")
    require(len(program) >= n and all(len(term) == 3 for step in program for term in step), "a step is none")
    work = 8 * (len(data["fields"]) + 1) * (m + 1) * m**2 * (len(curve[0]) + n + sum(len(step) + 1 for step in program))
    require(work + (len(data["fields"]) * m + len(laws)) * n**2 < WORK, "the certificate asks for too much work")
    rows = directions(data)
    number = n - rank(rows)
    require(data["number"] == number, f"the number is {number}")
    independent = {*map(len, laws)} <= {n} and rank([[a % PRIME for a in law] for law in laws]) == len(laws)
    require(independent, "the differentials are dependent, or of another length")
    require(not any(sum(map(mul, law, row)) % PRIME for law in laws for row in rows), "a differential does not vanish")
    return number


def parse(text: bytes) -> Any:
    """Read JSON, in which no field stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        require(len(dict(pairs)) == len(pairs), "a field stands twice")
        return dict(pairs)

    require(len(text) <= BYTES, "the file is too large")
    try:
        return json.loads(text.decode(), object_pairs_hook=once, parse_constant=int)  # which refuses NaN and Infinity
    except (ValueError, RecursionError) as error:
        raise Refused(f"no JSON: {error}") from None


def main(names: list[str]) -> int:
    """Check the files of `python law_counts.py CERTIFICATE.json ...`; return 0 if all are accepted."""
    refused = 0
    for name in names:
        try:
            number = check(parse(Path(name).read_bytes()))
            sys.stdout.write(f"accepted: {name}\n  at most {number} independent functions are conserved\n")
        except (OSError, Refused) as error:
            sys.stdout.write(f"refused: {name}: {error}\n")
            refused = 1
    return refused


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
