"""Certificates: the data, its JSON, and its reading as equations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tptheory.certificates import checker
from tptheory.certificates.reading import BOUND_INDEX, MALFORMED, Reader
from tptheory.certificates.shortening import shortened
from tptheory.checking import check_seconds
from tptheory.errors import InvalidFileError, complain
from tptheory.proving.letters import Family, Index, Named, moved_item, moved_terms
from tptheory.proving.searching import Proof
from tptheory.proving.translation import CASE, Translator
from tptheory.proving.words import Alphabet, Polynomial, word_data
from tptheory.typesetting.explanation import Chain, chain, proof_latex, proof_text
from tptheory.typesetting.names import BLANK, Written, prose
from tptheory.typesetting.polynomials import Notation
from tptheory.typesetting.prose import written_prose
from tptheory.typesetting.reasons import case_opening

TITLE = 60
"""How many characters of its title the ``repr`` of a certificate shows."""


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
        title = self.theorem.replace("\n", " ")[:TITLE]
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
        return cls(data)

    @classmethod
    def load(cls, path: str | Path) -> Certificate:
        """Read a certificate from a file.

        Raises:
            InvalidFileError: if the file cannot be read, is too large, or is not a JSON object.
        """
        path = Path(path)
        try:
            if path.exists() and not path.is_file():
                mend = f"Name the certificates in it: {path}/*.json." if path.is_dir() else ""
                raise InvalidFileError(complain("path", "a readable certificate, a file", str(path), mend))
            with path.open("rb") as file:
                text = file.read(checker.BYTES + 1)
        except OSError as error:
            said = f"'path' must be a readable certificate (got {str(path)!r}: {error.strerror})."
            raise InvalidFileError(said) from None
        if len(text) > checker.BYTES:
            raise InvalidFileError(f"'path' must be a file of at most {checker.BYTES} bytes (got {str(path)!r}).")
        return cls._read(str(path), text)

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

    def with_remark(self, remark: str, said: Any) -> Certificate:
        """Return the certificate with a remark, which proves nothing: it stands after the title."""
        fields = list(self.data.items())
        return Certificate(dict([*fields[:2], (remark, said), *fields[2:]]))

    @property
    def theorem(self) -> str:
        """The statement that the certificate was made for."""
        return str(self.data.get("title", ""))

    @property
    def method(self) -> str:
        """The method of the proof, or of its parts where they share one."""
        methods = {str(part.get("method")) for part in self.parts()}
        return methods.pop() if len(methods) == 1 else "all"

    def parts(self) -> Iterator[dict[str, Any]]:
        """Run through the plain proofs that this one reduces to; the field "place" of a case says which one it is.

        Each is a statement with its proof. The hypotheses of a base or step of an induction are the laws that it uses,
        each at the index at which it uses the law.
        """
        waiting = [self.data]
        while waiting:
            data = waiting.pop(0)
            if data.get("method") in _REDUCED:
                waiting = [*_REDUCED[data["method"]](data), *waiting]
            else:
                yield data

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
        """Return the proof as chains of equations, each line naming the hypothesis that it uses."""
        return proof_text(self.chains())

    def latex(self) -> str:
        """Return the proof in LaTeX text mode: the chains of equations as ``align*`` environments of amsmath."""
        return proof_latex(self.chains())

    def _repr_markdown_(self) -> str:
        """Return the LaTeX of the proof for a notebook, without the commands for page breaks."""
        return self.latex().replace("{\\allowdisplaybreaks\n", "").replace("\\end{align*}\n}", "\\end{align*}")


def _of_all(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from data["parts"]


def _of_cases(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run through the cases of a proof; each has the assumption of its case among its hypotheses."""
    shared = {key: value for key, value in data.items() if key not in ("method", "cofactors", "split", "parts")}
    reader = Reader(data)
    notation = Notation(reader, data.get("meanings"))
    around = data.get("place", BLANK)
    around = prose(around) if isinstance(around, str) else around
    for case, part in zip(data["split"], data["parts"], strict=True):
        own = part.get("reasons", [list(CASE)] * len(case))
        said = case_opening(notation, [reader.polynomial(p) for p in case])
        yield {
            **shared,
            **part,
            "hypotheses": [*data["hypotheses"], *({"zero": p} for p in case)],
            "reasons": [*data.get("reasons", []), *own],
            "place": around + prose(" ") + said if around.text else said,
        }


def _of_induction(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run through the bases and steps of an induction, each with the laws that it uses at their indices."""
    shared: dict[str, Any] = {
        key: data[key] for key in ("sizes", "letters", "indexed", "meanings", "title") if key in data
    }
    laws = [law["zero"] for law in data["hypotheses"]]
    reasons = list(data.get("reasons", []))
    for theorem in data["theorems"]:
        goal = theorem["goal"]
        for case in theorem["cases"]:
            at, after = case["at"], case["after"]
            known = [*laws, goal.get("zero")]
            why = [*reasons, ["before"]]
            yield {
                **shared,
                **{key: value for key, value in case.items() if key not in ("at", "after", "uses")},
                "goal": at_index(goal, tuple(at)),
                "hypotheses": [{"zero": moved_terms(known[j], BOUND_INDEX, tuple(i))} for j, i in case["uses"]],
                "reasons": [moved_reason(why[j], tuple(i)) for j, i in case["uses"] if j < len(why)],
                "place": _place(theorem, at, after),
            }
        laws.append(goal.get("zero"))
        reasons.append(["shown"])


_REDUCED = {"all": _of_all, "cases": _of_cases, "induction": _of_induction}


def _place(theorem: dict[str, Any], at: list[Any], after: list[Any] | None) -> Written:
    """Say which base or step of an induction this is."""
    if after is not None:
        return written_prose(f"From ${checker.index_text(*after)}$ to ${checker.index_text(*at)}$:")
    if at != ["l", 0]:
        return written_prose(f"For $l = {checker.index_text(*at)}$:")
    ends = [theorem["from"], theorem["to"]]
    if None in ends:
        return written_prose("For every $l$:")
    return written_prose(rf"For $l = {checker.index_text(*ends[0])}, \dots, {checker.index_text(*ends[1])}$:")


def at_index(goal: dict[str, Any], index: Index) -> dict[str, Any]:
    """Return a goal with ``k`` replaced by an index."""
    if "rank" not in goal:
        ((kind, terms),) = goal.items()
        return {kind: moved_terms(terms, BOUND_INDEX, index)}
    bound = goal["at most"]
    if isinstance(bound, dict):
        moved: Any = {"rank": moved_terms(bound["rank"], BOUND_INDEX, index)}
    else:
        moved = moved_item(bound, BOUND_INDEX, index)
    return {"rank": moved_terms(goal["rank"], BOUND_INDEX, index), "at most": moved}


def moved_reason(reason: Any, index: Index) -> Any:
    """Return a reason with ``k`` replaced by an index in the polynomials that it names."""
    try:
        return [moved_terms(part, BOUND_INDEX, index) if isinstance(part, list) else part for part in reason]
    except (LookupError, TypeError, ValueError):  # a remark of a stranger's certificate may be anything
        return reason


def certified(translator: Translator, proof: Proof, title: str) -> dict[str, Any]:
    """Return a proof as a certificate."""
    body = written(translator, proof, hypotheses_used(translator, proof))
    data = {"format": checker.FORMAT, "title": title, "method": body.pop("method")}
    return {**data, **letter_declarations(translator.alphabet, body), **body}


def written(translator: Translator, proof: Proof, numbers: Sequence[int]) -> dict[str, Any]:
    """Return a statement and its proof as data; the hypotheses are those with these numbers, in this order."""
    known = translator.hypotheses
    return {
        "hypotheses": [{"zero": known[k].polynomial.data()} for k in numbers],
        "reasons": [list(known[k].reason) for k in numbers],
        "goal": goal_of(proof),
        "left": len(proof.goal[0].terms),
        **proof_data(translator, proof, numbers),
    }


def proof_data(translator: Translator, proof: Proof, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a proof that uses the hypotheses with these numbers."""
    known, alphabet = translator.hypotheses, translator.alphabet
    position = {k: i for i, k in enumerate(numbers)}
    position |= {k: len(numbers) + position[h.transposes] for k, h in enumerate(known) if h.transposes in position}
    cofactors = []
    for coefficient, place, k in proof.origin:
        left = word_data(alphabet, () if place.outer is not None else place.scalars, place.left)
        right = word_data(alphabet, (), place.right)
        outer = [] if place.outer is None else [word_data(alphabet, place.scalars, place.outer)]
        cofactors.append([str(coefficient), left, position[k], right, *outer])
    data: dict[str, Any] = {"method": proof.method, "cofactors": cofactors, **proof.fields}
    if proof.branches:
        data["split"] = [[b.translator.hypotheses[k].polynomial.data() for k in b.added] for b in proof.branches]
        data["parts"] = [
            {
                "reasons": [list(b.translator.hypotheses[k].reason) for k in b.added],
                **proof_data(b.translator, b.proof, [*numbers, *b.added]),
            }
            for b in proof.branches
        ]
    return data


def goal_of(proof: Proof) -> dict[str, Any]:
    """Return what a proof shows, as a certificate states it."""
    leaf = proof
    while leaf.branches:
        leaf = leaf.branches[0].proof
    terms = goal_data(leaf.goal)
    if leaf.method == "rank":
        return {"rank": terms, "at most": leaf.bound}
    return {"nonpositive" if leaf.method == "descent" else "zero": terms}


def goal_data(goal: Sequence[Polynomial]) -> list[list[Any]]:
    """Return the terms of a sum, such as left side minus right side; terms that cancel are left to the checker."""
    return [term for p in goal if p for term in p.data()] or goal[0].data()


def hypotheses_used(translator: Translator, proof: Proof) -> list[int]:
    """Return the numbers of the hypotheses that a proof uses; a transpose counts as the hypothesis it comes from."""
    known = translator.hypotheses
    numbers = {k if (of := known[k].transposes) is None else of for _, _, k in proof.origin}
    for b in proof.branches:
        numbers |= {*hypotheses_used(b.translator, b.proof)} - {*b.added}
    return sorted(numbers)


def together(parts: list[dict[str, Any]], title: str) -> Certificate:
    """Return one certificate for all parts; a single part is a certificate by itself."""
    if len(parts) == 1:
        return Certificate(parts[0])
    return Certificate({"format": checker.FORMAT, "title": title, "method": "all", "parts": parts})


def letter_declarations(alphabet: Alphabet, body: Any) -> dict[str, Any]:
    """Return the declarations and meanings of the letters and sizes that a statement or its proof names."""
    named = alphabet.named
    shapes: dict[Family, list[Any]] = {}
    for character, (letter, turned) in alphabet.letters.items():
        if not turned:
            shape = [named.item(n) for n in alphabet.shapes[character] or ()]
            symmetric = bool(shape) and alphabet.adjoints[character] == character
            shapes.setdefault(letter.family, [*shape, "symmetric"] if symmetric else shape)
    return declarations(named, shapes, body)


def declarations(named: Named, shapes: Mapping[Family, list[Any]], body: Any) -> dict[str, Any]:
    """Return the sizes, letters and meanings of the families named in a text or in the shapes of these families."""
    families = _families_in(body, named, shapes)
    data: dict[str, Any] = {
        "sizes": [name for name, family in families.items() if family in named.sizes],
        "letters": {name: shapes.get(family, []) for name, family in families.items() if family not in named.sizes},
    }
    meanings = {name: said for name, family in families.items() if (said := _meaning(name, family))}
    return data | ({"meanings": meanings} if meanings else {})


def _families_in(body: Any, named: Named, shapes: Mapping[Family, list[Any]]) -> dict[str, Family]:
    """Return the families named in a text or in the shapes of these families, in the order of the naming."""
    spoken = strings(body) & named.families.keys()
    in_shapes = {n for name in spoken for n in strings(shapes.get(named.families[name], []))}
    return {name: family for name, family in named.families.items() if name in spoken | in_shapes}


def _meaning(name: str, family: Family) -> Mapping[str, Any]:
    """Return the remark on a family: what it stands for, or its own name where the certificate gives it another."""
    return family.remark or ({} if family.name == name else {"name": family.name})


def strings(data: Any) -> set[str]:
    """Return every string in a piece of a certificate, the strings of remarks included."""
    found: set[str] = set()
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.add(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
    return found
