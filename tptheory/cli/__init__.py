"""The command line: a thin skin over the API. Only this room prints or exits."""

from tptheory.cli import (  # noqa: F401  importing them is what adds their commands
    appendix,
    export,
    invariants,
    nets,
    proofs,
    refutations,
    report,
    simulation,
    sweeping,
    theorems,
    training,
)
from tptheory.cli.shell import app, main

__all__ = ["app", "main"]
