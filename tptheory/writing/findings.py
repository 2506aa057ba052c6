"""What a report opens with: results in words, each with its picture and the theorems that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tptheory.writing.gathering import TheoremResult

Picture = TypeVar("Picture")


@dataclass(frozen=True)
class Finding:
    """A result in words.

    Attributes:
        title: the result in one sentence.
        words: what it means, and where it ends.
        nodes: the theorems and counterexamples that it rests on; none where it is only measured.
        picture: the name of its picture.
    """

    title: str
    words: str
    nodes: tuple[str, ...]
    picture: str


FINDINGS: tuple[Finding, ...] = ()
"""The results that a report opens with, if it has their theorems."""


def shown_findings(
    results: Sequence[TheoremResult], pictures: Mapping[str, Picture]
) -> list[tuple[Finding, list[TheoremResult], Picture | None]]:
    """Return the findings whose theorems are all here with the expected verdict, with these and with their pictures.

    A finding that rests on measurements alone needs its picture.
    """
    here = {r.theorem.node: r for r in results if r.as_expected}
    shown = []
    for finding in FINDINGS:
        if all(node in here for node in finding.nodes) and (finding.nodes or finding.picture in pictures):
            shown.append((finding, [here[node] for node in finding.nodes], pictures.get(finding.picture)))
    return shown
