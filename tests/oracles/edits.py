"""Random edits of certificates, as JSON: what a careless or a hostile hand might change, a little at a time."""

import copy
import json
import random
from typing import Any

POOL: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 12, 10**6, 10**6 + 1, -(10**6), 10**30),
    *("", "<", "k", "l", "L", "probe", "tr", "T", "A", "n", "s", "x", "A'", "\u0391", "symmetric", "zero", "identity"),
    *("0", "-0", "1", "-1", "2", "1/2", "2/4", "0/3", "1/0", "01", "+1", " 1", "1 ", "1\n", "1.0", "1e3", "\u0661"),
    *([], {}, [[]], ["k", 0], ["", 2], ["", 12], ["L", 0], ["L", -1], ["l", 1], ["l", 0], ["n", "k", 0], ["n", "", 2]),
    *({"T": "A"}, {"tr": ["A"]}, {"tr": []}, {"T": {"T": "A"}}, ["1", []], ["1", [], 1], ["1", [], "n"], ["1", ["A"]]),
    *({"zero": [["1", [], 1]]}, {"zero": [["0", [], 1]]}, {"method": "identity", "cofactors": []}),
)
FIELDS = (
    *(
        "format",
        "method",
        "sizes",
        "letters",
        "indexed",
        "hypotheses",
        "goal",
        "cofactors",
        "factors",
        "squares",
        "split",
    ),
    *(
        "parts",
        "theorems",
        "title",
        "reasons",
        "left",
        "meanings",
        "zero",
        "rank",
        "at most",
        "nonpositive",
        "from",
        "to",
    ),
    *("at", "after", "uses", "cases", "lemmas", "proof", "T", "tr", "k", "claim", "Title", ""),
)

Place = tuple[Any, Any]  # a list or an object, and where in it


def places(tree: Any) -> list[Place]:
    """Return every place in a tree."""
    found: list[Place] = []
    rest = [tree]
    while rest:
        node = rest.pop()
        inside = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        found += [(node, key) for key, _ in inside]
        rest += [value for _, value in inside if isinstance(value, dict | list)]
    return found


def edited(original: Any, rng: random.Random) -> Any:
    """Return a copy with one edit, and now and then with some more."""
    tree = copy.deepcopy(original)
    for _ in range(rng.choice((1, 1, 1, 1, 1, 2, 3))):
        if all_places := places(tree):
            rng.choice(WAYS)(all_places, rng)
    return tree


def _delete(where: list[Place], rng: random.Random) -> None:
    node, key = rng.choice(where)
    del node[key]


def _duplicate(where: list[Place], rng: random.Random) -> None:
    node, key = rng.choice(where)
    if isinstance(node, list):
        node.insert(key, copy.deepcopy(node[key]))
    else:
        node[rng.choice(FIELDS)] = copy.deepcopy(node[key])


def _swap(where: list[Place], rng: random.Random) -> None:
    node, key = rng.choice(where)
    other = rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
    node[key], node[other] = node[other], node[key]


def _exchange(where: list[Place], rng: random.Random) -> None:
    (node, key), (other, place) = rng.choice(where), rng.choice(where)
    node[key], other[place] = copy.deepcopy(other[place]), copy.deepcopy(node[key])


def _retype(where: list[Place], rng: random.Random) -> None:
    node, key = rng.choice(where)
    node[key] = copy.deepcopy(rng.choice(POOL))


def _transplant(where: list[Place], rng: random.Random) -> None:
    node, key = rng.choice(where)
    alike = [n[k] for n, k in where if type(n[k]) is type(node[key])]
    node[key] = copy.deepcopy(rng.choice(alike))


def _insert(where: list[Place], rng: random.Random) -> None:
    node, key = rng.choice(where)
    value = copy.deepcopy(rng.choice(POOL) if rng.random() < 0.5 else rng.choice(where)[0])
    if isinstance(node, list):
        node.insert(key, value)
    else:
        node[rng.choice(FIELDS)] = value


def _wrap(where: list[Place], rng: random.Random) -> None:
    node, key = rng.choice(where)
    node[key] = rng.choice(
        ([node[key]], {"T": node[key]}, {"tr": [node[key]]}, {"zero": node[key]}, {"rank": node[key]})
    )


def _unwrap(where: list[Place], rng: random.Random) -> None:
    full = [(n, k) for n, k in where if isinstance(n[k], dict | list) and n[k]]
    if full:
        node, key = rng.choice(full)
        inside = node[key]
        node[key] = rng.choice(list(inside.values()) if isinstance(inside, dict) else inside)


def _number(where: list[Place], rng: random.Random) -> None:
    numbers = [(n, k) for n, k in where if type(n[k]) is int]
    if numbers:
        node, key = rng.choice(numbers)
        old = node[key]
        node[key] = rng.choice(
            (old + 1, old - 1, old + 2, old - 2, -old, old * 10, old + 11, 10**6, -(10**6), old + 10**6)
        )


def _rational(where: list[Place], rng: random.Random) -> None:
    found = [(n, k) for n, k in where if isinstance(n[k], str) and n[k].lstrip("-")[:1].isdigit()]
    if found:
        node, key = rng.choice(found)
        old = node[key]
        node[key] = rng.choice(
            (old.lstrip("-"), "-" + old, old + "/1", old + "/2", old + "0", "2", "0", "-1/3", "1000000")
        )


def _name(where: list[Place], rng: random.Random) -> None:
    names = [(n, k) for n, k in where if isinstance(n[k], str)]
    if names:
        (node, key), (other, place) = rng.choice(names), rng.choice(names)
        node[key] = other[place]


def _rename(where: list[Place], rng: random.Random) -> None:
    names = [n[k] for n, k in where if isinstance(n[k], str)] + [k for n, k in where if isinstance(n, dict)]
    old, new = rng.choice(names), rng.choice([*names, *(p for p in POOL if isinstance(p, str))])
    for node, key in where:
        if node[key] == old:
            node[key] = new
    for node in {id(n): n for n, _ in where if isinstance(n, dict) and old in n}.values():
        node[new] = node.pop(old)


def _transpose(where: list[Place], rng: random.Random) -> None:
    letters = [(n, k) for n, k in where if isinstance(n, list) and isinstance(n[k], str | dict | list)]
    if letters:
        node, key = rng.choice(letters)
        item = node[key]
        node[key] = item["T"] if isinstance(item, dict) and "T" in item else {"T": item}


def _reverse(where: list[Place], rng: random.Random) -> None:
    lists = [n[k] for n, k in where if isinstance(n[k], list)]
    if lists:
        rng.choice(lists).reverse()


def _reverse_range(where: list[Place], rng: random.Random) -> None:
    ranges = [n for n, k in where if k == "from" and isinstance(n, dict) and "to" in n]
    if ranges:
        node = rng.choice(ranges)
        node["from"], node["to"] = node["to"], node["from"]


def _shift(where: list[Place], rng: random.Random) -> None:
    indices = [(n, k) for n, k in where if isinstance(n[k], list) and len(n[k]) in (2, 3) and type(n[k][-1]) is int]
    if indices:
        node, key = rng.choice(indices)
        index = node[key]
        index[-1] += rng.choice((-2, -1, 1, 2))
        if rng.random() < 0.4:
            index[-2] = rng.choice(("", "L", "l", "k"))


WAYS = (
    *(_delete, _duplicate, _swap, _exchange, _retype, _transplant, _insert, _wrap, _unwrap, _number, _rational, _name),
    *(_rename, _transpose, _reverse, _reverse_range, _shift, _number, _rational, _shift, _name, _transpose),
)


def written(tree: Any) -> bytes:
    """Return the JSON text."""
    return json.dumps(tree).encode()
