"""The application with all its commands. Each command imports what it needs when it runs."""

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
from tptheory.cli.shell import app, run_app

__all__ = ["app", "run_app"]
