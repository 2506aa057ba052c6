"""Edits of certificates: every field of every method, one edit at a time, deterministic for a given generator."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

Data = dict[str, Any]
NUMBERS = ("-1", "2", "0", "1/3", "-7/2")
METHODS = ("identity", "rank", "descent", "cancellation", "all")
REMARKS = {"title", "assumptions", "reasons", "left", "meanings"}
"""The fields that nothing depends on."""
KINDS = {"identity": "zero", "cancellation": "zero", "rank": "rank", "descent": "nonpositive"}


def parts(data: Data) -> Iterator[Data]:
    """Run through the certificates that a certificate is made of."""
    if data["method"] == "all":
        for part in data["parts"]:
            yield from parts(part)
    else:
        yield data


def stated(part: Data) -> list[Any]:
    """Return the polynomial of the goal, to be edited in place."""
    return part["goal"][KINDS[part["method"]]]


def limit(part: Data) -> Any:
    """Return what a rank is said to be at most."""
    return part["goal"].get("at most")


def polynomials(part: Data) -> list[list[Any]]:
    """Return every polynomial of a certificate, to be edited in place."""
    squares = [q for _, q in part.get("squares", [])]
    bound = [limit(part)["rank"]] if isinstance(limit(part), dict) else []
    return [stated(part), *(h["zero"] for h in part["hypotheses"]), *part.get("factors", []), *squares, *bound]


def words(part: Data) -> list[list[Any]]:
    """Return every word, and every trace inside one."""
    found = [t[1] for p in polynomials(part) for t in p] + [side for c in part["cofactors"] for side in (c[1], *c[3:])]
    return found + [item["tr"] for word in found for item in word if isinstance(item, dict) and "tr" in item]


def letter(part: Data, rng: random.Random) -> Any:
    """Return a letter, a size, a transpose, or something that is none of these."""
    some = rng.choice([*part["letters"], *part["sizes"], "?"])
    return rng.choice([some, some, {"T": some}, {"T": some}, 2, {"T": {"T": some}}, [some, "", 0]])


def sizes_of(part: Data) -> list[Any]:
    """Return sizes that an edit may write."""
    return [*part["sizes"], 1, 2]


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
    """Replace, insert or take away a letter; or write a trace."""
    some = rng.choice(words(part))
    kind = rng.randrange(4)
    if kind == 0 and some:
        some[rng.randrange(len(some))] = letter(part, rng)
    elif kind == 1 and some:
        some.pop(rng.randrange(len(some)))
    elif kind == 2:
        some.insert(rng.randint(0, len(some)), {"tr": [letter(part, rng) for _ in range(rng.randint(0, 2))]})
    else:
        some.insert(rng.randint(0, len(some)), letter(part, rng))
    return True


def turned(part: Data, rng: random.Random) -> bool:
    """Transpose a letter, or the other way round."""
    some = rng.choice([w for w in words(part) if w] or [[]])
    if some:
        k = rng.randrange(len(some))
        some[k] = some[k]["T"] if isinstance(some[k], dict) and "T" in some[k] else {"T": some[k]}
    return bool(some)


def swap(part: Data, rng: random.Random) -> bool:
    """Swap two neighbours in a word."""
    long = [w for w in words(part) if len(w) > 1]
    if long:
        some = rng.choice(long)
        i = rng.randrange(len(some) - 1)
        some[i], some[i + 1] = some[i + 1], some[i]
    return bool(long)


def shape(part: Data, rng: random.Random) -> bool:
    """Change a size of one letter, or make a number of a matrix and the other way round."""
    if not part["letters"]:
        return False
    some = part["letters"][rng.choice(list(part["letters"]))]
    if some and rng.random() < 0.8:
        some[rng.randrange(2)] = rng.choice([*sizes_of(part), "q", "", 0, "1"])
    else:
        some[:] = [] if some else [rng.choice(sizes_of(part)), rng.choice(sizes_of(part))]
    return True


def symmetry(part: Data, rng: random.Random) -> bool:
    """Declare a letter to be symmetric, or not to be; or to be something else."""
    if not part["letters"]:
        return False
    some = part["letters"][rng.choice(list(part["letters"]))]
    some[2:] = [] if len(some) > 2 else [rng.choice(["symmetric", "symmetric", "orthogonal", True])]
    return True


def declared(part: Data, rng: random.Random) -> bool:
    """Leave a declaration out, write one twice, or declare a letter to be a size and the other way round."""
    kind = rng.randrange(5)
    if kind < 2 and part["sizes"]:
        name = rng.choice(part["sizes"])
        if kind == 0:
            part["sizes"].remove(name)
            part["letters"] |= {name: []} if rng.random() < 0.5 else {}
        else:
            part["sizes"].append(rng.choice([name, "q", "", *part["letters"]]))
    elif kind < 4 and part["letters"]:
        name = rng.choice(list(part["letters"]))
        if kind == 2:
            del part["letters"][name]
        part["sizes"] += [name] * (rng.random() < 0.5)
    else:
        part["indexed"] = rng.choice([[], [*part["letters"]][:1]])
    return True


def size(part: Data, rng: random.Random) -> bool:
    """Change the size that an empty word carries, or give one to a word that needs none."""
    terms = [t for p in polynomials(part) for t in p]
    some = rng.choice([t for t in terms if len(t) > 2] or terms)
    some[2:] = [rng.choice([*sizes_of(part), "", "1", 0])] if rng.random() < 0.8 else []
    return True


def index(part: Data, rng: random.Random) -> bool:
    """Let a cofactor name another hypothesis, one that is not there, or one counted from the end."""
    if part["cofactors"]:
        k = len(part["hypotheses"])
        rng.choice(part["cofactors"])[2] = rng.choice([*range(-k - 1, 2 * k + 2), "0", 0.0, None, True])
    return bool(part["cofactors"])


def hypothesis(part: Data, rng: random.Random) -> bool:
    """Drop a term of a hypothesis, a whole hypothesis, or put one before the others; or let it say something else."""
    if part["hypotheses"]:
        k = rng.randrange(len(part["hypotheses"]))
        kind = rng.randrange(5)
        if kind == 0:
            part["hypotheses"][k]["zero"].pop()
        elif kind == 1:
            part["hypotheses"].pop(k)
        elif kind == 2:
            part["hypotheses"].insert(0, copy.deepcopy(part["hypotheses"][k]))
        elif kind == 3:
            part["hypotheses"][k] = {"nonpositive": part["hypotheses"][k]["zero"]}
        else:
            part["hypotheses"][k] |= {"from": None, "to": None}
    return bool(part["hypotheses"])


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
        c[4:] = [] if len(c) > 4 else [rng.choice([[], [letter(part, rng)]])]
    return bool(part["cofactors"])


def goal(part: Data, rng: random.Random) -> bool:
    """Write a term of the goal twice, drop one, or add one of a hypothesis."""
    kind, terms = rng.randrange(3), stated(part)
    if kind == 0:
        terms.append(copy.deepcopy(rng.choice(terms)))
    elif kind == 1 or not part["hypotheses"]:
        terms.pop(rng.randrange(len(terms)))
    else:
        terms.append(copy.deepcopy(rng.choice(rng.choice(part["hypotheses"])["zero"])))
    return True


def kind_of_goal(part: Data, rng: random.Random) -> bool:
    """Claim something else of the same polynomial, or several things at once, or nothing."""
    terms = stated(part)
    part["goal"] = rng.choice(
        [
            {"zero": terms},
            {"nonpositive": terms},
            {"rank": terms, "at most": rng.choice([1, *part["sizes"]])},
            {"rank": terms},
            {**part["goal"], "zero": terms},
            {"positive": terms},
            terms,
            {},
        ]
    )
    return True


def method(part: Data, rng: random.Random) -> bool:
    """Claim another method, perhaps with the fields that it asks for, and no other."""
    old = part["method"]
    part["method"] = new = rng.choice([m for m in (*METHODS, "cases", "induction", "magic") if m != old])
    if rng.random() < 0.8:
        more = {"squares": [], "factors": [copy.deepcopy(part["goal"].get(KINDS[old], []))], "parts": [], "split": []}
        wanted = {"rank": {"factors"}, "descent": {"squares"}, "cancellation": {"squares"}, "cases": {"split", "parts"}}
        for field, value in more.items():
            if field in wanted.get(new, ()):
                part.setdefault(field, value)
            else:
                part.pop(field, None)
        if new in KINDS and rng.random() < 0.5:
            part["goal"] = {KINDS[new]: part["goal"].get(KINDS[old])} | ({"at most": 1} if new == "rank" else {})
    return True


def missing(part: Data, rng: random.Random) -> bool:
    """Leave a field out."""
    del part[rng.choice(list(part))]
    return True


def extra(part: Data, rng: random.Random) -> bool:
    """Add a field that has no place there, or a remark, which may stand anywhere in a proof and says nothing."""
    name = rng.choice(["symbols", "bound", "squares", "factors", "parts", "uses", "title", "meanings", "indexed", ""])
    if name in part:
        return False
    part[name] = rng.choice([[], {}, None, "", copy.deepcopy(part["goal"])])
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
    if "factors" in part:
        matrices = [stated(part), *part["factors"], [["1", [letter(part, rng)]]]]
        sized = rng.random() < 0.5
        part["goal"]["at most"] = (
            rng.choice([*sizes_of(part), 0, "1", "?"]) if sized else {"rank": copy.deepcopy(rng.choice(matrices))}
        )
    return "factors" in part


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
    terms = [*stated(part), *part["cofactors"], *part.get("squares", []), *part.get("factors", [[]])[0]]
    for t in terms:
        t[0] = t[0].removeprefix("-") if t[0].startswith("-") else f"-{t[0]}"
    return True


EDITS: dict[str, Callable[[Data, random.Random], bool]] = {
    edit.__name__: edit
    for edit in (
        coefficient,
        weight_of_cofactor,
        word,
        turned,
        swap,
        shape,
        symmetry,
        declared,
        size,
        index,
        hypothesis,
        cofactor,
        outer,
        goal,
        kind_of_goal,
        method,
        missing,
        extra,
        factors,
        bound,
        square,
        negated,
    )
}


def of_parts(data: Data, rng: random.Random) -> bool:
    """Drop a part, all parts, or put something else in the place of one; name another format; or state something."""
    if data["method"] == "all":
        k, kind = rng.randrange(len(data["parts"])), rng.randrange(5)
        if kind == 0:
            data["parts"].pop(k)
        elif kind == 1:
            data["parts"] = []
        elif kind == 2:
            data["parts"][k] = rng.choice([None, {}, {"format": data["format"], "method": "all", "parts": []}])
        elif kind == 3:
            data["parts"][k]["format"] = "tptheory-certificate/1"
        else:
            data["goal"] = copy.deepcopy(data["parts"][k]["goal"])
    return data["method"] == "all"


def tampered(data: Data, rng: random.Random) -> tuple[Data, str]:
    """Return a certificate with one edit that changes it, and the name of the edit."""
    while True:
        edited = copy.deepcopy(data)
        name = rng.choice([*EDITS, "of_parts"])
        changed = of_parts(edited, rng) if name == "of_parts" else EDITS[name](rng.choice(list(parts(edited))), rng)
        if changed and edited != data:
            return edited, name


def places(item: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Run through the paths to every value that something depends on."""
    for key, value in item.items() if isinstance(item, dict) else enumerate(item):
        if key in REMARKS:
            continue
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))
        yield (*path, key)


def tampered_anywhere(data: Data, rng: random.Random) -> tuple[Data, Any]:
    """Return a certificate with one value replaced by another, or one entry dropped, doubled or renamed."""
    data = copy.deepcopy(data)
    path = rng.choice(list(places(data)))
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    old, kind = inner[path[-1]], rng.randrange(4)
    if kind == 0:
        inner.pop(path[-1])
    elif kind == 1 and isinstance(inner, list):
        inner.insert(path[-1], copy.deepcopy(old))
    elif kind == 1:
        inner[rng.choice(["zero", "rank", "T", "tr", "to", "parts", "goal", "x"])] = inner.pop(path[-1])
    elif isinstance(old, str):
        others = [s for p in places(data) if isinstance(s := at(data, p), str)]
        inner[path[-1]] = rng.choice([*rng.sample(others, min(4, len(others))), *"klL", "", "-1", "0", 1])
    elif isinstance(old, int):
        inner[path[-1]] = rng.choice([old - 1, old + 1, old + 2, 0, "n", None])
    elif isinstance(old, list) and len(old) == 3 and isinstance(old[-1], int):  # a name at an index
        inner[path[-1]] = rng.choice([old[0], {"T": old}, [old[0], rng.choice(["", *"klL"]), old[2]]])
    elif isinstance(old, list) and len(old) == 2 and isinstance(old[-1], int):  # an index
        inner[path[-1]] = rng.choice([None, [rng.choice(["", *"klL"]), old[1]], [old[0], old[1] + 1]])
    elif old is None:
        inner[path[-1]] = rng.choice([["l", 0], ["l", 1], ["", 0], ["L", 0], []])
    else:
        inner[path[-1]] = rng.choice([[], {}, None, "1", {"tr": old}, old.get("T") if isinstance(old, dict) else old])
    return data, path


def at(data: Any, path: tuple[Any, ...]) -> Any:
    """Return what stands at a path."""
    for step in path:
        data = data[step]
    return data
