"""A further oracle: Singular's Letterplace multiplies out stored certificates in a free algebra of its own."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tptheory import prove, transpose
from tptheory.certificates.checker import FORMAT
from tptheory.preamble import *

STORED = Path(__file__).parents[2] / "proofs" / "certificates"
SINGULAR = shutil.which("Singular")
needs_singular = pytest.mark.skipif(SINGULAR is None, reason="Singular is not installed")


def free(part):
    """Whether a certificate is an identity of words alone: no scalars, no traces, no sizes 1, nothing symmetric."""
    if part["method"] != "identity" or not part["cofactors"]:
        return False
    words = [t[1] for p in (part["goal"]["zero"], *(h["zero"] for h in part["hypotheses"])) for t in p]
    words += [side for c in part["cofactors"] for side in (c[1], c[3])]
    return (
        all(len(c) == 4 for c in part["cofactors"])
        and all(len(shape) == 2 and 1 not in shape for shape in part["letters"].values())
        and all(name(item) in part["letters"] for word in words for item in word)
    )


def name(item):
    """Return the name of a letter, transposed or not; of a trace none."""
    return item if isinstance(item, str) else item.get("T")


def proved_here():
    """Run through the facts of operator theory that are short to prove, with their certificates."""
    m, n, p = symbols("m n p", integer=True, positive=True)
    A, B, X, Y = (MatrixSymbol(a, *shape) for a, shape in zip("ABXY", ((m, n), (n, p), (n, m), (n, m)), strict=True))
    T = transpose
    penrose = [(Equal(matmul(A, Z, A), A), Equal(matmul(Z, A, Z), Z)) for Z in (X, Y)]
    mirror = [(Equal(T(matmul(A, Z)), matmul(A, Z)), Equal(T(matmul(Z, A)), matmul(Z, A))) for Z in (X, Y)]
    yield "unique", prove(Equal(X, Y, given=[*penrose, *mirror])).certificate.data
    yield "isometry", prove(Equal(Pinv(A), T(A), given=[partial_isometry(A)])).certificate.data
    yield "Penrose 3", prove(Equal(matmul(T(A), A, Pinv(A)), T(A))).certificate.data
    yield (
        "ranks",
        prove(
            Equal(Pinv(matmul(A, B)), matmul(Pinv(B), Pinv(A)), given=[full_column_rank(A), full_row_rank(B)])
        ).certificate.data,
    )


def identities():
    """Run through the stored identities of words, by file."""
    for path in sorted(STORED.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.get("format") == FORMAT and free(data):
            yield path.stem, data


IDENTITIES = dict(identities())
SOUND = {name: part for name, part in list(proved_here()) if free(part)}
"""Identities that are proved afresh, whatever is stored."""


def program(part):
    """Return a program that prints whether the goal is the sum of its cofactors."""
    letters = {a: f"x{2 * i}" for i, a in enumerate(part["letters"])}
    turned = {a: f"x{2 * i + 1}" for i, a in enumerate(part["letters"])}
    count = len(part["hypotheses"])

    def word(items, transposed=False):
        found = [(letters if isinstance(a, str) != transposed else turned)[name(a)] for a in items]
        return "*".join(found[::-1] if transposed else found) or "1"

    def polynomial(terms, transposed=False):
        return "+".join(f"({t[0]})*{word(t[1], transposed)}" for t in terms)

    lines = [
        f"({c})*{word(left)}*({polynomial(part['hypotheses'][k % count]['zero'], k >= count)})*{word(right)}"
        for c, left, k, right in part["cofactors"]
    ]
    longest = max(len(t[1]) for h in part["hypotheses"] for t in h["zero"])
    bound = max(
        [longest + len(c[1]) + len(c[3]) for c in part["cofactors"]] + [len(t[1]) for t in part["goal"]["zero"]]
    )
    steps = "\n".join(f"f=f-({line});" for line in lines)
    goal = polynomial(part["goal"]["zero"])
    return (
        f'LIB "freealgebra.so";\nring r=0,({",".join([*letters.values(), *turned.values()])}),Dp;\n'
        f"def F=freeAlgebra(r,{max(bound, 1)}); setring F;\npoly f={goal};\n{steps}\nint(f==0);\n"
    )


def verdict(part):
    """Return what Singular prints."""
    done = subprocess.run(
        [SINGULAR, "-q", "--no-rc"], input=program(part), capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.split()


def agrees(part):
    """Assert that the goal is the sum of its cofactors, and is not without the last one, nor with another sign."""
    assert verdict(part) == ["1"]
    assert verdict(part | {"cofactors": part["cofactors"][:-1]}) == ["0"]
    first, *others = part["cofactors"]
    assert verdict(part | {"cofactors": [["7/3", *first[1:]], *others]}) == ["0"]


def test_there_is_something_to_ask():
    """The library holds identities of words, the two longest among them."""
    assert len(SOUND) >= 3
    assert len(IDENTITIES) >= 10
    assert {"reverse_order.clines_formula", "reverse_order.hartwigs_triple_law"} <= {*IDENTITIES}


@needs_singular
@pytest.mark.parametrize("name", SOUND)
def test_singular_agrees_with_what_is_proved_here(name):
    """The goal is the sum of its cofactors in a free algebra, whose letters know no transposes."""
    agrees(SOUND[name])


@pytest.mark.slow
@needs_singular
@pytest.mark.parametrize("name", IDENTITIES)
def test_singular_multiplies_out_to_the_same(name):
    """So it is of every stored certificate that is an identity of words."""
    agrees(IDENTITIES[name])
