"""Check that moving matrices have at most so many conserved quantities. Standard library only, runs alone.

    python law_counts.py CERTIFICATE.json

`FORMAT.md` says what the fields mean and why this proves the bound. Numbers are residues modulo PRIME: what is not 0
there is not 0 over the rationals, and what has an inverse there has one over the rationals. A series in a time t is the
list of its coefficients, which are matrices of one shape.
"""

import json
import sys
from collections.abc import Callable
from itertools import chain
from operator import mul
from pathlib import Path
from typing import Any

FORMAT, PRIME = "tptheory-law-count/2", (1 << 61) - 1
FIELDS = {"format", "program", "velocities", "point", "curve", "fields", "differentials", "number"}
REMARKS = {"title", "laws", "fixed"}
BYTES, WORK, LARGEST = 1 << 23, 1 << 31, 12  # of the file; products of two numbers; rows and columns
Matrix = list[list[int]]
Series = list[Matrix]


class Refused(ValueError):  # noqa: N818  a verdict, not a failure
    """Say why a certificate is not accepted."""


def require(condition: Any, reason: str) -> None:
    """Refuse the certificate unless a condition holds."""
    if not condition:
        raise Refused(reason)


def shape(A: Matrix) -> tuple[int, int]:
    """Return the numbers of rows and columns."""
    return len(A), len(A[0])


def read(item: Any, like: Matrix | None = None) -> Matrix:
    """Read a matrix of integers, of the shape of another if one is given."""
    good = isinstance(item, list) and 0 < len(item) <= LARGEST and all(isinstance(row, list) for row in item)
    require(
        good and 0 < len(item[0]) <= LARGEST and {len(item[0])} == {*map(len, item)}, "what should be a matrix is none"
    )
    require(all(type(a) is int for a in chain(*item)), "an entry is no integer")
    require(like is None or shape(item) == shape(like), "a matrix has another shape than the others")
    return [[a % PRIME for a in row] for row in item]


def cut(A: Series, order: int) -> Series:
    """Cut a series after so many coefficients, or add zeros."""
    return [*A, *[[[0] * len(row) for row in A[0]]] * (order - len(A))][:order]


def plus(A: Series, B: Series, factor: int = 1) -> Series:
    """Add a multiple of a series to another."""
    require(shape(A[0]) == shape(B[0]), "two terms differ in shape")
    pairs = [zip(M, N, strict=True) for M, N in zip(A, B, strict=True)]
    return [[[(a + factor * b) % PRIME for a, b in zip(*rows, strict=True)] for rows in pair] for pair in pairs]


def turned(A: Series) -> Series:
    """Transpose."""
    return [[list(column) for column in zip(*M, strict=True)] for M in A]


def times(A: Series, B: Series) -> Series:
    """Multiply; an entry of the sum of all A_i B_(k-i) is one long scalar product."""
    (m, inner), (other, n), order = shape(A[0]), shape(B[0]), len(A)
    require(inner == other, "two factors do not compose")
    rows = [list(chain(*(M[i] for M in A))) for i in range(m)]
    columns = [list(chain(*(M[j] for M in reversed(turned(B))))) for j in range(n)]
    ends = [[column[(order - k) * inner :] for column in columns] for k in range(1, order + 1)]
    return [[[sum(map(mul, row, end)) % PRIME for end in each] for row in rows] for each in ends]


def reduced(rows: Matrix, width: int) -> tuple[Matrix, int]:
    """Return the reduced echelon form in the first columns, and its rank."""
    rows, rank = list(rows), 0
    for j in range(width):
        at = next((i for i in range(rank, len(rows)) if rows[i][j]), None)
        if at is not None:
            factor = pow(rows[at][j], -1, PRIME)
            rows[at], rows[rank] = rows[rank], [factor * a % PRIME for a in rows[at]]
            for i, row in enumerate(rows):
                if i != rank and row[j]:
                    rows[i] = [(a - row[j] * b) % PRIME for a, b in zip(row, rows[rank], strict=True)]
            rank += 1
    return rows, rank


def inverted(A: Series) -> Series:
    """Invert: the first coefficient by elimination, and twice as many with each of Newton's steps X + X (I - A X)."""
    n, columns = shape(A[0])
    one = [[int(i == j) for j in range(n)] for i in range(n)]
    require(n == columns, "what is inverted must be square")
    rows, rank = reduced([a + b for a, b in zip(A[0], one, strict=True)], n)
    require(rank == n, "what is inverted is singular at the point")
    X = [[row[n:] for row in rows]]
    while len(X) < len(A):
        X = cut(X, min(2 * len(X), len(A)))
        X = plus(X, times(X, plus(cut([one], len(X)), times(A[: len(X)], X), -1)))
    return X


OPERATIONS: dict[str, tuple[Callable[..., Series], int]] = {
    "product": (times, 2),
    "sum": (plus, 2),
    "transpose": (turned, 1),
    "inverse": (inverted, 1),
}


def velocities(data: dict[str, Any], moving: list[Series], given: list[Series]) -> list[Series]:
    """Run the program, which begins with the moving matrices and those of the datum; return the velocities."""
    found = [*moving, *given]
    for step in data["program"]:
        if step[0] == "matrix":
            found.append(cut([read(step[1])], len(moving[0])))
        else:
            found.append(OPERATIONS[step[0]][0](*(found[k] for k in step[1:])))
    chosen = [found[k] for k in data["velocities"]]
    require([shape(A[0]) for A in chosen] == [shape(A[0]) for A in moving], "a velocity has another shape")
    return chosen


def directions(data: dict[str, Any]) -> Matrix:
    """Return vectors at the point that the differential of every conserved quantity annihilates.

    Along the curve p(t) that the moving datum makes, they are the values at t = 0 of C_0 = b(p(t)), for each field b,
    and of C_(k+1) = C_k' - A C_k, where A is the Jacobian of the moving field v. Up to the order 2 m, where m is that
    of the curve, v(p + t^m C) - v(p) is t^m A C.
    """
    order, rows = len(data["curve"]), []
    datum = [[read(A)] for A in data["curve"][0]]
    for later in data["curve"][1:]:
        for A, M in zip(datum, later, strict=True):
            A.append(read(M, A[0]))
    path = [[read(A)] for A in data["point"]]
    for k in range(1, order):
        for A, v in zip(path, velocities(data, path, [B[:k] for B in datum]), strict=True):
            A.append([[a * pow(k, -1, PRIME) % PRIME for a in row] for row in v[k - 1]])
    long = [cut(B, 2 * order) for B in datum]
    still = velocities(data, [cut(A, 2 * order) for A in path], long)
    for field in data["fields"]:
        C = velocities(data, path, [cut([read(M, B[0])], order) for M, B in zip(field, datum, strict=True)])
        for _ in range(order):
            rows.append([a for A in C for a in chain(*A[0])])
            moved = velocities(data, [[*A, *B] for A, B in zip(path, C, strict=True)], long)
            carried = [plus(v, w, -1)[order:] for v, w in zip(moved, still, strict=True)]
            rates = [[[[k * a for a in row] for row in A[k]] for k in (*range(1, order), 0)] for A in C]
            C = [plus(A, B, -1) for A, B in zip(rates, carried, strict=True)]
    return rows


def require_form(data: Any) -> None:
    """Refuse what has not the form of a certificate, and what would take too long."""
    good = isinstance(data, dict) and data.keys() - REMARKS == FIELDS and data["format"] == FORMAT
    require(good and type(data["number"]) is int, "the fields are not those of the format")
    names = ("point", "curve", "fields", "differentials", "program", "velocities")
    require(all(isinstance(data[name], list) for name in names), "a field is no list")
    point, curve, fields, differentials, program, moving = (data[name] for name in names)
    require(point and curve and len(moving) == len(point), "a velocity is missing, or the curve")
    require(all(isinstance(a, list) and len(a) == len(curve[0]) for a in curve + fields), "a datum is incomplete")
    known, constants = len(point) + len(curve[0]), []
    for step in program:
        require(isinstance(step, list) and len(step) > 1 and isinstance(step[0], str), "a step is none")
        if step[0] == "matrix" and len(step) == 2:
            constants.append(step[1])
        else:
            require(OPERATIONS.get(step[0], (0, 0))[1] == len(step) - 1, f"no step {step[0][:20]!r} of so many")
            require(all(type(k) is int and 0 <= k < known for k in step[1:]), "a step is about later ones")
        known += 1
    require(all(type(k) is int and 0 <= k < known for k in moving), "a velocity is no step")
    sizes = [shape(read(M)) for M in chain(point, constants, *curve, *fields)]
    order, entries, widest = len(curve), sum(m * n for m, n in sizes[: len(point)]), max(map(max, sizes))
    evaluated = (len(fields) + 1) * (order + 1) * (len(program) + 1) * 4 * order**2 * widest**3
    rows = len(fields) * order + len(differentials)
    require(evaluated + rows * entries**2 < WORK, "the certificate asks for too much work")


def check(data: Any) -> int:
    """Return how many independent quantities are conserved at most; refuse what does not show it."""
    require_form(data)
    found = directions(data)
    dimension = sum(m * n for m, n in map(shape, data["point"]))
    number, laws = dimension - reduced(found, dimension)[1], data["differentials"]
    require(data["number"] == number, f"the number is {number}")
    require(all(isinstance(a, list) and len(a) == dimension for a in laws), "a differential has another length")
    require(all(type(a) is int for a in chain(*laws)), "an entry is no integer")
    require(
        reduced([[a % PRIME for a in row] for row in laws], dimension)[1] == len(laws),
        "the differentials are dependent",
    )
    vanish = all(sum(map(mul, law, row)) % PRIME == 0 for law in laws for row in found)
    require(vanish, "a differential does not vanish on the fields")
    return number


def parse(text: bytes) -> Any:
    """Read JSON; no number but integers, and no field twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        require(len(dict(pairs)) == len(pairs), "a field stands twice")
        return dict(pairs)

    require(len(text) <= BYTES, "the file is too large")
    try:
        return json.loads(text, object_pairs_hook=once, parse_float=read, parse_constant=read)
    except (ValueError, RecursionError) as error:
        raise Refused(f"no JSON: {error}") from None


def statement(data: dict[str, Any]) -> str:
    """Say what an accepted certificate shows, whatever its title says."""
    count, steps = len(data["point"]) + len(data["curve"][0]), []
    for k, (kind, *parts) in enumerate(data["program"], count):
        steps.append(f"M_{k} = {kind} of " + ", ".join(json.dumps(a) if kind == "matrix" else f"M_{a}" for a in parts))
    shapes = (f"M_{k} ({m}x{n})" for k, (m, n) in enumerate(map(shape, data["point"])))
    rates = (f"M_{k}' = M_{v}" for k, v in enumerate(data["velocities"]))
    return (
        f"{', '.join(shapes)} move by {', '.join(rates)}, where {'; '.join(steps)}: at most {data['number']} "
        f"independent quantities are conserved, on any open set, for all data M_{len(data['point'])} to M_{count - 1}"
    )


def main(names: list[str]) -> int:
    """Check files; return 0 if all are accepted."""
    status = 0
    for name in names:
        try:
            data = parse(Path(name).read_bytes())
            check(data)
            sys.stdout.write(f"accepted: {name}\n  {statement(data)}\n")
        except (OSError, Refused) as error:
            sys.stdout.write(f"refused: {name}: {error}\n")
            status = 1
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
