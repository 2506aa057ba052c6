"""The command line: a thin skin over the API, with one module for each command. Only this room prints or exits."""

from tptheory.cli import (  # noqa: F401  importing them is what adds their commands
    check,
    derive,
    export,
    invariants,
    latex,
    prove,
    refute,
    report,
    simplify,
    simulate,
    sweep,
    train,
    when,
)
from tptheory.cli.shell import app, main

__all__ = ["app", "main"]
