"""Whose code a frame of Python's runs, what it was called with, and what stands in it."""

from __future__ import annotations

import os
import sys
import sysconfig
from dis import Instruction, get_instructions, opname, stack_effect
from functools import lru_cache
from inspect import CO_VARARGS, CO_VARKEYWORDS
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import mpmath
import sympy

OURS = str(Path(__file__).parents[1]) + os.sep
LIBRARIES = (OURS, *(str(Path(str(package.__file__)).parent) + os.sep for package in (sympy, mpmath)))
"""The folders of the packages whose answers are looked at."""
LIBRARY_CODE: dict[int, CodeType] = {}
"""Code that is known to stand in one of them, by its identity: most code that runs does, and this tells it fastest."""
NOTHING = {"CACHE", "EXTENDED_ARG", "NOP", "RESUME"}
"""The steps of Python's byte code that do nothing to the stack."""
PYTHON = sysconfig.get_paths()["stdlib"] + os.sep
"""The folder of Python's own modules, which ask on behalf of who calls them."""

INSTALLED = {"site-packages", "dist-packages"}
"""The names of the folders into which packages are installed."""


def is_for_a_user(frame: FrameType) -> bool:
    """Whether a function of a library returns to a user's code, be it through Python's own modules."""
    if library_of(frame) not in LIBRARIES:
        return False
    caller = frame.f_back
    while caller is not None and library_of(caller) == PYTHON:
        caller = caller.f_back
    return caller is not None and library_of(caller) is None


def is_users_file(file: str) -> bool:
    """Whether the file of a frame is a user's own: none of Python's or of `LIBRARIES`, nor of any installed package."""
    return not file.startswith("<") and _folder(file) is None and not _is_installed(file)


def is_users_code(code: CodeType) -> bool:
    """Whether code stands in no file of Python's own modules, or of the packages in `LIBRARIES`."""
    return _folder(code.co_filename) is None


def has_returned(frame: FrameType) -> bool:
    """Whether a function that stops has returned a value; else it raised something, or yielded."""
    return opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")


def library_of(frame: FrameType) -> str | None:
    """Return the folder of the library, or of Python, in which the code of a frame stands; None for all other code."""
    file = frame.f_code.co_filename
    found = _folder(file) if not file.startswith("<") else _folder_of_module(str(frame.f_globals.get("__name__", "")))
    if found in LIBRARIES:
        LIBRARY_CODE[id(frame.f_code)] = frame.f_code
    return found


@lru_cache(maxsize=4096)
def _folder(file: str) -> str | None:
    """Return the library in whose folder a file is."""
    for folder in LIBRARIES:
        if file.startswith(folder):
            return folder
    return PYTHON if file.startswith(PYTHON) and not _is_installed(file) else None


def _is_installed(file: str) -> bool:
    """Whether a file is one of a package that was installed beside Python."""
    return not INSTALLED.isdisjoint(Path(file).parts)


@lru_cache(maxsize=4096)
def _folder_of_module(name: str) -> str | None:
    """Return the library of a module, for code that stands in no file, such as the methods of data classes."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return None if name == "__main__" or file is None else _folder(file)


@lru_cache(maxsize=4096)
def compared_by_identity(code: CodeType) -> tuple[str, ...]:
    """Return the dotted global names that are a side of an ``is`` in some code."""
    steps = [step for step in get_instructions(code) if step.opname not in NOTHING]
    found = []
    for at in (number for number, step in enumerate(steps) if step.opname == "IS_OP"):
        middle = _beginning(steps, at)
        found += [_dotted(steps[middle:at]), _dotted(steps[_beginning(steps, middle) : middle])]
    return tuple(filter(None, found))


def _beginning(steps: list[Instruction], end: int) -> int:
    """Return where the steps begin that put the value on the stack which lies on top of it before a step."""
    height = 0
    for number in range(end - 1, -1, -1):
        height += stack_effect(steps[number].opcode, steps[number].arg)
        if height == 1:
            return number
    return 0


def _dotted(steps: list[Instruction]) -> str:
    """Return the dotted global name that some steps load, and do nothing else; else nothing."""
    is_name = [step.opname for step in steps] == ["LOAD_GLOBAL", *["LOAD_ATTR"] * (len(steps) - 1)]
    return ".".join(step.argval for step in steps) if is_name else ""


def resolved(name: str, scope: dict[str, Any]) -> Any:
    """Return what a dotted name means in a scope; None for the attribute of anything but a module or `S`."""
    first, *others = name.split(".")
    found = scope.get(first)
    for other in others:
        found = getattr(found, other, None) if isinstance(found, ModuleType | type(sympy.S)) else None
    return found


def arguments_of(frame: FrameType) -> list[Any]:
    """Return the arguments of a call; those of a tuple each by itself."""
    code = frame.f_code
    number = (
        code.co_argcount
        + code.co_kwonlyargcount
        + bool(code.co_flags & CO_VARARGS)
        + bool(code.co_flags & CO_VARKEYWORDS)
    )
    values = [frame.f_locals[name] for name in code.co_varnames[:number] if name in frame.f_locals]
    return [part for value in values for part in (value if isinstance(value, tuple) else (value,))]


def name_of(frame: FrameType) -> str:
    """Return the name by which users know the function of a frame: ``is_even`` for SymPy's ``getit``."""
    name, values = frame.f_code.co_name, frame.f_locals
    told = {"getit": f"is_{values.get('fact')}", "wrapper": getattr(values.get("cfunc"), "__name__", name)}
    return str(told.get(name, name))
