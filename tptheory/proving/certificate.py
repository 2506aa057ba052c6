"""Certificates: the data, its JSON, and its reading as equations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tptheory.checking import check_seconds
from tptheory.errors import InvalidFileError, complain
from tptheory.proving import checker
from tptheory.proving.explanation import Chain, chain, explained, typeset
from tptheory.proving.searching import Proof
from tptheory.proving.shortening import shortened
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial, word_data


@dataclass(frozen=True)
class CheckResult:
    """What the checker says: truthy where it accepts, and the reason where it does not."""

    accepted: bool
    reason: str = ""

    def __bool__(self) -> bool:
        """Whether the certificate was accepted."""
        return self.accepted


@dataclass(frozen=True)
class Certificate:
    """Data that convinces a stranger; `checker` says what each field means.

    >>> from tptheory import DeepLinearNetwork, Equal, Pinv, matmul, prove
    >>> W = DeepLinearNetwork(depth=1).weight(1)
    >>> text = prove(Equal(matmul(W, Pinv(W), W), W)).certificate.to_json()
    >>> Certificate.from_json(text).check().accepted
    True
    """

    data: dict[str, Any]

    @classmethod
    def from_json(cls, text: str) -> Certificate:
        """Read a certificate; whether it holds is for `check` to say.

        Raises:
            InvalidFileError: if the text is not a JSON object.
        """
        return cls._read("text", text)

    @classmethod
    def _read(cls, source: str, text: str) -> Certificate:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InvalidFileError(f"{source!r} must be a certificate in JSON (got {error}).") from None
        if not isinstance(data, dict):
            raise InvalidFileError(complain(source, "a JSON object", type(data).__name__))
        return cls(data)

    @classmethod
    def load(cls, path: str | Path) -> Certificate:
        """Read a certificate from a file.

        Raises:
            InvalidFileError: if the file cannot be read, is too large, or is not a JSON object.
        """
        path = Path(path)
        try:
            if path.stat().st_size > checker.BYTES:
                raise InvalidFileError(f"'path' must be a file of at most {checker.BYTES} bytes (got {str(path)!r}).")
            return cls._read(str(path), path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise InvalidFileError(f"'path' must be a readable certificate (got {str(path)!r}: {why}).") from None

    def to_json(self) -> str:
        """Return the JSON text, one field a line, the same bytes each time."""
        fields = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in self.data.items())
        return "{" + ",\n ".join(fields) + "}\n"

    def check(self) -> CheckResult:
        """Let the checker replay the certificate."""
        try:
            checker.check(self.data)
        except checker.Refused as error:
            return CheckResult(False, str(error))
        return CheckResult(True)

    @property
    def theorem(self) -> str:
        """The statement that the certificate was made for."""
        return str(self.data.get("theorem", ""))

    @property
    def method(self) -> str:
        """The method of the proof, or of its parts where they share one."""
        methods = {str(part.get("method")) for part in self.parts()}
        return methods.pop() if len(methods) == 1 else "all"

    def parts(self) -> Iterator[dict[str, Any]]:
        """Run through the certificates that this one reduces to; of a case or a step, "place" says which it is."""
        waiting = [self.data]
        while waiting:
            data = waiting.pop(0)
            if data.get("method") in ("all", "cases", "induction"):
                waiting = [*_placed(data), *waiting]
            else:
                yield data

    @property
    def cofactors(self) -> int:
        """The number of cofactors in all parts."""
        return sum(len(part["cofactors"]) for part in self.parts())

    def shortened(self, seconds: float = 1.0) -> Certificate:
        """Return a certificate of the same goals with as few cofactors as are found, or this one if none has fewer.

        Raises:
            InvalidValueError: if ``seconds`` is not a positive number.
        """
        check_seconds(seconds)
        alone = self.data["parts"] if self.data["method"] == "all" else [self.data]
        long = [part for part in alone if len(part.get("cofactors", ())) > 1 and part["method"] != "cases"]
        shorter = [shortened(part, seconds / len(long)) if part in long else part for part in alone]
        if all(new is old for new, old in zip(shorter, alone, strict=True)):
            return self
        return together(shorter, self.theorem)

    def chains(self) -> list[Chain]:
        """Return the proof of each part as a chain of equations, with as few cofactors as are found."""
        parts = list(self.parts())
        return [chain(shortened(part, 1 / len(parts))) for part in parts]

    def explain(self) -> str:
        """Return the proof as chains of equations, each line naming the hypothesis that it uses."""
        return explained(self.chains())

    def latex(self) -> str:
        """Return the proof in LaTeX text mode: the chains of equations as ``align*`` environments of amsmath."""
        return typeset(self.chains())

    def _repr_markdown_(self) -> str:
        """Return the proof as a notebook can show it: there are no pages to break."""
        return self.latex().replace("{\\allowdisplaybreaks\n", "").replace("\\end{align*}\n}", "\\end{align*}")


def _placed(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run through the parts of a certificate, and say of each case, base and step which it is."""
    parts = checker.reduced(data, [checker.WORK])
    place = data.get("place", "")
    if data["method"] == "cases":
        for part, split in zip(parts, data["split"], strict=True):
            labels = part["reasons"][len(data["hypotheses"]) :][: len(split)]
            yield {**part, "theorem": data["theorem"], "place": f"{place} In {labels[0]}:".strip()}
    elif data["method"] == "induction":
        cases = ((first, last, *case) for _, first, last, cases in data["parts"] for case in cases)
        for part, (first, last, at, own, _) in zip(parts, cases, strict=True):
            where = (
                f"From {own} to {at}:" if own else f"For l = {first}, ..., {last}:" if at == "l" else f"For l = {at}:"
            )
            yield {**part, "theorem": data["theorem"], "place": where}
    else:
        yield from parts


def certified(translator: Translator, proof: Proof, theorem: str) -> dict[str, Any]:
    """Return a proof as a certificate."""
    data = {"format": checker.FORMAT, "theorem": theorem, "method": "", "symbols": {}, "adjoints": []}
    data |= written(translator, proof, used(translator, proof))
    declare(data, translator)
    return data


def written(translator: Translator, proof: Proof, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a proof whose hypotheses are those of these numbers, in this order."""
    known, alphabet = translator.hypotheses, translator.alphabet
    position = {k: i for i, k in enumerate(numbers)}
    position |= {k: len(numbers) + position[h.transposes] for k, h in enumerate(known) if h.transposes in position}
    cofactors = []
    for coefficient, place, k in proof.origin:
        left = word_data(alphabet, () if place.outer is not None else place.scalars, place.left)
        right = word_data(alphabet, (), place.right)
        outer = [] if place.outer is None else [word_data(alphabet, place.scalars, place.outer)]
        cofactors.append([str(coefficient), left, position[k], right, *outer])
    data: dict[str, Any] = {
        "method": proof.method,
        "hypotheses": [known[k].polynomial.data() for k in numbers],
        "reasons": [known[k].label for k in numbers],
        "goal": goal_data(proof.goal),
        "left": len(proof.goal[0].terms),
        "cofactors": cofactors,
        **proof.fields,
    }
    if proof.branches:
        data["split"] = [[b.translator.hypotheses[k].polynomial.data() for k in b.added] for b in proof.branches]
        data["parts"] = [written(b.translator, b.proof, [*numbers, *b.added]) for b in proof.branches]
    return data


def goal_data(goal: Sequence[Polynomial]) -> list[list[Any]]:
    """Return a sum as it stands, such as left side minus right side: what cancels is left for the checker to cancel."""
    return [term for p in goal if p for term in p.data()] or goal[0].data()


def used(translator: Translator, proof: Proof) -> list[int]:
    """Return the numbers of the hypotheses that a proof uses, a transpose as what it is the transpose of."""
    known = translator.hypotheses
    numbers = {k if (of := known[k].transposes) is None else of for _, _, k in proof.origin}
    for b in proof.branches:
        numbers |= {*used(b.translator, b.proof)} - {*b.added}
    return sorted(numbers)


def together(parts: list[dict[str, Any]], theorem: str) -> Certificate:
    """Return one certificate for all parts; a single part stands for itself."""
    if len(parts) == 1:
        return Certificate(parts[0])
    return Certificate({"format": checker.FORMAT, "theorem": theorem, "method": "all", "parts": parts})


SYMBOLIC = ("hypotheses", "goal", "cofactors", "factors", "squares", "bound", "split", "parts")
"""The fields of a certificate in which symbols stand."""


def declare(data: dict[str, Any], translator: Translator) -> None:
    """Declare the symbols that stand somewhere in the certificate, with their transposes."""
    alphabet = translator.alphabet
    standing: set[str] = set()
    waiting: list[Any] = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            standing.add(item)
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item[key] for key in SYMBOLIC if key in item)
    standing |= {n for name in standing for n in alphabet.shapes.get(alphabet.letter(name)) or ()}
    letters = {letter for letter, name in alphabet.names.items() if name in standing}
    letters |= {alphabet.adjoints[letter] for letter in letters if letter in alphabet.adjoints}
    for letter in sorted(letters):
        data["symbols"][alphabet.names[letter]] = list(alphabet.shapes[letter] or ())
        other = alphabet.adjoints.get(letter)
        if other is not None and letter <= other:
            data["adjoints"].append([alphabet.names[letter], alphabet.names[other]])
