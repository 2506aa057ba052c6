"""Keyword arguments that a public function does not have: refused by name, with the one that was meant."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from tptheory.errors import UnknownArgumentError, did_you_mean

P = ParamSpec("P")
R = TypeVar("R")

OTHER_NAMES = {
    "assuming": "given",
    "assumptions": "given",
    "axes": "ax",
    "epochs": "steps",
    "eta": "lr",
    "hypotheses": "given",
    "iterations": "steps",
    "learning_rate": "lr",
    "parameters": "constants",
    "step_size": "lr",
    "timeout": "seconds",
}
"""What other libraries and papers call an argument, and what it is called here."""
OF_THE_CLAIM = "Hypotheses stand in the claim: Equal(A, B, given=[...])."
"""Where hypotheses belong, for a function that takes a claim."""
OF_A_RUN = "A step size is an argument of simulate, simulate_ensemble and train."
"""Where a step size belongs."""


def known_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function refuse keywords that it does not have, with the nearest one that it has.

    Signature, docstring and annotations stay. What else is wrong with a call is told by Python, as ever.

    >>> @known_keywords
    ... def run(*, lr: float = 0.1) -> float:
    ...     return lr
    >>> str(inspect.signature(run)), run(lr=0.5)
    ("(*, lr: 'float' = 0.1) -> 'float'", 0.5)
    >>> run(learning_rate=0.5)
    Traceback (most recent call last):
    tptheory.errors.UnknownArgumentError: run has no argument 'learning_rate' (it has lr). Did you mean 'lr'?
    """
    named = [p.name for p in inspect.signature(function).parameters.values() if p.kind in BY_NAME]
    known = frozenset(named)

    @wraps(function)
    def called(*arguments: P.args, **keywords: P.kwargs) -> R:
        if not known.issuperset(keywords):
            refuse_unknown_keywords(function.__name__, keywords, named)
        return function(*arguments, **keywords)

    return called


BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
"""The kinds of parameters that may be given by name."""


def refuse_unknown_keywords(function: str, keywords: Iterable[str], known: Iterable[str]) -> None:
    """Refuse the first keyword that is not a known one.

    Raises:
        UnknownArgumentError: if there is one.
    """
    known = list(known)
    for name in keywords:
        if name not in known:
            told = f"{function} has no argument {name!r} (it has {', '.join(known) or 'none'}). {_mend(name, known)}"
            raise UnknownArgumentError(told.rstrip())


def _mend(name: str, known: list[str]) -> str:
    """Return which known keyword was meant, or where the unknown one belongs; nothing if neither is known.

    Where it is known what a word means, no other one is suggested because it has the same letters.
    """
    meant = OTHER_NAMES.get(name, name)
    if meant in known:
        return f"Did you mean {meant!r}?"
    if meant == "given":
        return OF_THE_CLAIM if "claim" in known else ""
    if meant == "lr":
        return OF_A_RUN
    return "" if name in OTHER_NAMES else did_you_mean(name, known)
