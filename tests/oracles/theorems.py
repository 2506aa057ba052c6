"""Every claim that the tests know to be true, and every claim that they know to be false, each by its name."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tptheory import collect
from tptheory.claims.ranges import at_small_depths, is_layered
from tptheory.claims.theorem import Theorem

TESTS = Path(__file__).parents[1]
PROOFS = TESTS.parent / "proofs"


@cache
def _module(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"table_of_{Path(path).stem}", TESTS / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHOSEN = (
    *("pinv_is_unique", "push_through", "pinv_of_a_partial_isometry", "partial_isometry_from_pinv"),
    *("adjoint_absorbs_the_pinv", "tp_equals_bp", "targets_reach_the_output", "greville_suffices"),
    *("star_order_is_transitive", "bp_balance_step", "tp_trace_identity", "kaczmarz_solves_in_one_step"),
)
"""Theorems of fixed depth, of every kind, from many files: what is said of certificates is tried on these."""


@cache
def everything() -> tuple[Theorem, ...]:
    """Return all theorems and conjectures of `proofs/`."""
    return tuple(collect(PROOFS))


@cache
def counts_of_laws() -> tuple[Theorem, ...]:
    """Return the theorems that count laws, told by their file alone, since to build every claim takes seconds."""
    return tuple(theorem for theorem in everything() if theorem.path.name == "law_counts.py")


@cache
def library() -> dict[str, Any]:
    """Return the chosen theorems of `proofs/`; the tests of the library try them all, and more briefly."""
    found = {t.node: t for t in everything() if t.name in CHOSEN and not is_layered(t.claim)}
    return {node: theorem for node, theorem in found.items() if theorem.expected == "proved"}


def proved() -> dict[str, Any]:
    """Return claims of `proofs/`, and those of the table of true claims."""
    theorems = {node: theorem.claim for node, theorem in library().items()}
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
            found[f"{name} ({i})"] = list(at_small_depths(part))[-1] if is_layered(part) else part
    return found
