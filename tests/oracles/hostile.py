"""Files that ask a reader for much: each generator fills about so many bytes, and aims at one cost."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from itertools import cycle, islice
from typing import Any

from oracles.small_certificates import FORMAT

DIGITS = "9" * 1000


def _plain(method: str = "identity", **fields: Any) -> bytes:
    head: dict[str, Any] = {"format": FORMAT, "method": method, "sizes": ["n"], "letters": {"A": ["n", "n"], "s": []}}
    head |= {"hypotheses": [{"zero": [["1", ["A"]]]}], "goal": {"zero": [["1", ["A"]]]}, "cofactors": []}
    return json.dumps(head | fields, separators=(",", ":")).encode()


def _layered(law: Any, uses: Any, cases: int = 1, **fields: Any) -> bytes:
    case = {"at": ["l", 0], "after": None, "uses": uses, "method": "identity", "cofactors": []}
    theorem = {"goal": {"zero": [["1", [["s", "k", 0]], 1]]}, "from": None, "to": None, "cases": cases * [case]}
    head: dict[str, Any] = {"format": FORMAT, "method": "induction", "sizes": [], "letters": {"s": []}}
    head |= {"indexed": ["s"], "hypotheses": [{"zero": law, "from": None, "to": None}], "theorems": [theorem]}
    return json.dumps(head | fields, separators=(",", ":")).encode()


def _uses(count: int) -> list[Any]:
    return [[0, ["l", i]] for i in range(count)]


def laws_of_many_terms(size: int) -> bytes:
    """A law of many terms without letters is read again for each of many uses."""
    return _layered([["1", [], 1]] * (size // 24), _uses(size // 40))


def laws_of_long_numbers(size: int) -> bytes:
    """A law of long fractions is read again for each of many uses."""
    return _layered([[f"{DIGITS}/1{DIGITS[1:]}", [], 1]] * (size // 4000), _uses(size // 40))


def laws_of_many_letters(size: int) -> bytes:
    """A law of many letters is read again, and each use makes all of them new."""
    letters: dict[str, Any] = {f"x{i}": [] for i in range(size // 60)}
    law = [["1", [[name, "k", 0] for name in letters], 1]]
    return _layered(law, _uses(size // 60), letters={**letters, "s": []}, indexed=["s", *letters])


def laws_of_long_names(size: int) -> bytes:
    """Names of many characters are compared again at each use."""
    name = "x" * (size // 10)
    law = [["1", [[name, "k", 0], [name, "k", 0]], 1]]
    return _layered(law, _uses(size // 40), letters={name: [], "s": []}, indexed=["s", name])


def one_law_of_many_indices(size: int) -> bytes:
    """A matrix stands at many indices, each another letter of another shape."""
    word = [["W", "k", -i] for i in range(size // 40)]
    law = [["1", word]]
    letters = {"s": [], "W": [["n", "k", 0], ["n", "k", -1]]}
    return _layered(law, _uses(60), sizes=["n"], letters=letters, indexed=["n", "s", "W"])


def many_cases_of_long_goals(size: int) -> bytes:
    """A theorem whose goal is long has many cases."""
    data = json.loads(_layered([["1", [], 1]], [], size // 200))
    data["theorems"][0]["goal"]["zero"] = [["1", [["s", "k", 0]], 1]] * (size // 60)
    return json.dumps(data).encode()


def products_of_long_polynomials(size: int) -> bytes:
    """A rank has many factors of many terms."""
    factor = [["1", ["A"]], ["1", [], "n"]] * 300
    return _plain("rank", factors=[factor] * max(1, size // 9000), goal={"rank": [["1", ["A"]]], "at most": "n"})


def products_that_double(size: int) -> bytes:
    """A rank has factors of two terms, and twice as many terms after each."""
    names = [f"A{i}" for i in range(min(2000, size // 100))]
    factors = [[["1", [a]], ["1", [], "n"]] for a in names]
    letters: dict[str, Any] = {a: ["n", "n"] for a in ["A", *names]}
    return _plain("rank", factors=factors, letters=letters, goal={"rank": [["1", ["A"]]], "at most": "n"})


def squares_of_long_polynomials(size: int) -> bytes:
    """The square of a polynomial has the square of its terms."""
    terms = [["1", ["A"] * (1 + i % 7)] for i in range(size // 30)]
    goal = {"nonpositive": [["1", [], 1]]}
    return _plain("descent", squares=[["1", terms]], goal=goal)


def distinct_products(size: int) -> bytes:
    """Two factors whose product has as many different terms as may be."""
    width = min(1000, size // 20)
    names = [f"x{i}" for i in range(width)]
    factors = [[["1", [x], "n"] for x in names[: width // 2]], [["1", [x], "n"] for x in names[width // 2 :]]]
    letters: dict[str, Any] = {"A": ["n", "n"], **{x: [] for x in names}}
    return _plain("rank", factors=factors, letters=letters, goal={"rank": [["0", [], "n"]], "at most": "n"})


def bounds_of_many_factors(size: int) -> bytes:
    """A bound of many terms is compared with many factors of another shape, and of its own."""
    bound = {"rank": [["1", ["A"]]] * (size // 30)}
    return _plain("rank", factors=[[["1", [], "n"]]] * (size // 40), goal={"rank": [["1", ["A"]]], "at most": bound})


def bounds_of_other_shape(size: int) -> bytes:
    """A bound of many terms has the shape of no factor."""
    bound = {"rank": [["1", [], 2]] * (size // 30)}
    return _plain("rank", factors=[[["1", [], "n"]]] * (size // 40), goal={"rank": [["1", ["A"]]], "at most": bound})


def long_traces(size: int) -> bytes:
    """A trace of very many letters, all alike."""
    return _plain(goal={"zero": [["1", [{"tr": ["A"] * (size // 4)}], 1]]})


def traces_as_long_as_may_be(size: int) -> bytes:
    """Traces of letters all alike, none too long by itself."""
    terms = [["1", [{"tr": ["A"] * 2000}], 1]] * max(1, size // 8100)
    return _plain(goal={"zero": terms})


def traces_of_few_kinds(size: int) -> bytes:
    """Traces of letters all alike but one."""
    terms = [["1", [{"tr": ["A"] * 700 + ["B"]}], 1]] * max(1, size // 2900)
    return _plain(letters={"A": ["n", "n"], "B": ["n", "n"]}, goal={"zero": terms})


def many_short_traces(size: int) -> bytes:
    """One term has very many traces."""
    return _plain(goal={"zero": [["1", [{"tr": ["A"]}] * (size // 13), 1]]})


def many_numbers(size: int) -> bytes:
    """One term has very many numbers, and is multiplied by others like it."""
    return _plain(goal={"zero": [["1", ["s"] * (size // 4), 1]]}, hypotheses=[])


def fractions_that_multiply(size: int) -> bytes:
    """Each term has another denominator, and their sum has the product of them all."""
    terms = [[f"1/{10**900 + 2 * i + 1}", [], 1] for i in range(max(1, size // 930))]
    return _plain(goal={"zero": terms})


def fractions_near_the_limit(size: int) -> bytes:
    """Sums of long fractions that stay below the limit."""
    terms = [[f"{10**990 + i}/{10**990 + 1}", [], 1] for i in range(max(1, size // 2000))]
    return _plain(goal={"zero": terms})


def products_of_long_numbers(size: int) -> bytes:
    """Polynomials of long coefficients are multiplied."""
    width = max(2, min(200, size // 2000))
    factor = [[f"{10**490 + 2 * i + 1}/{10**490 + 7}", [], "n"] for i in range(width)]
    return _plain("rank", factors=[factor, factor], goal={"rank": [["1", ["A"]]], "at most": "n"})


def many_cofactors(size: int) -> bytes:
    """Very many cofactors, of one short hypothesis."""
    return _plain(cofactors=[["1", [], 0, []], ["-1", [], 1, []]] * (size // 32))


def cofactors_of_long_hypotheses(size: int) -> bytes:
    """Very many cofactors of one long hypothesis, transposed."""
    law = [{"zero": [["1", ["A"]]] * (size // 24)}]
    return _plain(hypotheses=law, cofactors=[["1", [], 1, []]] * (size // 32))


def nested_proofs(size: int) -> bytes:
    """Cases in cases, as deep as a language takes."""
    depth = min(size // 90, 200)
    head, tail = '{"method":"cases","split":[[[["0",["s"],1]]]],"cofactors":[],"parts":[', "]}"
    text = head * depth + '{"method":"identity","cofactors":[]}' + tail * depth
    data = json.loads(_plain("cases", split=[[[["0", ["s"], 1]]]]))
    return json.dumps(data).encode()[:-1] + f',"parts":[{text}]}}'.encode()


def many_hypotheses_in_many_parts(size: int) -> bytes:
    """Very many hypotheses are handed to very many parts."""
    part = {"method": "identity", "cofactors": []}
    count = size // 110
    split = [[[["0", ["s"], 1]]]] * count
    return _plain("cases", split=split, parts=[part] * count, hypotheses=[{"zero": [["1", [], 1]]}] * count)


def many_letters(size: int) -> bytes:
    """Very many letters are declared."""
    return _plain(letters={"A": ["n", "n"], **{f"x{i}": ["n", "n"] for i in range(size // 22)}})


def many_sizes(size: int) -> bytes:
    """Very many sizes are declared, and stand as numbers."""
    names = [f"n{i}" for i in range(size // 20)]
    return _plain(sizes=["n", *names], goal={"zero": [["1", names, 1]]})


def long_names(size: int) -> bytes:
    """A name of very many characters stands often."""
    name = "x" * (size // 100)
    return _plain(letters={name: ["n", "n"]}, hypotheses=[], goal={"zero": [["1", [name] * 90]]})


def many_certificates(size: int) -> bytes:
    """Very many small certificates in one."""
    part = json.loads(_plain(cofactors=[["1", [], 0, []]]))
    return json.dumps({"format": FORMAT, "method": "all", "parts": [part] * (size // 250)}).encode()


def many_theorems(size: int) -> bytes:
    """Very many theorems, each of which uses one before."""
    data = json.loads(_layered([["1", [["s", "k", 0]], 1]], [[0, ["l", 0]]]))
    theorem = data["theorems"][0] | {"cases": [data["theorems"][0]["cases"][0] | {"cofactors": [["1", [], 0, []]]}]}
    return json.dumps(data | {"theorems": [theorem] * (size // 260)}).encode()


def _remark(item: str, size: int) -> bytes:
    count = size // (len(item) + 1) - 100
    return _plain()[:-1] + b',"title":[' + ",".join([item] * max(1, count)).encode() + b"]}"


TINY = ("[]", "{}", "[[]]", "[0]", '{"":0}', '{"":[]}', '{"":{}}', '""', "-1", "999", '[{"":[]}]', '{"a":0,"b":0}')


def nested_lists(size: int) -> bytes:
    """A remark nested as deep as the file is long."""
    return _plain()[:-1] + b',"title":' + b"[" * (size // 2) + b"]" * (size // 2) + b"}"


def nested_objects(size: int) -> bytes:
    """Objects nested as deep as the file is long."""
    return _plain()[:-1] + b',"title":' + b'{"":' * (size // 6) + b"0" + b"}" * (size // 6) + b"}"


def wide_characters(size: int) -> bytes:
    """One character beyond the rest makes a text take four times its bytes."""
    return _plain()[:-1] + b',"title":"\xf0\x9f\x98\x80' + b"x" * (size - 300) + b'"}'


def distinct_remarks(size: int) -> bytes:
    """Objects of fields that are all different."""
    fields = ",".join(f'"{i}":{i}' for i in range(size // 16))
    return _plain()[:-1] + b',"title":{' + fields.encode() + b"}}"


def distinct_integers(size: int) -> bytes:
    """Integers of many digits, as remarks."""
    return _plain()[:-1] + b',"left":[' + ",".join(islice(cycle([DIGITS]), size // 1010)).encode() + b",0]}"


def huge_integers(size: int) -> bytes:
    """One integer fills the file."""
    return _plain()[:-1] + b',"left":' + b"9" * (size - 300) + b"}"


def statements_of_many_terms(size: int) -> bytes:
    """An accepted certificate whose statement takes long to write."""
    return _plain(goal={"zero": [["0", ["A"]]] * (size // 30)})


def unused_shapes(size: int) -> bytes:
    """Hypotheses of many short terms of numbers, none of which is used."""
    return _plain(hypotheses=[{"zero": [["1", [], 1]]}] * (size // 26), goal={"zero": [["0", [], 1]]})


GENERATORS: Mapping[str, Callable[[int], bytes]] = {
    f.__name__: f
    for f in (
        *(laws_of_many_terms, laws_of_long_numbers, laws_of_many_letters, laws_of_long_names, one_law_of_many_indices),
        *(many_cases_of_long_goals, products_of_long_polynomials, products_that_double, squares_of_long_polynomials),
        *(distinct_products, bounds_of_many_factors, bounds_of_other_shape, long_traces, traces_as_long_as_may_be),
        *(traces_of_few_kinds, many_short_traces, many_numbers, fractions_that_multiply, fractions_near_the_limit),
        *(products_of_long_numbers, many_cofactors, cofactors_of_long_hypotheses, nested_proofs),
        *(many_hypotheses_in_many_parts, many_letters, many_sizes, long_names, many_certificates, many_theorems),
        *(nested_lists, nested_objects, wide_characters, distinct_remarks, distinct_integers, huge_integers),
        *(statements_of_many_terms, unused_shapes),
    )
} | {f"remarks of {item}": partial(_remark, item) for item in TINY}
