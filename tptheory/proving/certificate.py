"""Certificates: the data, its JSON, and its reading as equations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

from tptheory.certificates import checker, law_counts
from tptheory.certificates.reading import MALFORMED
from tptheory.certificates.shortening import shortened
from tptheory.checking import check_seconds
from tptheory.clock import require_time
from tptheory.errors import InvalidFileError, complain
from tptheory.files import read_whole, write_named
from tptheory.proving.plain_proofs import plain_proofs
from tptheory.typesetting.explanation import Chain, chain, proof_html, proof_latex, proof_text
from tptheory.typesetting.statements import statement_text

TITLE = 60
"""How many characters of its title the ``repr`` of a certificate shows."""


class _TimedWork(checker.Work):
    """The work of the checker, which asks for the time as it is counted."""

    def spend(self, cost: int) -> None:
        """Take a cost from what is left, if there is time."""
        require_time()
        super().spend(cost)


@dataclass(frozen=True)
class CheckResult:
    """The checker's answer: true if it accepts the certificate, and otherwise the reason why not."""

    accepted: bool
    reason: str = ""

    def __bool__(self) -> bool:
        """Whether the certificate was accepted."""
        return self.accepted


@dataclass(frozen=True, repr=False)
class Certificate:
    """A statement and its proof as data; `certificates/FORMAT.md` says what each field means, and `check` judges it.

    >>> from tptheory import DeepLinearNetwork, Equal, Pinv, matmul, prove
    >>> W = DeepLinearNetwork(depth=1).weight(1)
    >>> text = prove(Equal(matmul(W, Pinv(W), W), W)).certificate.to_json()
    >>> Certificate.from_json(text).check().accepted
    True
    """

    data: dict[str, Any]

    def __repr__(self) -> str:
        """Show in one line the method, the number of cofactors, and how the title begins."""
        title = shorten(self.theorem, TITLE, placeholder=" ...")
        title = self.theorem[:TITLE] if title == "..." else title  # the first word is too long
        try:
            return f"Certificate(method={self.method!r}, cofactors={self.cofactors}, title={title!r})"
        except MALFORMED:
            return f"Certificate(malformed, title={title!r})"

    @classmethod
    def from_json(cls, text: str) -> Certificate:
        """Read a certificate without judging it: that is for `check`.

        Raises:
            InvalidFileError: if the text is not a JSON object.
        """
        return cls._read("text", text.encode(errors="surrogatepass"))

    @classmethod
    def _read(cls, source: str, text: bytes) -> Certificate:
        try:
            data = checker.parse(text)
        except checker.Refused as error:
            raise InvalidFileError(f"{source!r} must be a certificate in JSON (got {error}).") from None
        if not isinstance(data, dict):
            raise InvalidFileError(complain(source, "a JSON object", type(data).__name__))
        return LawCountCertificate(data) if data.get("format") == law_counts.FORMAT else cls(data)

    @classmethod
    def load(cls, path: str | Path) -> Certificate:
        """Read a certificate from a file.

        Raises:
            InvalidFileError: if the file cannot be read, is too large, or is not a JSON object.
        """
        path = Path(path)
        if path.is_dir():
            mend = f"Name the certificates in it: {path}/*.json."
            raise InvalidFileError(complain("path", "a readable certificate, a file", str(path), mend))
        text = read_whole(path, checker.BYTES, what="certificate")
        return cls._read(str(path), text)

    def save(self, path: str | Path) -> None:
        """Write the certificate to a file, which `load` reads again.

        Raises:
            InvalidValueError: if the file cannot be written.
        """
        write_named("path", path, self.to_json().encode())

    def to_json(self) -> str:
        """Return the JSON text, one field a line, the same bytes each time; half of a surrogate pair is escaped."""
        fields = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in self.data.items())
        text = "{" + ",\n ".join(fields) + "}\n"
        return text.encode(errors="backslashreplace").decode()  # a backslash and the code: JSON's own escape

    def check(self) -> CheckResult:
        """Let the checker replay the certificate; a limit of time that is set holds for the checker, too."""
        try:
            checker.check(self.data, _TimedWork())
        except checker.Refused as error:
            return CheckResult(False, str(error))
        return CheckResult(True)

    def with_remark(self, remark: str, said: Any) -> Certificate:
        """Return the certificate with a remark, which proves nothing: it stands after the title."""
        fields = list(self.data.items())
        return Certificate(dict([*fields[:2], (remark, said), *fields[2:]]))

    def statement(self) -> str:
        """Return the statement as a certificate that the checker accepts says it, whatever its title."""
        return statement_text(self.data)

    def opening(self) -> str:
        """Return the text before the chains of equations; it is empty, except for counts of laws."""
        return ""

    @property
    def theorem(self) -> str:
        """The statement that the certificate was made for."""
        return str(self.data.get("title", ""))

    @property
    def method(self) -> str:
        """The method of the plain proofs that the proof reduces to, where they share one; else its own."""
        methods = {str(part.get("method")) for part in self.parts()}
        return methods.pop() if len(methods) == 1 else str(self.data.get("method"))

    def parts(self) -> Iterator[dict[str, Any]]:
        """Run through the plain proofs that this one reduces to; the field "place" of a case says which one it is.

        Each is a statement with its proof. The hypotheses of a base or step of an induction are the laws that it uses,
        each at the index at which it uses the law.
        """
        yield from plain_proofs(self.data)

    @property
    def cofactors(self) -> int:
        """The number of cofactors in all parts."""
        return sum(len(part["cofactors"]) for part in self.parts())

    def shortened(self, seconds: float = 1.0) -> Certificate:
        """Return the certificate of the same goals with the fewest cofactors found: this one if no other has fewer.

        Raises:
            InvalidValueError: if ``seconds`` is not a positive number.
        """
        check_seconds(seconds)
        alone = self.data["parts"] if self.data["method"] == "all" else [self.data]
        long = [part for part in alone if len(part.get("cofactors", ())) > 1 and part["method"] != "cases"]
        shorter = [shortened(part, seconds / len(long)) if part in long else part for part in alone]
        if all(new is old for new, old in zip(shorter, alone, strict=True)):
            return self
        found = together(shorter, self.theorem)
        said = self.data.get("assumptions")
        return found if said is None or "assumptions" in found.data else found.with_remark("assumptions", said)

    def chains(self) -> list[Chain]:
        """Return the proof of each part as a chain of equations, shortened to the fewest cofactors found."""
        parts = list(self.parts())
        return [chain(shortened(part, 1 / len(parts), keep_hypotheses=True)) for part in parts]

    def explain(self) -> str:
        """Return the proof as chains of equations, each line naming the hypothesis that it uses.

        The title, the reasons, and what letters stand for are remarks of whoever wrote the certificate, and the checker
        reads none of them: of a certificate of unknown origin `statement` says what is shown.
        """
        return proof_text(self.chains())

    def latex(self) -> str:
        """Return the proof in LaTeX text mode: the chains of equations as ``align*`` environments of amsmath."""
        return proof_latex(self.chains())

    def _repr_html_(self) -> str:
        return proof_html(self.chains())

    def _repr_markdown_(self) -> str:
        """Return the LaTeX of the proof for a notebook, without the commands for page breaks."""
        return self.latex().replace("{\\allowdisplaybreaks\n", "").replace("\\end{align*}\n}", "\\end{align*}")


@dataclass(frozen=True, repr=False)
class LawCountCertificate(Certificate):
    """The certificate that a rule has no more laws than so many, with the certificates of laws that there are."""

    method = "law count"

    @property
    def laws(self) -> tuple[Certificate, ...]:
        """A certificate for each law whose differentials stand in the data."""
        return tuple(map(Certificate, self.data.get("laws", ())))

    @property
    def dimension(self) -> int:
        """The number of entries of all that moves."""
        return len(self.data["point"])

    def check(self) -> CheckResult:
        """Let the checkers replay the bound and every law."""
        try:
            law_counts.check(law_counts.parse(self.to_json().encode()))
            for law in self.data.get("laws", ()):
                checker.check(law)
        except (law_counts.Refused, checker.Refused) as error:
            return CheckResult(False, str(error))
        except TypeError:  # the remark holds no list
            return CheckResult(False, "the laws are no list of certificates")
        return CheckResult(True)

    def statement(self) -> str:
        """Return what the bound says, whatever the title is."""
        return (
            f"of the {self.dimension} numbers that move by the program, at most {self.data['number']} independent "
            "functions are conserved for all data, on any open set"
        )

    def parts(self) -> Iterator[dict[str, Any]]:
        """Run through the plain proofs of the laws."""
        for law in self.laws:
            yield from law.parts()

    def shortened(self, seconds: float = 1.0) -> LawCountCertificate:
        """Return the certificate with its laws shortened."""
        check_seconds(seconds)
        laws = [law.shortened(seconds / len(self.laws)).data for law in self.laws]
        return LawCountCertificate({**self.data, "laws": laws}) if laws else self

    def opening(self) -> str:
        """Return the argument in words."""
        number, order, found = self.data["number"], len(self.data["curve"]), len(self.data["differentials"])
        bound = (
            f"At most {number}: carried back along one curve of training, to order {order}, the velocities of the data "
            f"span {self.dimension - number} of {self.dimension} dimensions at a rational point, and so at almost "
            "every other; the differential of a conserved quantity vanishes on all of them.\n"
        )
        if not found:
            return bound
        return f"{bound}At least {found}: so many quantities with independent differentials there are conserved.\n"

    def explain(self) -> str:
        """Return the proof of each law."""
        return "\n".join(law.explain() for law in self.laws)

    def latex(self) -> str:
        """Return the proofs of the laws in LaTeX text mode."""
        return "\n".join(law.latex() for law in self.laws)


def together(parts: list[dict[str, Any]], title: str) -> Certificate:
    """Return one certificate for all parts; a single part is a certificate by itself."""
    if len(parts) == 1:
        return Certificate(parts[0])
    return Certificate({"format": checker.FORMAT, "title": title, "method": "all", "parts": parts})
