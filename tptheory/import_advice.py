"""Which import brings a name of tptheory: for the doors that run users' files, the command line and pytest."""

from __future__ import annotations


def import_of(name: str) -> str:
    """Say which import brings a name of tptheory; empty if there is no such name.

    >>> import_of("Pinv")
    "'Pinv' is a word of the preamble: begin the file with from tptheory.preamble import *."
    """
    import tptheory
    from tptheory import preamble

    if name.startswith("_"):
        return ""
    if hasattr(preamble, name):
        return f"{name!r} is a word of the preamble: begin the file with from tptheory.preamble import *."
    if name in dir(tptheory):
        return f"{name!r} is a name of tptheory: begin the file with from tptheory import {name}."
    return ""
