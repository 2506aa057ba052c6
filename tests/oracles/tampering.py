"""Edits of certificates: every field of every method, one edit at a time, deterministic for a given generator."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

Data = dict[str, Any]
NUMBERS = ("-1", "2", "0", "1/3", "-7/2")
METHODS = ("identity", "rank", "descent", "cancellation", "all")


def parts(data: Data) -> Iterator[Data]:
    """Run through the certificates that a certificate is made of."""
    if data["method"] == "all":
        for part in data["parts"]:
            yield from parts(part)
    else:
        yield data


def polynomials(part: Data) -> list[list[Any]]:
    """Return every polynomial of a certificate, to be edited in place."""
    squares = [q for _, q in part.get("squares", [])]
    bound = [part["bound"]] if isinstance(part.get("bound"), list) else []
    return [part["goal"], *part["hypotheses"], *part.get("factors", []), *squares, *bound]


def words(part: Data) -> list[list[Any]]:
    """Return every word, and every trace inside one."""
    found = [t[1] for p in polynomials(part) for t in p] + [side for c in part["cofactors"] for side in (c[1], *c[3:])]
    return found + [item for word in found for item in word if isinstance(item, list)]


def coefficient(part: Data, rng: random.Random) -> bool:
    """Change a number in a polynomial."""
    rng.choice([t for p in polynomials(part) for t in p])[0] = rng.choice(NUMBERS)
    return True


def weight_of_cofactor(part: Data, rng: random.Random) -> bool:
    """Change the number of a cofactor."""
    if part["cofactors"]:
        rng.choice(part["cofactors"])[0] = rng.choice(NUMBERS)
    return bool(part["cofactors"])


def word(part: Data, rng: random.Random) -> bool:
    """Replace, insert or take away a letter; or write a trace, or a list inside a trace."""
    some, letters = rng.choice(words(part)), [*part["symbols"], "?"]
    kind = rng.randrange(4)
    if kind == 0 and some:
        some[rng.randrange(len(some))] = rng.choice(letters)
    elif kind == 1 and some:
        some.pop(rng.randrange(len(some)))
    elif kind == 2:
        some.insert(rng.randint(0, len(some)), [rng.choice(letters) for _ in range(rng.randint(0, 2))])
    else:
        some.insert(rng.randint(0, len(some)), rng.choice(letters))
    return True


def swap(part: Data, rng: random.Random) -> bool:
    """Swap two neighbours in a word."""
    long = [w for w in words(part) if len(w) > 1]
    if long:
        some = rng.choice(long)
        i = rng.randrange(len(some) - 1)
        some[i], some[i + 1] = some[i + 1], some[i]
    return bool(long)


def shape(part: Data, rng: random.Random) -> bool:
    """Change a size of one symbol, or make a scalar of a matrix and the other way round."""
    if not part["symbols"]:
        return False
    sizes = sorted({n for s in part["symbols"].values() for n in s} | {"1", "2"})
    some = part["symbols"][rng.choice(list(part["symbols"]))]
    if some and rng.random() < 0.8:
        some[rng.randrange(2)] = rng.choice([*sizes, "q", ""])
    else:
        some[:] = [] if some else [rng.choice(sizes), rng.choice(sizes)]
    return True


def size(part: Data, rng: random.Random) -> bool:
    """Change the size that an empty word carries, or give one to a word that needs none."""
    terms = [t for p in polynomials(part) for t in p]
    some = rng.choice([t for t in terms if len(t) > 2] or terms)
    sizes = sorted({n for s in part["symbols"].values() for n in s} | {"1", "2", ""})
    some[2:] = [rng.choice(sizes)] if rng.random() < 0.8 else []
    return True


def index(part: Data, rng: random.Random) -> bool:
    """Let a cofactor name another hypothesis, one that is not there, or one counted from the end."""
    if part["cofactors"]:
        k = len(part["hypotheses"])
        rng.choice(part["cofactors"])[2] = rng.choice([*range(-k - 1, k + 2), "0", 0.0, None])
    return bool(part["cofactors"])


def hypothesis(part: Data, rng: random.Random) -> bool:
    """Drop a term of a hypothesis, a whole hypothesis, or put one before the others."""
    if part["hypotheses"]:
        k = rng.randrange(len(part["hypotheses"]))
        kind = rng.randrange(3)
        if kind == 0:
            part["hypotheses"][k].pop()
        elif kind == 1:
            part["hypotheses"].pop(k)
        else:
            part["hypotheses"].insert(0, copy.deepcopy(part["hypotheses"][k]))
    return bool(part["hypotheses"])


def adjoints(part: Data, rng: random.Random) -> bool:
    """Drop a pair of adjoints, exchange partners, or let a symbol be its own."""
    if part["adjoints"]:
        k = rng.randrange(len(part["adjoints"]))
        kind = rng.randrange(3)
        if kind == 0:
            part["adjoints"].pop(k)
        else:
            other = part["adjoints"][k][0] if kind == 1 else rng.choice([*part["symbols"], "?"])
            part["adjoints"][k][1] = other
    return bool(part["adjoints"])


def cofactor(part: Data, rng: random.Random) -> bool:
    """Drop a cofactor, write it twice, or exchange its sides."""
    if part["cofactors"]:
        k = rng.randrange(len(part["cofactors"]))
        kind = rng.randrange(3)
        if kind == 0:
            part["cofactors"].pop(k)
        elif kind == 1:
            part["cofactors"].append(copy.deepcopy(part["cofactors"][k]))
        else:
            c = part["cofactors"][k]
            c[1], c[3] = c[3], c[1]
    return bool(part["cofactors"])


def outer(part: Data, rng: random.Random) -> bool:
    """Give a cofactor an outer word, and with it a trace; or take it away."""
    if part["cofactors"]:
        c = rng.choice(part["cofactors"])
        c[4:] = [] if len(c) > 4 else [rng.choice([[], [rng.choice([*part["symbols"], "?"])]])]
    return bool(part["cofactors"])


def goal(part: Data, rng: random.Random) -> bool:
    """Write a term of the goal twice, drop one, or add one of a hypothesis."""
    kind = rng.randrange(3)
    if kind == 0:
        part["goal"].append(copy.deepcopy(rng.choice(part["goal"])))
    elif kind == 1 or not part["hypotheses"]:
        part["goal"].pop(rng.randrange(len(part["goal"])))
    else:
        part["goal"].append(copy.deepcopy(rng.choice(rng.choice(part["hypotheses"]))))
    return True


def method(part: Data, rng: random.Random) -> bool:
    """Claim another method, with the fields that it asks for where they are missing."""
    part["method"] = rng.choice([m for m in (*METHODS, "magic") if m != part["method"]])
    part.setdefault("parts", [])
    part.setdefault("squares", [])
    part.setdefault("factors", [copy.deepcopy(part["goal"])])
    part.setdefault("bound", copy.deepcopy(part["goal"]))
    return True


def missing(part: Data, rng: random.Random) -> bool:
    """Leave a field out."""
    del part[rng.choice(list(part))]
    return True


def factors(part: Data, rng: random.Random) -> bool:
    """Drop a factor, exchange two, or write one twice."""
    if "factors" in part:
        some = part["factors"]
        kind, k = rng.randrange(3), rng.randrange(len(some))
        if kind == 0:
            some.pop(k)
        elif kind == 1:
            some.insert(k, copy.deepcopy(some[k]))
        else:
            some.reverse()
    return "factors" in part


def bound(part: Data, rng: random.Random) -> bool:
    """Claim another bound: a size, a number, a factor, the goal."""
    if "bound" in part:
        sizes = sorted({n for s in part["symbols"].values() for n in s} | {"0", "1", "2"})
        matrices = [part["goal"], *part["factors"], [["1", [rng.choice([*part["symbols"], "?"])]]]]
        part["bound"] = rng.choice(sizes) if rng.random() < 0.5 else copy.deepcopy(rng.choice(matrices))
    return "bound" in part


def square(part: Data, rng: random.Random) -> bool:
    """Change the weight of a square, drop a square, or write it twice."""
    if part.get("squares"):
        k = rng.randrange(len(part["squares"]))
        kind = rng.randrange(3)
        if kind == 0:
            part["squares"][k][0] = rng.choice(NUMBERS)
        elif kind == 1:
            part["squares"].pop(k)
        else:
            part["squares"].append(copy.deepcopy(part["squares"][k]))
    return bool(part.get("squares"))


def negated(part: Data, rng: random.Random) -> bool:
    """Negate the goal and all that sums to it: the sums stay right, and a descent becomes an ascent."""
    terms = [*part["goal"], *part["cofactors"], *part.get("squares", []), *part.get("factors", [[]])[0]]
    for t in terms:
        t[0] = t[0].removeprefix("-") if t[0].startswith("-") else f"-{t[0]}"
    return True


EDITS: dict[str, Callable[[Data, random.Random], bool]] = {
    edit.__name__: edit
    for edit in (
        coefficient,
        weight_of_cofactor,
        word,
        swap,
        shape,
        size,
        index,
        hypothesis,
        adjoints,
        cofactor,
        outer,
        goal,
        method,
        missing,
        factors,
        bound,
        square,
        negated,
    )
}


def of_parts(data: Data, rng: random.Random) -> bool:
    """Drop a part, all parts, or put something else in the place of one; or name another format."""
    if data["method"] == "all":
        k, kind = rng.randrange(len(data["parts"])), rng.randrange(4)
        if kind == 0:
            data["parts"].pop(k)
        elif kind == 1:
            data["parts"] = []
        elif kind == 2:
            data["parts"][k] = rng.choice([None, {}, {"format": data["format"], "method": "all", "parts": []}])
        else:
            data["parts"][k]["format"] = "tptheory-certificate/2"
    return data["method"] == "all"


def tampered(data: Data, rng: random.Random) -> tuple[Data, str]:
    """Return a certificate with one edit that changes it, and the name of the edit."""
    while True:
        edited = copy.deepcopy(data)
        name = rng.choice([*EDITS, "of_parts"])
        changed = of_parts(edited, rng) if name == "of_parts" else EDITS[name](rng.choice(list(parts(edited))), rng)
        if changed and edited != data:
            return edited, name
