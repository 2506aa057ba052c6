"""Every claim that the tests know to be true, and every claim that they know to be false, each by its name."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tptheory import collect
from tptheory.claims.compound import finite, is_layered

TESTS = Path(__file__).parents[1]
PROOFS = TESTS.parent / "proofs"


@cache
def _module(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"table_of_{Path(path).stem}", TESTS / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def proved() -> dict[str, Any]:
    """Return the claims of `proofs/` and of the table of true claims."""
    theorems = {f"{t.path.name}::{t.name}": t.claim for t in collect(PROOFS) if t.expected == "proved"}
    return theorems | {f"tactics: {name}": claim for name, claim in _module("proving/test_tactics.py").TRUE.items()}


def false() -> dict[str, Any]:
    """Return the claims of both tables of false claims."""
    tactics, refuting = _module("proving/test_tactics.py").FALSE, _module("refuting/test_refuting.py").FALSE
    return {f"tactics: {name}": claim for name, claim in tactics.items()} | {
        f"refuting: {name}": claim for name, (claim, _) in refuting.items()
    }


def conjuncts(claims: dict[str, Any]) -> dict[str, Any]:
    """Take claims apart; of those about networks of any depth, take what they say of the deepest that is measured."""
    found = {}
    for name, claim in claims.items():
        for i, part in enumerate(claim.conjuncts(), start=1):
            found[f"{name} ({i})"] = list(finite(part))[-1] if is_layered(part) else part
    return found
