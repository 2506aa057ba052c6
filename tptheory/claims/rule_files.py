"""Rules that a user names: a built-in one by its name, or one of one's own as ``FILE.py::NAME``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tptheory.claims.python_files import run_file, written_in
from tptheory.errors import InvalidTypeError, InvalidValueError, complain, raised, unknown_name
from tptheory.symbolic.rules import Rule, rule_named

if TYPE_CHECKING:
    from tptheory.claims.theorem import Theorem


def rule_from(name: str) -> Rule:
    """Return the built-in rule of that name, or the rule that ``FILE.py::NAME`` defines; the file is run.

    ``NAME`` is an instance of a rule, such as ``half = Mixed(Symbol("s"))``, or a class that takes no arguments.

    >>> rule_from("tp")
    TargetProp()

    Raises:
        UnknownNameError: if there is no such rule; the nearest is suggested.
        InvalidTypeError: if ``name`` is no text.
        InvalidValueError: if a file is named without a rule in it, or its class cannot be called without arguments.
        InvalidFileError: if the file does not import.
    """
    if not is_of_a_file(name):
        return rule_named(name)
    path, _, wanted = name.partition("::")
    defined = run_file("rule", Path(path))
    rules = {key: value for key, value in defined.items() if key != "Rule" and _is_rule(value)}
    if not wanted:
        own = next((key for key, rule in rules.items() if rule.__module__ == defined.get("__name__")), "Name")
        raise InvalidValueError(complain("rule", "a rule in a file", name, f"Name the class: {path}::{own}."))
    if wanted not in rules:
        raise unknown_name("rule", wanted, rules.keys() & written_in(Path(path)))
    found = rules[wanted]
    return _called(name, found) if isinstance(found, type) else found


def rules_defined_with(theorems: Iterable[Theorem]) -> Iterator[tuple[Path, str, Rule]]:
    """Run through the rules that the files of theorems define, each with its file and its name there.

    These are classes of rules that take no arguments, and the instances that have a name in the file, of classes that
    are defined in it. Of equal rules the first is taken, and a class that needs arguments has its instances alone.
    """
    modules = {theorem.path: theorem.function.__globals__ for theorem in theorems}
    for path, defined in modules.items():
        seen: list[Rule] = []
        for name, value in defined.items():
            if not _is_rule(value) or value.__module__ != defined.get("__name__"):
                continue
            with suppress(InvalidValueError):
                rule = _called(name, value) if isinstance(value, type) else value
                if not any(rule == other for other in seen):
                    seen.append(rule)
                    yield path, name, rule


def is_of_a_file(name: Any) -> bool:
    """Whether the name of a rule names a file.

    Raises:
        InvalidTypeError: if it is no text.
    """
    if not isinstance(name, str):
        raise InvalidTypeError(complain("rule", "a name such as 'tp', or FILE.py::NAME", name))
    return "::" in name or name.endswith(".py")


def _is_rule(value: Any) -> bool:
    return isinstance(value, Rule) or (isinstance(value, type) and issubclass(value, Rule))


def _called(name: str, rule: type[Rule]) -> Rule:
    """Return what a class of a user's makes without arguments.

    Raises:
        InvalidValueError: if the call raises, whatever it raises.
    """
    try:
        return rule()
    except Exception as error:  # a user's own code may raise anything
        said = f"{name}, which raised {raised(error)}"
        mend = f"Name an instance instead: write half = {rule.__name__}(...) in the file, and name half."
        raise InvalidValueError(
            f"'rule' must be an instance, or a class that takes no arguments (got {said}). {mend}"
        ) from error
