"""The command that writes an expression with few letters: simplify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tptheory.cli.options import Json, Seconds
from tptheory.cli.shell import app, console, print_json
from tptheory.errors import InvalidFileError, InvalidValueError, complain, raised, unknown_name


@app.command()
def simplify(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="FILE.py::NAME, an expression or a function that returns one.")
    ],
    seconds: Seconds = 10.0,
    explain: Annotated[bool, typer.Option("--explain", help="Print the proof that the two are equal.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    as_json: Json = False,
) -> None:
    """Print the shortest expression that is found to equal another one, and is proved to.

    NAME is an expression, or a function without arguments that returns an expression, or an expression and a list of
    hypotheses. The file is Python and is run: name only files that you trust.
    """
    from tptheory.deciding.simplifying import cost_to_read
    from tptheory.deciding.simplifying import simplify as shortest
    from tptheory.typesetting.expressions import latex_of
    from tptheory.typesetting.spelling import text_of

    expression, given = _expression(target)
    found = shortest(expression, given, seconds=seconds)
    if as_json:
        before, after = (cost_to_read(e)[0] for e in (found.original, found.expression))
        print_json(
            {
                "original": text_of(found.original),
                "expression": text_of(found.expression),
                "latex": latex_of(found.expression),
                "letters": {"before": before, "after": after},
                "certificate": found.certificate.data,
            }
        )
        return
    out = console()
    out.print(latex_of(found.expression) if latex else str(found))
    if explain:
        out.print(found.verdict.explain())


def _expression(target: str) -> tuple[Any, Any]:
    """Return the expression that a target names, and the hypotheses that come with it.

    Raises:
        InvalidValueError: if the target names no thing in a file.
        UnknownNameError: if the file does not define it.
        InvalidFileError: if the file does not import, or the function raises.
    """
    from tptheory.claims.python_files import run_file, written_in

    path, _, name = target.partition("::")
    if not name:
        raise InvalidValueError(complain("target", "FILE.py::NAME", target, f"Name an expression: {path}::update."))
    defined = run_file("target", Path(path))
    if name not in defined:
        raise unknown_name("target", name, {key for key in written_in(Path(path)) if not key.startswith("_")})
    value = defined[name]
    if callable(value) and not hasattr(value, "free_symbols"):
        try:
            value = value()
        except Exception as error:  # the user's own code may raise anything
            raise InvalidFileError(
                f"'target' must be a function that returns an expression (got {target}, which raised {raised(error)})."
            ) from error
    return value if isinstance(value, tuple) and len(value) == 2 else (value, ())
