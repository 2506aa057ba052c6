"""The little language of random claims: plain tuples and numbers, which two readers take in without each other.

A term is an integer, or a tuple that opens with its tag. `oracles.building` makes a claim of tptheory of it, and
`oracles.readings` evaluates it by itself.

A **size** is an integer or a size symbol, a width of a network, a sum or product of sizes, or an index.
An **index** is an integer, or ``("i", name, offset)``: a bound index, a depth, or ``"@"`` in a recursion or a rule.
**Symbols** say all of themselves: ``("M", name, rows, columns)`` is a matrix, ``("S", name, assumptions)`` a number.
A **network** is ``("net", depth, widths, batch, biases, loss)``, with an index for its depth, or None and widths.
A **rule** is a name of `RULES`, or ``("own", name, direct, feedback)``, its feedback a term in ``HERE`` and ``AT``.
A **recursion** is ``("rec", name, first, last, start, step, shape, downward)``, its step a term in ``AT`` and ``PREV``.
A **motion** is ``("flow", rule, net)`` or ``("step", rule, net)``.
A **claim** is ``(class, arguments..., given)``; a named hypothesis is ``("Hyp", name, matrices)``.
"""

from collections.abc import Callable, Iterator
from typing import Any

__all__ = [
    "ALPHA",
    "AT",
    "HERE",
    "HYPOTHESES",
    "INDEX",
    "POSITIVE",
    "PREV",
    "REAL",
    "RULES",
    "SIZE",
    "Term",
    "add",
    "any_depth",
    "depth_of",
    "equal",
    "forall",
    "hyp",
    "index",
    "mul",
    "neg",
    "network",
    "num",
    "pinv",
    "scale",
    "ssub",
    "sub",
    "t",
    "trace",
    "zero",
]

Term = Any

RULES = ("bp", "tp", "damped-tp", "fa", "dfa", "gn")
HERE = ("here",)
AT = ("i", "@", 0)
PREV = ("prev",)
SIZE = ("integer", "positive")
REAL = ("real",)
POSITIVE = ("positive",)
ETA, ALPHA, DAMPING = (("S", name, POSITIVE) for name in ("eta", "alpha", "lambda"))
INDEX = ("integer",)
"""The assumptions of an index or a depth: a number symbol with these and a bound name is that index."""

MATRIX_TAGS = (
    *("M", "id", "zero", "ones", "explicit", "mul", "add", "scale", "t", "pinv", "inv", "pow", "if", "prev", "at"),
    *("weight", "bias", "activation", "input", "target", "error", "product"),
    *("feedback", "signal", "update", "aim", "velocity", "after"),
)
NUMBER_TAGS = ("num", "S", "size", "sadd", "smul", "spow", "trace", "det", "logpdet", "entry", "loss", "norm2", "inner")
CLAIMS = (
    *("Equal", "Zero", "RankAtMost", "ImageWithin", "RowSpaceWithin", "OrthogonalImages", "Parallel"),
    *("Conserved", "Nonincreasing", "Commute", "AllOf", "AnyOf", "ForAll"),
)
HYPOTHESES = (
    *("full_row_rank", "full_column_rank", "invertible", "orthogonal", "partial_isometry"),
    *("symmetric", "projection", "rank_one", "nonzero"),
)


def mul(*factors: Term) -> Term:
    """Multiply matrices."""
    return ("mul", *factors) if len(factors) > 1 else factors[0]


def add(*terms: Term) -> Term:
    """Add matrices."""
    return ("add", *terms) if len(terms) > 1 else terms[0]


def num(p: int, q: int = 1) -> Term:
    """Write a rational number."""
    return ("num", p, q)


def scale(s: Term, A: Term) -> Term:
    """Multiply a matrix by a number."""
    return ("scale", num(s) if isinstance(s, int) else s, A)


def neg(A: Term) -> Term:
    """Negate a matrix."""
    return scale(-1, A)


def sub(A: Term, B: Term) -> Term:
    """Subtract matrices."""
    return add(A, neg(B))


def ssub(a: Term, b: Term) -> Term:
    """Subtract numbers."""
    return ("sadd", a, ("smul", num(-1), b))


def t(A: Term) -> Term:
    """Transpose."""
    return ("t", A)


def pinv(A: Term) -> Term:
    """Take the pseudo-inverse."""
    return ("pinv", A)


def trace(A: Term) -> Term:
    """Take the trace."""
    return ("trace", A)


def hyp(name: str, *matrices: Term) -> Term:
    """Assume a named property."""
    return ("Hyp", name, matrices)


def equal(lhs: Term, rhs: Term, *given: Term) -> Term:
    """Claim that two terms are equal."""
    return ("Equal", lhs, rhs, given)


def zero(A: Term, *given: Term) -> Term:
    """Claim that a term vanishes."""
    return ("Zero", A, given)


def forall(claim: Term, name: str, first: Term, last: Term, *given: Term) -> Term:
    """Claim something for a range of an index."""
    return ("ForAll", claim, (name, first, last), given)


def index(name: str, offset: int = 0) -> Term:
    """Write an index plus a number."""
    return ("i", name, offset)


def shifted(i: Term, by: int) -> Term:
    """Add a number to an index."""
    return i + by if isinstance(i, int) else ("i", i[1], i[2] + by)


def network(
    depth: Term = None,
    widths: tuple[Term, ...] | None = None,
    batch: Term = None,
    biases: bool = False,
    loss: str = "squared",
) -> Term:
    """Describe a network."""
    return ("net", depth, widths, batch, biases, loss)


def depth_of(net: Term) -> Term:
    """Return the depth of a network."""
    return net[1] if net[1] is not None else len(net[2]) - 1


def any_depth(net: Term) -> bool:
    """Tell whether the depth of a network is a symbol."""
    return not isinstance(depth_of(net), int)


def width(net: Term, l: Term) -> Term:
    """Return the width of a layer, as a size."""
    if any_depth(net):
        return ("width", l)
    return net[2][l] if net[2] is not None else ("S", f"n_{l}", SIZE)


def samples(net: Term) -> Term:
    """Return the number of columns of an activation, as a size."""
    return 1 if net[3] is None else net[3]


def is_claim(term: Term) -> bool:
    """Tell a claim, or a named hypothesis."""
    return isinstance(term, tuple) and bool(term) and (term[0] in CLAIMS or term[0] == "Hyp")


def is_matrix(term: Term) -> bool:
    """Tell a term that stands for a matrix; a recursion of numbers at an index is none."""
    if not (isinstance(term, tuple) and term and term[0] in MATRIX_TAGS):
        return False
    return not (term[0] == "at" and term[1][6] is None)


def is_number(term: Term) -> bool:
    """Tell a term that stands for a number."""
    if not (isinstance(term, tuple) and term):
        return False
    return term[0] in NUMBER_TAGS or (term[0] == "at" and term[1][6] is None)


def replace(term: Term, change: Callable[[Term], Term]) -> Term:
    """Rebuild a term from the top; where ``change`` returns something else, it is not entered again."""
    changed = change(term)
    if changed is not term or not isinstance(term, tuple):
        return changed
    return tuple(replace(part, change) for part in term)


def substitute(term: Term, old: Term, new: Term) -> Term:
    """Put one term for another."""
    return replace(term, lambda part: new if part == old else part)


def walk(term: Term) -> Iterator[Term]:
    """Run through a term and all that it is made of."""
    yield term
    if isinstance(term, tuple):
        for part in term:
            yield from walk(part)


def has_tag(term: Term, *tags: str) -> bool:
    """Tell whether a term of one of these tags occurs."""
    return any(isinstance(part, tuple) and part and part[0] in tags for part in walk(term))


def shape(term: Term) -> tuple[Term, Term]:
    """Return the sizes of a matrix term.

    Raises:
        KeyError: for a term whose shape is not written in it.
    """
    match term:
        case ("M", _, rows, columns) | ("zero", rows, columns) | ("ones", rows, columns):
            return rows, columns
        case ("id", n):
            return n, n
        case ("explicit", entries):
            return len(entries), len(entries[0])
        case ("mul", first, *_, last):
            return shape(first)[0], shape(last)[1]
        case ("add", first, *_) | ("scale", _, first) | ("inv", first) | ("pow", first, _):
            return shape(first)
        case ("t", A) | ("pinv", A):
            return shape(A)[::-1]
        case ("if", _, _, first, _) | ("velocity", _, first) | ("after", _, first):
            return shape(first)
        case ("at", rec, l):
            return tuple(substitute(n, AT, l) for n in rec[6])
        case ("weight", net, l):
            return width(net, l), width(net, shifted(l, -1))
        case ("bias", net, l):
            return width(net, l), 1
        case ("activation", net, l):
            return width(net, l), samples(net)
        case ("input", net):
            return width(net, 0), samples(net)
        case ("target", net) | ("error", net):
            return width(net, depth_of(net)), samples(net)
        case ("product", net, high, low):
            return width(net, high), width(net, shifted(low, -1))
        case ("feedback", rule, net, l):
            direct = rule in ("dfa", "gn") or (rule[0] == "own" and rule[2])
            return width(net, shifted(l, -1)), width(net, depth_of(net) if direct else l)
        case ("signal", _, net, l) | ("aim", _, net, l):
            return width(net, l), samples(net)
        case ("update", _, net, l):
            return width(net, l), width(net, shifted(l, -1))
    raise KeyError(term)


def size_symbols(term: Term) -> set[Term]:
    """Return the symbols that are sizes of a matrix somewhere in a term: they stand for positive integers."""
    found: set[Term] = set()

    def note(*sizes: Term) -> None:
        found.update(part for n in sizes for part in walk(n) if isinstance(part, tuple) and part and part[0] == "S")

    for part in walk(term):
        match part:
            case ("M", _, rows, columns) | ("zero", rows, columns) | ("ones", rows, columns):
                note(rows, columns)
            case ("id", n):
                note(n)
            case ("net", depth, widths, batch, _, _):
                note(*(widths or ()), batch)
                if isinstance(depth, int):
                    note(*(("S", f"n_{l}", SIZE) for l in range(depth + 1)))
            case ("rec", _, _, _, _, _, shape_, _) if shape_ is not None:
                note(*shape_)
    return found


def free_indices(term: Term, bound: frozenset[str] = frozenset({"@"})) -> set[str]:
    """Return the names of indices that no range binds: the depths."""
    match term:
        case ("i", name, int()):
            return set() if name in bound else {name}
        case ("ForAll", inside, (name, first, last), given):
            outside = (first, last, *given)
            return free_indices(inside, bound | {name}).union(*(free_indices(part, bound) for part in outside))
        case tuple():
            return set().union(*(free_indices(part, bound) for part in term))
    return set()
