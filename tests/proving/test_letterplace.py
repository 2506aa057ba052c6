"""A further oracle: Singular's Letterplace multiplies out stored certificates in a free algebra of its own."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

STORED = Path(__file__).parents[2] / "proofs" / "certificates"
SINGULAR = shutil.which("Singular")
needs_singular = pytest.mark.skipif(SINGULAR is None, reason="Singular is not installed")


def free(part):
    """Whether a certificate is an identity of words alone: no scalars, no traces, no sizes 1, nothing symmetric."""
    terms = [t for p in (part.get("goal", []), *part.get("hypotheses", [])) for t in p]
    sides = [side for c in part.get("cofactors", ()) for side in (c[1], c[3])]
    words = [t[1] for t in terms] + sides if part["method"] == "identity" else []
    return (
        bool(words and part["cofactors"])
        and all(len(c) == 4 for c in part["cofactors"])
        and all(shape and "1" not in shape for shape in part["symbols"].values())
        and all(a != b for a, b in part["adjoints"])
        and all(isinstance(a, str) for word in words for a in word)
    )


def identities():
    """Run through the stored identities of words, by file."""
    for path in sorted(STORED.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if "method" in data and free(data):
            yield path.stem, data


IDENTITIES = dict(identities())


def program(part):
    """Return a program that prints whether the goal is the sum of its cofactors."""
    letters = {a: f"x{i}" for i, a in enumerate(part["symbols"])}
    turned = {a: b for pair in part["adjoints"] for a, b in (pair, pair[::-1])}
    count = len(part["hypotheses"])

    def word(items):
        return "*".join(letters[a] for a in items) or "1"

    def polynomial(terms, transposed=False):
        words = [[turned[a] for a in reversed(t[1])] if transposed else t[1] for t in terms]
        return "+".join(f"({t[0]})*{word(w)}" for t, w in zip(terms, words, strict=True))

    lines = [
        f"({c})*{word(left)}*({polynomial(part['hypotheses'][k % count], k >= count)})*{word(right)}"
        for c, left, k, right in part["cofactors"]
    ]
    longest = max(len(t[1]) for h in part["hypotheses"] for t in h)
    bound = max([longest + len(c[1]) + len(c[3]) for c in part["cofactors"]] + [len(t[1]) for t in part["goal"]])
    steps = "\n".join(f"f=f-({line});" for line in lines)
    return (
        f'LIB "freealgebra.so";\nring r=0,({",".join(letters.values())}),Dp;\n'
        f"def F=freeAlgebra(r,{max(bound, 1)}); setring F;\npoly f={polynomial(part['goal'])};\n{steps}\nint(f==0);\n"
    )


def verdict(part):
    """Return what Singular prints."""
    done = subprocess.run(
        [SINGULAR, "-q", "--no-rc"], input=program(part), capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.split()


def test_there_is_something_to_ask():
    """The library holds identities of words, the two longest among them."""
    assert len(IDENTITIES) >= 10
    assert {"reverse_order.clines_formula", "reverse_order.hartwigs_triple_law"} <= {*IDENTITIES}


@pytest.mark.slow
@needs_singular
@pytest.mark.parametrize("name", IDENTITIES)
def test_singular_multiplies_out_to_the_same(name):
    """The goal is the sum of its cofactors, and is not without the last one, nor with another sign."""
    part = IDENTITIES[name]
    assert verdict(part) == ["1"]
    assert verdict(part | {"cofactors": part["cofactors"][:-1]}) == ["0"]
    first, *others = part["cofactors"]
    assert verdict(part | {"cofactors": [["7/3", *first[1:]], *others]}) == ["0"]
