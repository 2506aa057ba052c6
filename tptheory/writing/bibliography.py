"""The sources that rules and reasons cite, as BibTeX: ``templates/references.bib`` has each that we are sure of.

A docstring cites by authors and year, such as ``Lee et al., 2015``. A citation that has no entry stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tptheory.typesetting.prose import prose_tex


@cache
def entries() -> dict[str, str]:
    """Return the BibTeX entries by key.

    >>> entries()["penrose1955"].splitlines()[1]
    '  author = {Penrose, Roger},'
    """
    text = (Path(__file__).parent / "templates" / "references.bib").read_text(encoding="utf-8")
    found = re.findall(r"^(@[a-z]+\{([a-z0-9]+),\n.*?^\}\n)", text, re.MULTILINE | re.DOTALL)
    return {key: entry for entry, key in found}


@cache
def spellings() -> dict[str, str]:
    """Return by each citation that a docstring may hold the key of its entry.

    All authors are named; of three or more, the first may stand for all.

    >>> [spelling for spelling, key in spellings().items() if key == "arora2018"]
    ['Arora, Cohen and Hazan, 2018', 'Arora, Cohen, Hazan, 2018', 'Arora et al., 2018']
    """
    found: dict[str, str] = {}
    for key, entry in entries().items():
        fields = dict(re.findall(r"^  (author|year) = \{(.*)\},?$", entry, re.MULTILINE))
        names = [author.partition(",")[0].replace(r"{\o}", "ø") for author in fields["author"].split(" and ")]
        listed = [" and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))]
        if len(names) > 2:
            listed += [", ".join(names), f"{names[0]} et al."]
        found |= dict.fromkeys((f"{authors}, {fields['year']}" for authors in listed), key)
    return found


def cited(tex: str) -> str:
    r"""Return LaTeX with each citation of `spellings` as natbib's ``\citealp``, which stands within parentheses.

    >>> cited("By definition (Penrose, 1955).")
    'By definition (\\citealp{penrose1955}).'
    """
    keys = _typeset_spellings()
    return _pattern().sub(lambda match: rf"\citealp{{{keys[match[0]]}}}", tex)


def bibliography(tex: str) -> str:
    """Return the entries that a document cites, in the order of their keys."""
    keys: Iterable[str] = sorted(set(re.findall(r"\\citealp\{([a-z0-9]+)\}", tex)))
    return "\n".join(entries()[key] for key in keys)


@cache
def _typeset_spellings() -> dict[str, str]:
    """Return `spellings`, as they come out in LaTeX."""
    return {prose_tex(spelling): key for spelling, key in spellings().items()}


@cache
def _pattern() -> re.Pattern[str]:
    """Return what matches a whole citation, and not the ``Lee, 2018`` that ends ``Hu and Lee, 2018``."""
    either = "|".join(re.escape(tex) for tex in sorted(_typeset_spellings(), key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z])(?<!and )(?:{either})(?![0-9A-Za-z])")
