"""What the option --rule names: a rule of tptheory, or one of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tptheory.claims.python_files import run_file
from tptheory.errors import unknown_name

if TYPE_CHECKING:
    from tptheory.symbolic.rules import Rule


def chosen_rule(name: str) -> Rule:
    """Return the rule of that name, or the one that ``FILE.py::CLASS`` defines; the file is run.

    Raises:
        UnknownNameError: if there is no such rule.
        InvalidFileError: if the file does not import.
    """
    from tptheory.symbolic.rules import Rule, rule_named

    path, colons, wanted = name.partition("::")
    if not colons:
        return rule_named(name)
    defined = run_file("rule", Path(path))
    rules = {key: value for key, value in defined.items() if isinstance(value, type) and issubclass(value, Rule)}
    rules.pop("Rule", None)
    if wanted not in rules:
        raise unknown_name("rule", wanted, rules)
    return rules[wanted]()
