"""The errors that tptheory raises: each names the argument, what was expected, what came, and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fractions import Fraction

LONGEST_INTEGER, LONGEST_TEXT = 60, 1000
"""How many digits of an integer, and characters of anything else, an error shows at most."""
LONGEST_SAID = 300
"""How many characters of what a user's code says an error repeats."""


class TptheoryError(Exception):
    """Mark every error that tptheory raises on purpose; catch it to catch them all.

    >>> from tptheory import DeepLinearNetwork
    >>> try:
    ...     DeepLinearNetwork(depth=0)
    ... except TptheoryError as error:
    ...     print(error)
    'depth' must be a positive integer (got 0). Give depth=1 or more.
    """


class InvalidValueError(TptheoryError, ValueError):
    """Report an argument of the right type and a value that cannot be used."""


class InvalidTypeError(TptheoryError, TypeError):
    """Report an argument of the wrong type."""


class ShapeError(TptheoryError, ValueError):
    """Report matrices whose shapes do not compose."""


class TruthValueError(TptheoryError, TypeError):
    """Raised when a claim, a hypothesis or a verdict is used as a truth value, which none of them is."""


class UnknownNameError(TptheoryError, KeyError):
    """Report a name that is not known, with the nearest one that is."""

    def __str__(self) -> str:
        """Show the message as it was worded; KeyError alone would show its repr."""
        return str(self.args[0])


class UnknownArgumentError(UnknownNameError, TypeError):
    """Report a keyword argument that a function does not have, with the nearest one that it has."""


class UnsupportedExpressionError(TptheoryError, NotImplementedError):
    """Report an expression outside the language that a method understands."""


class MissingMethodError(TptheoryError, NotImplementedError):
    """Report a class of one's own that lacks a method that it must define."""


class InvalidFileError(TptheoryError, ValueError):
    """Report a file that is broken, hostile or of another format."""


class MissingLibraryError(TptheoryError, ImportError):
    """Report an optional library that is asked for and not installed."""


class TimeUpError(BaseException):
    """Raised where the time is up; the search that runs turns it into an answer, mostly the one that set the limit.

    A search inside another one, which sets no limit of its own, may catch it, and answer with what it has. It is no
    Exception, so that code that catches whatever a user's function raises does not take it for an error of that
    function.

    Attributes:
        reason: why the search ends, in words.
    """

    def __init__(self, reason: str = "the time was up") -> None:
        super().__init__(reason)
        self.reason = reason


def complain(argument: str, expected: str, came: object, mend: str = "") -> str:
    """Word a message: ``'argument' must be expected (got came). mend``; a fraction is shown as it is typed.

    >>> complain("depth", "a positive integer", 0, "Give depth=1 or more.")
    "'depth' must be a positive integer (got 0). Give depth=1 or more."
    >>> complain("s", "a positive number", Fraction(-1, 3))
    "'s' must be a positive number (got -1/3)."
    """
    return f"{argument!r} must be {expected} (got {value_text(came)}).{' ' + mend if mend else ''}"


def value_text(came: object) -> str:
    """Return what came as an error shows it: an integer of many digits and a long text are cut.

    >>> value_text("tp"), value_text(Fraction(1, 2)), value_text(10**400)
    ("'tp'", '1/2', '1000000000... of 401 digits')
    """
    if isinstance(came, int) and abs(came) >= 10**LONGEST_INTEGER:
        digits = int(came.bit_length() * 0.30103)
        digits += abs(came) >= 10**digits
        return f"{'-' if came < 0 else ''}{abs(came) // 10 ** (digits - 10)}... of {digits} digits"
    try:
        text = str(came) if isinstance(came, Fraction) else repr(came)
    except ValueError:  # Python writes no integer of thousands of digits, not within a list either
        return f"{type(came).__name__} with numbers of thousands of digits"
    except RecursionError:
        return f"{type(came).__name__} that is nested deeply"
    except (KeyboardInterrupt, TimeUpError):
        raise
    except BaseException:  # a user's own class may raise anything
        return f"an object of the class {type(came).__name__}"
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}..."


def raised(error: BaseException) -> str:
    """Say in one line what a user's code raised.

    >>> raised(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    """
    try:
        said = " ".join(str(error).split())
    except (KeyboardInterrupt, TimeUpError):
        raise
    except BaseException:  # a user's own class may raise anything
        said = "an error that cannot be printed"
    said = said if len(said) <= LONGEST_SAID else said[:LONGEST_SAID] + " ..."
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def unknown_name(argument: str, name: str, known: Iterable[str], expected: str = "one of") -> UnknownNameError:
    """Build the error for an unknown name, and suggest the nearest known one; ``expected`` introduces the known ones.

    >>> str(unknown_name("rule", "bckprop", ["backprop", "target-prop"]))
    "'rule' must be one of backprop, target-prop (got 'bckprop'). Did you mean 'backprop'?"
    """
    known = sorted(known)
    listed = f"{expected} {', '.join(known)}" if known else "the name of one, and there is none"
    return UnknownNameError(complain(argument, listed, name, did_you_mean(name, known)))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question after the known name that is nearest to an unknown one; nothing if none is near.

    >>> did_you_mean("wieghts", ["weights", "biases"])
    "Did you mean 'weights'?"
    """
    nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.4)
    return f"Did you mean {nearest[0]!r}?" if nearest else ""
