"""Whether a certificate of a count of laws is a proof: recomputed over the rationals, and not as its checker does it.

The checker works modulo a prime and carries fields back one order at a time. Here the numbers are rational power
series, the Jacobian along the curve comes from dual numbers, and the flow back to the start is solved for as a matrix.
"""

from flint import ctx, fmpq_mat, fmpq_series

from tptheory.certificates.law_counts import PRIME

FIELDS = {"format", "program", "point", "curve", "fields", "differentials", "number"}


class Dual:
    """A series and its derivative in one direction."""

    def __init__(self, value, tangent=0):
        self.value, self.tangent = fmpq_series(value), fmpq_series(tangent)

    def __add__(self, other):
        """Add."""
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other):
        """Multiply, by the product rule."""
        return Dual(self.value * other.value, self.value * other.tangent + self.tangent * other.value)

    def reciprocal(self):
        """Return one divided by this; division by 0 is an error."""
        inverse = 1 / self.value
        return Dual(inverse, -inverse * inverse * self.tangent)


def holds(data):
    """Whether all fields are there and of their form, the rank is as claimed, and the differentials vanish."""
    try:
        return _is_formed(data) and _is_proof(data)
    except (ZeroDivisionError, ValueError):
        return False


def _is_formed(data):
    if data.keys() - {"title", "laws", "fixed"} != FIELDS or data["format"] != "tptheory-law-count/3":
        return False
    vectors = [data["point"], *_items(data["curve"]), *_items(data["fields"]), *_items(data["differentials"])]
    terms = [term for step in _items(data["program"]) for term in _items(step)]
    if type(data["number"]) is not int or not all(map(_is_vector, vectors + terms)):
        return False
    n, last = len(data["point"]), len(data["point"]) + len(_items(data["curve"])[0] if data["curve"] else [])
    good = n > 0 and len(data["curve"]) > 0 and len(data["program"]) >= n
    for step in data["program"]:
        good = good and all(len(term) == 3 and abs(term[1]) <= last and abs(term[2]) <= last for term in step)
        last += 1
    datum = [len(vector) for vector in data["curve"] + data["fields"]]
    return good and len(set(datum)) == 1 and all(len(law) == n for law in data["differentials"])


def _items(item):
    if type(item) is not list:
        raise ValueError(item)
    return item


def _is_vector(item):
    return type(item) is list and all(type(a) is int for a in item)


def _velocities(data, moving, datum):
    known = [Dual(1), *moving, *datum]
    for step in data["program"]:
        total = Dual(0)
        for c, i, j in step:
            total += (
                Dual(c)
                * (known[i] if i >= 0 else known[-i].reciprocal())
                * (known[j] if j >= 0 else known[-j].reciprocal())
            )
        known.append(total)
    return known[-len(moving) :]


def _is_proof(data):
    order, n = len(data["curve"]), len(data["point"])
    before, ctx.cap = ctx.cap, order
    try:
        rows = _directions(data, order, n)
    finally:
        ctx.cap = before
    laws = data["differentials"]
    vanish = all(_residue(sum(a * b for a, b in zip(law, row, strict=True))) == 0 for law in laws for row in rows)
    rank = fmpq_mat(rows).rank() if rows else 0
    return vanish and rank == n - data["number"] and (not laws or fmpq_mat(laws).rank() == len(laws))


def _residue(q):
    return int(q.p) * pow(int(q.q), -1, PRIME) % PRIME


def _directions(data, order, n):
    datum = [Dual(list(column)) for column in zip(*data["curve"], strict=True)]
    path = [[a] for a in data["point"]]
    for k in range(order - 1):
        for a, v in zip(path, _velocities(data, [Dual(a) for a in path], datum), strict=True):
            a.append(v.value[k] / (k + 1))
    columns = [
        [v.tangent for v in _velocities(data, [Dual(a, int(i == j)) for i, a in enumerate(path)], datum)]
        for j in range(n)
    ]
    jacobian = [fmpq_mat([[columns[j][i][k] for j in range(n)] for i in range(n)]) for k in range(order)]
    back = [fmpq_mat([[int(i == j) for j in range(n)] for i in range(n)])]
    for k in range(order - 1):
        total = sum((back[i] * jacobian[k - i] for i in range(1, k + 1)), back[0] * jacobian[k])
        back.append(total * -1 / (k + 1))
    rows = []
    for field in data["fields"]:
        moved = [v.value for v in _velocities(data, [Dual(a) for a in path], [Dual(a) for a in field])]
        values = [fmpq_mat([[v[k]] for v in moved]) for k in range(order)]
        for k in range(order):
            rows.append(sum((back[i] * values[k - i] for i in range(1, k + 1)), back[0] * values[k]).entries())
    return rows
