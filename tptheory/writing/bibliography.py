"""What rules and reasons cite, as BibTeX: ``templates/references.bib`` has each source that we are sure of.

A source that has no entry stays in the text as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tptheory.typesetting.prose import prose_tex

SPELLINGS = {
    "Ahmad, van Gerven and Ambrogioni, 2020": "ahmad2020",
    "Arora, Cohen and Hazan, 2018": "arora2018",
    "Arora, Cohen, Hazan, 2018": "arora2018",
    "Baksalary, 1987": "baksalary1987",
    "Ben-Israel and Greville, 2003": "benisrael2003",
    "Bengio, 2020": "bengio2020",
    "Bouldin, 1973": "bouldin1973",
    "Cauchy, 1847": "cauchy1847",
    "Cline, 1964": "cline1964",
    "Cline and Greville, 1970": "cline1970",
    "Drazin, 1978": "drazin1978",
    "Du, Hu and Lee, 2018": "du2018",
    "Erdelyi, 1966": "erdelyi1966",
    "Golub and Pereyra, 1973": "golub1973",
    "Greville, 1960": "greville1960",
    "Greville, 1966": "greville1966",
    "Halmos, 1958": "halmos1958",
    "Hartwig, 1980": "hartwig1980",
    "Hartwig, 1986": "hartwig1986",
    "Hartwig and Styan, 1986": "hartwigstyan1986",
    "Haykin, 2002": "haykin2002",
    "Henderson and Searle, 1981": "henderson1981",
    "Hestenes, 1961": "hestenes1961",
    "Kaczmarz, 1937": "kaczmarz1937",
    "Kawaguchi, 2016": "kawaguchi2016",
    "Lee et al., 2015": "lee2015",
    "Lillicrap et al., 2016": "lillicrap2016",
    "Meulemans et al., 2020": "meulemans2020",
    "Moore, 1920": "moore1920",
    "Nocedal and Wright, 2006": "nocedal2006",
    "Nøkland, 2016": "nokland2016",
    "Penrose, 1955": "penrose1955",
    "Penrose, 1956": "penrose1956",
    "Rao, 1962": "rao1962",
    "Robertson and Koyejo, 2023": "robertson2023",
    "Rumelhart, Hinton and Williams, 1986": "rumelhart1986",
    "Rumelhart et al., 1986": "rumelhart1986",
    "Saxe et al., 2014": "saxe2014",
    "Saxe, McClelland and Ganguli, 2014": "saxe2014",
    "Sherman and Morrison, 1950": "sherman1950",
    "Sussillo and Abbott, 2009": "sussillo2009",
    "Urquhart, 1968": "urquhart1968",
    "Zlobec, 1970": "zlobec1970",
}
"""How docstrings cite, and the key of the entry."""


@cache
def entries() -> dict[str, str]:
    """Return the BibTeX entries by key.

    >>> entries()["penrose1955"].splitlines()[1]
    '  author = {Penrose, Roger},'
    """
    text = (Path(__file__).parent / "templates" / "references.bib").read_text(encoding="utf-8")
    found = re.findall(r"^(@[a-z]+\{([a-z0-9]+),\n.*?^\}\n)", text, re.MULTILINE | re.DOTALL)
    return {key: entry for entry, key in found}


def cited(tex: str) -> str:
    r"""Return LaTeX with each citation of `SPELLINGS` as natbib's ``\citealp``, which stands within parentheses.

    >>> cited("By definition (Penrose, 1955).")
    'By definition (\\citealp{penrose1955}).'
    """
    return _pattern().sub(lambda match: rf"\citealp{{{_keys()[match[0]]}}}", tex)


def bibliography(tex: str) -> str:
    """Return the entries that a document cites, in the order of their keys."""
    keys: Iterable[str] = sorted(set(re.findall(r"\\citealp\{([a-z0-9]+)\}", tex)))
    return "\n".join(entries()[key] for key in keys)


@cache
def _keys() -> dict[str, str]:
    return {prose_tex(spelling): key for spelling, key in SPELLINGS.items()}


@cache
def _pattern() -> re.Pattern[str]:
    """Match a citation, the longest first, that begins a name: not the ``Lee, 2018`` of ``Hu and Lee, 2018``."""
    either = "|".join(re.escape(tex) for tex in sorted(_keys(), key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z])(?<!and )(?:{either})(?![0-9A-Za-z])")
