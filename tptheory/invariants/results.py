"""The results about the conserved quantities of a rule: the laws that were found, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sympy import S

from tptheory.checking import counted, widths_text
from tptheory.deciding.verdicts import Proved, Undecided
from tptheory.symbolic.rule_at_numbers import RuleAtNumbers
from tptheory.symbolic.rules import Rule
from tptheory.typesetting.claims import words_tex
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.spelling import text_of
from tptheory.typesetting.tables import ShownAsTable, Table


@dataclass(frozen=True, repr=False)
class CountedLaws(ShownAsTable):
    """How many independent conserved quantities a rule has near almost every value of its parameters and states.

    Attributes:
        dimension: the number of parameters, with those of the rule's states.
        ranks: of brackets of at most 1, 2, 3, ... fields; the last two orders add nothing.
        primes: two primes that agree on the ranks' limit.
        constants: the constants of the rule that were given, as pairs of a name and a value in words.
        drawn: the names of those that were drawn at random: the count is that for almost every value of them.
        found: the laws that `conservation_laws` finds, if they were asked for.
    """

    rule: Rule
    widths: tuple[int, ...]
    biases: bool
    batch: int | None
    dimension: int
    ranks: tuple[int, ...]
    primes: tuple[int, int]
    seed: int
    constants: tuple[tuple[str, str], ...] = ()
    drawn: tuple[str, ...] = ()
    found: ConservationLaws | None = field(default=None, compare=False)

    @property
    def rank(self) -> int:
        """The dimension of the Lie algebra that the data span, at a random point: that of the orbits."""
        return self.ranks[-1]

    @property
    def count(self) -> int:
        """The number of laws, ``dimension - rank``.

        A rank modulo a prime is at most the true one, so that the count bounds the number of laws from above in any
        case; the probability that a rank came out too small is about 2^-50.
        """
        return self.dimension - self.rank

    @property
    def matched(self) -> bool | None:
        """Whether as many laws were found as there are; None if none were looked for."""
        return None if self.found is None else self.found.count == self.count

    @property
    def almost_every(self) -> str:
        """``for almost every lambda``, where the rule speaks of a lambda without a number; else nothing."""
        return f" for almost every {', '.join(self.drawn)}" if self.drawn else ""

    def __repr__(self) -> str:
        """Show the count, and where it comes from."""
        options = (" with biases" if self.biases else "") + (f", batches of {self.batch}" if self.batch else "")
        named = {str(symbol) for symbol, _ in self.rule.numbers} if isinstance(self.rule, RuleAtNumbers) else set()
        options += "".join(f", {name} = {value}" for name, value in self.constants if name not in named)
        options += self.almost_every
        saturating = " -> ".join(map(str, self.ranks))
        found = "" if self.found is None else f"; {self.found.count} found, {self.found.agreement}"
        return (
            f"<{counted(self.count, 'conservation law')} of {self.rule!r} at widths {self.widths}{options}: "
            f"dimension {self.dimension} - rank {self.rank} (ranks {saturating}){found}>"
        )

    def table(self) -> Table:
        """Return where the count comes from, a row for each number."""
        rows: list[tuple[Any, ...]] = [
            ("parameters and states", self.dimension),
            ("dimension of the Lie algebra that the data span", self.rank),
            ("conservation laws", self.count),
        ]
        if self.found is not None:
            rows.append(("found", self.found.count))
        setting = (" with biases" if self.biases else "") + (f", batches of {self.batch}" if self.batch else "")
        where = f"{self.rule.full_title}, widths {widths_text(self.widths)}{setting}{self.almost_every}"
        return Table(f"Conservation laws of {where}", rows)


@dataclass(frozen=True, repr=False)
class Law(ShownAsMathematics):
    """A conserved quantity.

    Attributes:
        quantity: a scalar or matrix expression at the widths that were asked for.
        general: the same with symbolic widths.
        independent: how many of its entries are functionally independent of each other and of the laws before it.
        given: the hypotheses that the proof needs; they hold at random weights of these widths.
        verdict: what the prover says of ``general`` (of ``quantity``, where the general law was not proved).
        rate: the rate ``c`` at which it decays, ``dQ/dt = -c Q``; 0 where it is conserved.
    """

    quantity: Any
    general: Any
    independent: int
    given: tuple[Any, ...]
    verdict: Proved | Undecided
    rate: Any = S.Zero

    def __repr__(self) -> str:
        """Show the quantity, and what the prover says of it."""
        return f"<{self.verdict.word.capitalize()}: {self._said(text_of)}>"

    def latex(self) -> str:
        """Return the law in LaTeX text mode, with what the prover says of it."""
        return rf"{words_tex(self._said)} \emph{{({self.verdict.word})}}"

    def _repr_markdown_(self) -> str:
        return f"**{self.verdict.word.capitalize()}:** {words_tex(self._said)}"

    def _said(self, say: Callable[[Any], str]) -> str:
        """Say that the quantity is conserved, or at which rate it decays."""
        return f"{say(self.general)} " + ("is conserved" if self.rate == 0 else f"decays at the rate {say(self.rate)}")


@dataclass(frozen=True, repr=False)
class ConservationLaws(ShownAsTable):
    """The conserved quantities that were found, independent of each other, and how many there are.

    Attributes:
        found: the laws, simplest first.
        counted: the count of all laws, which bounds the laws found from above.
        degree: the number of letters in the longest words that were tried.
        decaying: the quantities that decay at a rate, independent of the laws and of each other. They are not counted:
            what is counted are quotients of their powers, from which the time cancels.
    """

    rule: Rule
    widths: tuple[int, ...]
    biases: bool
    degree: int
    found: tuple[Law, ...]
    counted: CountedLaws
    decaying: tuple[Law, ...] = ()

    @property
    def every(self) -> tuple[Law, ...]:
        """The laws, and then the quantities that decay."""
        return (*self.found, *self.decaying)

    @property
    def laws(self) -> tuple[Any, ...]:
        """The conserved quantities: SymPy expressions, scalars and matrices."""
        return tuple(law.quantity for law in self.found)

    @property
    def count(self) -> int:
        """How many independent numbers the laws conserve: independent entries, for laws that are matrices."""
        return sum(law.independent for law in self.found)

    @property
    def certified(self) -> bool:
        """Whether every law is proved, with a certificate that the checker accepts."""
        return all(law.verdict.proved for law in self.every)

    @property
    def _are_proved(self) -> bool:
        """Whether every law is proved; what decays beside them does not count."""
        return all(law.verdict.proved for law in self.found)

    @property
    def certificates(self) -> tuple[Any, ...]:
        """The certificates of the laws that are proved."""
        verdicts = (law.verdict for law in self.every)
        return tuple(verdict.certificate for verdict in verdicts if isinstance(verdict, Proved))

    @property
    def matched(self) -> bool:
        """Whether the laws found are all that there are."""
        return self.count == self.counted.count

    @property
    def agreement(self) -> str:
        """Whether the laws found and the count agree, in words, and for which values of what the rule holds fixed.

        The count bounds them from above, so that only laws that are all proved are all that there are.
        """
        if self.matched and self._are_proved:
            return f"which is all there are{self.counted.almost_every}"
        if self.matched:
            return f"as many as there can be{self.counted.almost_every}, though not all of them are proved"
        there, missing = self.counted.count, self.counted.count - self.count
        said = f"but there {'is' if there == 1 else 'are'} {there}{self.counted.almost_every}"
        said += f": {missing} {'has' if missing == 1 else 'have'} a form that was not tried"
        names = " and ".join(self.counted.drawn)
        return f"{said}, such as coefficients that depend on {names}, which may be given as numbers" if names else said

    def __repr__(self) -> str:
        """Show what was found, what was proved, and whether it is all."""
        proved = sum(law.verdict.proved for law in self.every)
        rates = [f"{law.general} decays at the rate {law.rate}" for law in self.decaying]
        listed = "; ".join([*(str(law.general) for law in self.found), *rates])
        shown = f": {listed} ({proved} of {len(self.every)} proved)" if self.every else ""
        noun = "conserved quantity" if self.count == 1 else "conserved quantities"
        return f"<{self.count} independent {noun} of {self.rule!r} at widths {self.widths}, {self.agreement}{shown}>"

    def table(self) -> Table:
        """Return a row for each law: the quantity, how many independent numbers it holds, and the verdict."""
        rows = [
            (law.general, law.independent, None if law.rate == 0 else law.rate, law.verdict.word) for law in self.every
        ]
        word = "conserved" if self._are_proved else "found"
        caption = f"{self.rule.full_title}, widths {widths_text(self.widths)}: {self.count} {word}, {self.agreement}"
        return Table(caption, rows, ("quantity", "independent entries", "decays at the rate", "verdict"))

    def _repr_latex_(self) -> str | None:
        if not self.every:
            return None
        cells = (rf"& {latex_of(law.general)}{_decay(law)} && \text{{{law.verdict.word}}}" for law in self.every)
        rows = r" \\ ".join(cells)
        return rf"$\displaystyle \begin{{aligned}} {rows} \end{{aligned}}$"


def _decay(law: Law) -> str:
    """Return in LaTeX at which rate a quantity decays; nothing of one that is conserved."""
    return "" if law.rate == 0 else rf"\ \text{{decays at the rate}}\ {latex_of(law.rate)}"
