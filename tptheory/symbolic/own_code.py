"""What a rule's own code raises is told in one line: which method, at which layer, what it raised, how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from sympy import MatrixBase, MatrixExpr

from tptheory.errors import InvalidTypeError, InvalidValueError, TptheoryError

GIVE_MATRICES = frozenset(
    {
        *("feedback", "presynaptic", "backward", "error_signal", "target"),
        *("descent", "bias_descent", "velocity", "bias_velocity", "update", "bias_update"),
    }
)
"""The methods of a rule that return a matrix at a layer."""
OF_A_NETWORK = ("flow", "step")
"""The methods of a rule that take a network and no layer."""


def naming_failures(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Wrap a method of a rule, so that whatever it raises becomes an error that names the method and the layer.

    A method of tptheory's own is returned as it is: what it raises is a defect here, and for no user to mend.

    Raises:
        InvalidValueError: if the method raises an error that is not tptheory's, which becomes its cause.
        InvalidTypeError: if a method that gives a matrix returns something else.
    """
    if getattr(method, "names_failures", False) or str(method.__module__).startswith("tptheory."):
        return method

    @wraps(method)
    def named(rule: Any, *arguments: Any, **keywords: Any) -> Any:
        layer = keywords.get("l", arguments[1] if len(arguments) > 1 else None)
        at, signature = ("", f"{name}(net)") if layer is None else (f" at layer {layer}", f"{name}(net, l)")
        opening = f"'rule' must be one whose definitions make matrices (got {type(rule).__name__}"
        mend = f"Mend {signature} in the class {type(rule).__name__}."
        try:
            result = method(rule, *arguments, **keywords)
        except TptheoryError:
            raise
        except Exception as error:  # a user's own code may raise anything
            said = f"{type(error).__name__}: {error}"
            raise InvalidValueError(f"{opening}, whose {name}{at} raised {said}). {mend}") from error
        if name in GIVE_MATRICES and not isinstance(result, MatrixExpr | MatrixBase):
            raise InvalidTypeError(
                f"{opening}, whose {name}{at} returned {type(result).__name__} and no matrix). {mend}"
            )
        return result

    named.names_failures = True  # type: ignore[attr-defined]
    return named
