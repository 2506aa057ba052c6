"""Check that a learning rule has at most so many conserved quantities. Standard library only, runs alone.

    python law_counts.py CERTIFICATE.json

`FORMAT.md` says what the fields mean and why this proves the bound. Numbers are residues modulo PRIME: what is not 0
there is not 0 over the rationals, and what has an inverse there has one over the rationals.
"""

import json
import re
import sys
from itertools import chain
from pathlib import Path
from typing import Any

FORMAT, PRIME = "tptheory-law-count/1", (1 << 61) - 1
FIELDS = {"format", "widths", "backward", "point", "curve", "fields", "differentials", "number"}
BYTES, LARGEST, ORDERS = 1 << 20, 12, 32  # of the file; a width; powers of t
WORK = 40_000_000  # how much work is done, in units of about a tenth of a microsecond
Matrix = list[list["Series"]]


class Refused(ValueError):  # noqa: N818  a verdict, not a failure
    """Say why a certificate is not accepted."""


def require(condition: Any, reason: str) -> None:
    """Refuse the certificate unless a condition holds."""
    if not condition:
        raise Refused(reason)


class Work:
    """Count what is done, so that no file takes long."""

    def __init__(self, left: int = WORK) -> None:
        self.left = left

    def spend(self, cost: int) -> None:
        """Take a cost from what is left."""
        self.left -= cost
        require(self.left > 0, "the certificate asks for too much work")


class Ring:
    """Power series modulo t^order; if size is twice the order, dual numbers a + e b of such series, with e^2 = 0."""

    def __init__(self, order: int, size: int, work: Work) -> None:
        self.order, self.size, self.work = order, size, work

    def __call__(self, *parts: int) -> "Series":
        """Return the element with these first parts: of 1, t, t^2, ..., then of e, e t, ..."""
        self.work.spend(10 + self.size // 8)
        return Series([*parts[: self.size], *[0] * (self.size - len(parts))], self)

    def read(self, item: Any, rows: int, columns: int) -> Matrix:
        """Read a matrix of rationals such as "-3/2"."""
        form, read = r"(-?(?:0|[1-9][0-9]{0,299}))(?:/([1-9][0-9]{0,299}))?", []
        for row in as_list(item, "matrix", rows):
            found = [re.fullmatch(form, a) if isinstance(a, str) else None for a in as_list(row, "row", columns)]
            require(all(found), "an entry is no rational")
            read.append([self(int(a[1])) * self(int(a[2] or 1)).inverse() for a in found])  # type: ignore[index]
        return read


class Series:
    """An element of a ring."""

    def __init__(self, parts: list[int], ring: Ring) -> None:
        self.parts, self.ring = parts, ring

    def __add__(self, other: "Series") -> "Series":
        """Add."""
        self.ring.work.spend(14 + self.ring.size)
        return Series([(a + b) % PRIME for a, b in zip(self.parts, other.parts, strict=True)], self.ring)

    def __mul__(self, other: "Series") -> "Series":
        """Multiply."""
        ring, total = self.ring, [0] * self.ring.size
        ring.work.spend(25 + 3 * ring.size + ring.size**2)
        for i, a in enumerate(self.parts):
            for j, b in enumerate(other.parts[: ring.size - i] if a else ()):
                if i % ring.order + j % ring.order < ring.order:
                    total[i + j] += a * b
        return Series([c % PRIME for c in total], ring)

    def rate(self) -> "Series":
        """Return the derivative by t, of which the last part is not known, and set to 0."""
        return Series([*(k * a % PRIME for k, a in enumerate(self.parts) if k), 0], self.ring)

    def inverse(self) -> "Series":
        """Invert, part by part: the product of both is 1."""
        self.ring.work.spend(20)
        require(self.parts[0] % PRIME, "a divisor is 0")
        x = self.ring(pow(self.parts[0], -1, PRIME))
        for k in range(1, self.ring.size):
            x.parts[k] = -(self * x).parts[k] * x.parts[0] % PRIME
        return x


def as_list(item: Any, what: str, length: int) -> list[Any]:
    """Return a list of this length."""
    require(isinstance(item, list) and len(item) == length, f"the {what} is no list of {length}")
    return list(item)


def plus(A: Matrix, B: Matrix) -> Matrix:
    """Add two matrices."""
    require((len(A), len(A[0])) == (len(B), len(B[0])), "two terms differ in shape")
    return [[a + b for a, b in zip(r, s, strict=True)] for r, s in zip(A, B, strict=True)]


def times(A: Matrix, B: Matrix) -> Matrix:
    """Multiply two matrices."""
    require(len(A[0]) == len(B), "two factors do not compose")
    total = [[row[0] * b for b in B[0]] for row in A]
    for k in range(1, len(B)):
        total = plus(total, [[row[k] * b for b in B[k]] for row in A])
    return total


def turned(A: Matrix) -> Matrix:
    """Transpose."""
    return [list(column) for column in zip(*A, strict=True)]


def reduced(rows: Matrix, width: int) -> tuple[Matrix, int]:
    """Return the reduced echelon form in the first columns, and how many pivots have an inverse there: the rank."""
    rows, rank = list(rows), 0
    for j in range(width):
        at = next((i for i in range(rank, len(rows)) if rows[i][j].parts[0]), None)
        if at is not None:
            factor = rows[at][j].inverse()
            rows[at], rows[rank] = rows[rank], [factor * a for a in rows[at]]
            for k in [k for k in range(len(rows)) if k != rank and any(rows[k][j].parts)]:
                minus = rows[k][j].ring(-1) * rows[k][j]
                pairs = zip(rows[k], rows[rank], strict=True)
                rows[k] = [a + minus * b if any(b.parts) else a for a, b in pairs]
            rank += 1
    return rows, rank


def inverted(A: Matrix) -> Matrix:
    """Invert a square matrix."""
    n, ring = len(A), A[0][0].ring
    require(n == len(A[0]), "what is inverted must be square")
    rows, rank = reduced([[*A[i], *(ring(int(i == j)) for j in range(n))] for i in range(n)], n)
    require(rank == n, "what is inverted is singular at the point")
    return [row[n:] for row in rows]


def value(e: Any, W: list[Matrix], ring: Ring, depth: int = 0) -> Matrix:
    """Evaluate an expression in the weights; ``pinv`` is that of a matrix of full rank."""
    ring.work.spend(100 * ring.size)
    require(depth < 30 and isinstance(e, list) and len(e) > 1, "bad expression")
    kind, first = e[0], e[1]
    if kind == "W":
        require(len(e) == 2 and type(first) is int and 1 <= first <= len(W), "no such weight")
        return W[first - 1]
    if kind == "matrix":
        require(len(e) == 2 and isinstance(first, list) and first and isinstance(first[0], list), "bad matrix")
        require(0 < len(first) <= LARGEST and 0 < len(first[0]) <= LARGEST, "bad size of a matrix")
        return ring.read(first, len(first), len(first[0]))
    A, *others = [value(part, W, ring, depth + 1) for part in e[1:]]
    if kind in ("product", "sum"):
        for B in others:
            A = times(A, B) if kind == "product" else plus(A, B)
        return A
    require(not others and kind in ("transpose", "inverse", "pinv"), f"{str(kind)[:20]!r} is unknown")
    if kind != "pinv":
        return turned(A) if kind == "transpose" else inverted(A)
    wide = len(A) <= len(A[0])
    return times(turned(A), inverted(times(A, turned(A)))) if wide else times(inverted(times(turned(A), A)), turned(A))


def velocities(data: dict[str, Any], W: list[Matrix], datum: list[Matrix], ring: Ring) -> list[Series]:
    """Return the entries of W_l' = -d_l x_{l-1}', where x_l = W_l x_{l-1} and d_l is a backward operator times d."""
    x, d = datum
    found = []
    for l, A in enumerate(W, 1):
        back = times(value(data["backward"][l - 1], W, ring), d) if l < len(W) else d
        found.append(times(times(back, [[ring(-1)]]), turned(x)))
        require((len(found[-1]), len(found[-1][0])) == (len(A), len(A[0])), "a velocity has another shape")
        x = times(A, x)
    return list(chain(*chain(*found)))


def directions(data: dict[str, Any], work: Work) -> list[list[int]]:
    """Return vectors at the point that the differential of every conserved quantity annihilates.

    Along the curve ``p(t)`` that data moving with ``t`` make, they are the values at t = 0 of ``C_0 = b(p(t))``, for
    each field ``b``, and of ``C_{k+1} = C_k' - A C_k``, where ``A`` is the Jacobian of the moving field.
    """
    order, plain, n = len(data["curve"]), Ring(1, 1, work), data["widths"]

    def numbers(pair: Any) -> list[list[int]]:
        x, d = as_list(pair, "datum", 2)
        return [[a.parts[0] for a in plain.read([v], 1, k)[0]] for v, k in ((x, n[0]), (d, n[-1]))]

    def moving(ring: Ring, pairs: list[list[list[int]]]) -> list[Matrix]:
        return [[[ring(*parts)] for parts in zip(*column, strict=True)] for column in zip(*pairs, strict=True)]

    def weights(ring: Ring) -> list[Matrix]:
        return [[[ring(*parts) for parts in row] for row in A] for A in path]

    curve, fields = list(map(numbers, data["curve"])), list(map(numbers, data["fields"]))
    start = zip(as_list(data["point"], "point", len(n) - 1), n[1:], n[:-1], strict=True)
    path = [[[list(a.parts) for a in row] for row in plain.read(A, *shape)] for A, *shape in start]
    for k in range(1, order):
        ring = Ring(k, k, work)
        found = velocities(data, weights(ring), moving(ring, curve), ring)
        for parts, v in zip(chain(*chain(*path)), found, strict=True):
            parts.append(v.parts[k - 1] * pow(k, -1, PRIME) % PRIME)
    ring, dual = Ring(order, order, work), Ring(order, 2 * order, work)
    at, jacobian = weights(dual), []
    for row in chain(*at):
        for a in row:
            a.parts[order] = 1
            found = velocities(data, at, moving(dual, curve), dual)
            jacobian.append([ring(*v.parts[order:]) for v in found])
            a.parts[order] = 0
    C = [velocities(data, weights(ring), moving(ring, [pair]), ring) for pair in fields]
    rows = []
    for _ in range(order):
        rows += [[c.parts[0] for c in row] for row in C]
        carried = times(C, jacobian)
        C = [[c.rate() + ring(-1) * b for c, b in zip(r, s, strict=True)] for r, s in zip(C, carried, strict=True)]
    return rows


def check(data: Any, work: Work | None = None) -> int:
    """Return how many independent quantities the rule of a certificate has at most; refuse what does not show it."""
    work = work or Work()
    require(isinstance(data, dict) and data.keys() - {"title"} == FIELDS, "the fields are not those of the format")
    require(data["format"] == FORMAT, "another format")
    limits = {"widths": (2, LARGEST), "curve": (1, ORDERS), "fields": (1, BYTES), "differentials": (0, BYTES)}
    for name, (least, most) in limits.items():
        require(isinstance(data[name], list) and least <= len(data[name]) <= most, f"bad {name}")
    n = data["widths"]
    require(all(type(k) is int and 1 <= k <= LARGEST for k in n), "bad widths")
    as_list(data["backward"], "list of backward operators", len(n) - 2)
    found, plain, dimension = directions(data, work), Ring(1, 1, work), sum(map(int.__mul__, n, n[1:]))
    rank = reduced([[plain(a) for a in row] for row in found], dimension)[1]
    require(type(data["number"]) is int and data["number"] == dimension - rank, f"the number is {dimension - rank}")
    laws = plain.read(data["differentials"], len(data["differentials"]), dimension)
    require(reduced(laws, dimension)[1] == len(laws), "the differentials are dependent")
    if laws:
        products = times(laws, turned([[plain(a) for a in row] for row in found]))
        require(not any(a.parts[0] for row in products for a in row), "a differential does not vanish on the fields")
    return dimension - rank


def read(path: Path) -> Any:
    """Read a file, unless it is too large, or no file that ends."""
    require(path.is_file(), "there is no such regular file")
    with path.open("rb") as file:
        return parse(file.read(BYTES + 1))


def parse(text: bytes) -> Any:
    """Read JSON: no number but integers, and no field twice."""

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        require(len(dict(pairs)) == len(pairs), "a field stands twice")
        return dict(pairs)

    def refuse(text: str) -> None:
        raise Refused(f"{text[:40]} is no integer")

    require(len(text) <= BYTES, "the file is too large")
    try:
        return json.loads(text, object_pairs_hook=fields, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Refused(f"no JSON: {error}") from None


def statement(data: dict[str, Any]) -> str:
    """Say what an accepted certificate shows, whatever its title says."""
    widths, operators = "-".join(map(str, data["widths"])), enumerate(data["backward"], 1)
    moves = "".join(f", N_{l} = {json.dumps(e)}" for l, e in operators)
    return (
        f"at widths {widths}, W_l moves by -N_l d x_(l-1)'{moves}: at most {data['number']} independent quantities "
        "are conserved for all x and d, on any open set of weights"
    )


def main(names: list[str]) -> int:
    """Check files; return 0 if all are accepted."""
    status = 0
    for name in names:
        try:
            data = read(Path(name))
            check(data)
            sys.stdout.write(f"accepted: {name}\n  {statement(data)}\n")
        except (OSError, Refused) as error:
            sys.stdout.write(f"refused: {name}: {error}\n")
            status = 1
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
