"""What a rule's own code raises is told in one line: which method, at which layer, what it raised, how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from sympy import Lambda, MatrixBase, MatrixExpr

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, TptheoryError, complain
from tptheory.symbolic.dynamics import Motion
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.shapes import same_shape

SHAPES = {
    "feedback": ("below", "above"),
    "presynaptic": ("samples", "below"),
    "backward": ("layer", "output"),
    **dict.fromkeys(("error_signal", "target"), ("layer", "samples")),
    **dict.fromkeys(("descent", "velocity", "update"), ("layer", "below")),
    **dict.fromkeys(("bias_descent", "bias_velocity", "bias_update"), ("layer", "one")),
}
"""The methods of a rule that return a matrix at a layer, with the names of its two sizes in `_size`."""
OF_A_NETWORK = ("flow", "step")
"""The methods of a rule that take a network and no layer."""


def naming_failures(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Wrap a method of a rule, so that an exception that is not tptheory's becomes one that names method and layer.

    A method of tptheory's own is returned as it is: what it raises is a defect here, and for no user to mend.

    Raises:
        InvalidValueError: if the method raises an error that is not tptheory's, which becomes its cause.
        InvalidTypeError: if a method that gives a matrix, or a motion, returns something else.
        ShapeError: if the matrix has another shape than the method must give; in a motion, than what it moves.
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
        if name in SHAPES and not isinstance(result, MatrixExpr | MatrixBase):
            raise InvalidTypeError(
                f"{opening}, whose {name}{at} returned {type(result).__name__} and no matrix). {mend}"
            )
        if name in OF_A_NETWORK and not isinstance(result, Motion):
            raise InvalidTypeError(f"{opening}, whose {name} returned {type(result).__name__} and no motion). {mend}")
        for what, found, expected in _shapes(name, result, rule, arguments[0] if arguments else keywords["net"], layer):
            if not same_shape(found, expected):
                raise ShapeError(
                    f"{opening}, whose {name}{at} returned {what} of shape {found}, and the shape must be {expected}). "
                    f"{mend}"
                )
        return result

    named.names_failures = True  # type: ignore[attr-defined]
    return named


def of_a_network(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Wrap a method of a rule, so that what is given in the place of a network is refused, and the mend is told.

    Raises:
        InvalidTypeError: in a call, if the first argument is no network.
    """
    places = "net" if name in OF_A_NETWORK else "net, l"

    @wraps(method)
    def taking(rule: Any, *arguments: Any, **keywords: Any) -> Any:
        given = [*arguments, *keywords.values()]
        if given and not isinstance(keywords.get("net", given[0]), DeepLinearNetwork):
            came = keywords.get("net", given[0])
            mend = f"Try rule.{name}({places}) with net = DeepLinearNetwork(depth=2)."
            if came is DeepLinearNetwork:
                mend = "Add parentheses: DeepLinearNetwork(depth=2)."
            elif any(isinstance(other, DeepLinearNetwork) for other in given):
                mend = f"The network stands first: rule.{name}({places})."
            raise InvalidTypeError(complain("net", "a network", came, mend))
        return method(rule, *arguments, **keywords)

    return taking


def with_canonical_lambdas(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a user's method so that the bound variables of ``applyfunc`` have canonical names.

    Else two calls would differ and look like a branch. A method of tptheory's own, which makes no such function, is
    returned as it is.
    """
    if str(method.__module__).startswith("tptheory."):
        return method

    @wraps(method)
    def renamed(*arguments: Any, **keywords: Any) -> Any:
        result = method(*arguments, **keywords)
        return result.as_dummy() if isinstance(result, MatrixExpr) and result.has(Lambda) else result

    return renamed


def _shapes(name: str, result: Any, rule: Any, net: Any, l: Any) -> Iterator[tuple[str, Any, Any]]:
    """Run through the matrices that a method returned: what each is called, its shape, and the shape it must have."""
    if name in SHAPES:
        yield "a matrix", result.shape, tuple(_size(size, rule, net, l) for size in SHAPES[name])
    elif name in OF_A_NETWORK and not net.any_depth:
        for symbol, change in result.items():
            yield f"for {symbol} a matrix", change.shape, symbol.shape


def _size(name: str, rule: Any, net: Any, l: Any) -> Any:
    """Return the size of that name at a layer; above a layer is what its feedback takes: the layer, or the output."""
    if name in ("samples", "one"):
        return net.samples if name == "samples" else 1
    if name == "output" or (name == "above" and rule.direct):
        return net.widths[net.depth]
    return net.widths[l - 1 if name == "below" else l]
