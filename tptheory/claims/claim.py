"""The base class of all claims: goals, hypotheses, symbols and statement, and the checks of a claim's arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

from sympy import Eq, MatrixSymbol, Ne, Symbol, sympify
from sympy.core.relational import Relational

from tptheory.claims.declared import OF_RULES, declared_numbers, numbers_of_motions, words_of_declared
from tptheory.claims.goals import Goal, OneOf, Vanishes, expressions, minus, motions, moving_symbols, rates
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.tacit import Tacit, nodes, tacit_of, words
from tptheory.errors import InvalidTypeError, InvalidValueError, TruthValueError, complain
from tptheory.symbolic.layers import Definition, layer_symbols, occurrences
from tptheory.symbolic.one_meaning import (
    refuse_numbers_that_are_not_exact,
    refuse_shapes_that_do_not_fit,
    refuse_two_of_one_name,
)
from tptheory.symbolic.remembering import one_question
from tptheory.typesetting.claims import sentence_tex
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.spelling import one_line, text_of


class Claim(ShownAsMathematics):
    """A statement about matrices of any size, under hypotheses.

    The `goals` of a claim are what it says; prover, refuter and numeric evaluation read nothing else of it. A claim
    that is a set of equations defines `equations` instead: it holds where the two sides of each equation agree.
    """

    given: tuple[Any, ...]

    readers: ClassVar[tuple[tuple[str, Callable[[str, Any], Any]], ...]] = ()
    """The arguments, each with its reader: a function of name and value that returns the value to keep, or raises."""

    is_hypothesis: ClassVar[bool] = False
    """Whether other claims may assume this one, which they may if it is a set of matrix equations."""

    decides_itself: ClassVar[bool] = False
    """Whether the claim has no goals, and a verdict of its own."""

    @one_question()
    def __post_init__(self) -> None:
        """Read the arguments, then the hypotheses, then check them together."""
        for name, read in self.readers:
            object.__setattr__(self, name, read(name, getattr(self, name)))
        object.__setattr__(self, "given", flatten_given(self.given))
        refuse_two_of_one_name(self)
        refuse_shapes_that_do_not_fit(self)
        refuse_numbers_that_are_not_exact(self)
        self.check()
        self._refuse_taken_symbols()

    def __bool__(self) -> bool:
        """Refuse to be a truth value: a claim is neither true nor false before it is decided.

        Raises:
            TruthValueError: always.
        """
        raise TruthValueError(f"a claim is no truth value: ask decide({type(self).__name__}(...)).proved")

    def check(self) -> None:
        """Refuse arguments that mean nothing together."""

    def goals(self) -> tuple[Goal, ...]:
        """Return what is claimed, without what is assumed; `ForAll` returns its goals at the bound index."""
        return tuple(Vanishes(lhs, rhs) for lhs, rhs in self.equations())

    def own_verdict(self, seconds: float, seed: int) -> Any:
        """Return the verdict of a claim that decides itself, because it has no goals; None for every other claim."""
        return None

    def verdict_of(self, proof: Any, seconds: float = 0.0, confirmed: int = 0) -> Any:
        """Return what evidence that was checked says of a claim that decides itself; None for every other claim."""
        return None

    def recalled_verdict(self, stored: dict[str, Any], seconds: float) -> Any:
        """Return what stored evidence says of a claim that decides itself; None for every other claim."""
        return None

    def tacit(self) -> tuple[Tacit, ...]:
        """Return what the claim takes for granted beside its hypotheses; its statement names all of it."""
        return tacit_of(self.goals(), self.given, self.typed())

    def typed(self) -> tuple[Any, ...]:
        """Return the expressions of the claim and its hypotheses as they were typed, where the goals say a difference.

        A term that stands on both sides cancels in the difference; what it takes for granted it takes all the same.
        """
        return tuple(side for claim in (self, *self.given) for side in getattr(claim, "sides", ()))

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the two sides of each equation, in the symbols of the claim and of its `definitions`."""
        raise NotImplementedError(f"{type(self).__name__} is not a set of equations")

    def residuals(self) -> tuple[Any, ...]:
        """Return the expressions that must vanish, in the symbols of the claim alone."""
        return tuple(minus(lhs, rhs) for lhs, rhs in self.equations())

    def under(self, given: Any) -> Any:
        """Return the same claim under other hypotheses."""
        return replace(self, given=given)  # type: ignore[type-var]  # every claim is a dataclass

    def assuming(self, more: Iterable[Any]) -> Any:
        """Return the same claim under its own hypotheses and more."""
        return self.under([*self.given, *more])

    def reason(self) -> tuple[Any, ...]:
        """Return the reason that a proof gives where it uses this claim as a hypothesis: data, worded when shown."""
        return ("given", self.conclusion(text_of))

    def as_hypotheses(self) -> tuple[Any, ...]:
        """Return what assuming this claim means: to assume the claim itself, or the hypotheses that it is made of."""
        return (self,)

    def conjuncts(self) -> Iterator[Claim]:
        """Run through the claims that make up this one."""
        yield self

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return what is claimed, with ``say`` turning each expression into text."""
        raise NotImplementedError

    def statement(self) -> str:
        """Return the claim in plain text: ``if ... then ...``."""
        hypotheses, conclusion = self.hypotheses(text_of), self.said(text_of)
        return one_line(f"if {'; '.join(hypotheses)}, then {conclusion}" if hypotheses else conclusion)

    def __str__(self) -> str:
        """Return the claim in plain text with its hypotheses, as `statement` does."""
        return self.statement()

    def latex(self) -> str:
        """Return the claim in LaTeX text mode."""
        return sentence_tex(self)

    def said(self, say: Callable[[Any], str]) -> str:
        """Say what is claimed, and what the claim takes for granted beside its hypotheses.

        Where a hypothesis holds only now, the conclusion is said to hold ``at this moment``.
        """
        moment = " at this moment" if self.is_momentary else ""
        return ", ".join([self.conclusion(say) + moment, *self.taken_for_granted(say)])

    @property
    def is_momentary(self) -> bool:
        """Whether the claim is about one moment: a flow moves what a hypothesis speaks of, so that it holds now."""
        return any(map(self.moves, self.given))

    def taken_for_granted(self, say: Callable[[Any], str]) -> list[str]:
        """Say what the claim takes for granted beside its hypotheses, such as that an inverse exists."""
        tacit = self.tacit()
        return words(tacit, say, self.symbols()) if tacit else []

    def hypotheses(self, say: Callable[[Any], str]) -> tuple[str, ...]:
        """Say what was declared of the numbers, and each hypothesis; a flow or a step tells the numbers of its rule."""
        declared = self.declared()
        if not OF_RULES.isdisjoint(declared):
            told = numbers_of_motions(motions(self.goals()))
            declared = {number: kinds for number, kinds in declared.items() if number not in told}
        return (*words_of_declared(declared, say), *self.said_given(say))

    def declared(self) -> dict[Symbol, tuple[str, ...]]:
        """Return what was declared of the numbers of the claim and of its hypotheses."""
        return declared_numbers((*self.expressions(), *(e for h in self.given for e in h.expressions())))

    def said_given(self, say: Callable[[Any], str]) -> tuple[str, ...]:
        """Say each hypothesis; one about matrices that a flow moves is said to hold ``now``, and not at later times."""
        return tuple(f"{h.conclusion(say)} now" if self.moves(h) else h.conclusion(say) for h in self.given)

    def moves(self, hypothesis: Any) -> bool:
        """Whether a flow of the claim moves what a hypothesis speaks of: then both are said to hold at this moment."""
        flows = {rate.flow for rate in rates(self.goals())}
        return any(moving_symbols(sympify(e), flow) for flow in flows for e in hypothesis.expressions())

    def granted(self) -> tuple[str, ...]:
        """Say what the claim, and each claim that it is made of, takes for granted beside its hypotheses."""
        return tuple(
            dict.fromkeys(text for part in self.conjuncts() for text in words(part.tacit(), text_of, part.symbols()))
        )

    def premises(self) -> tuple[str, ...]:
        """Say all that the claim rests on: declarations of its numbers, hypotheses, and what it takes for granted."""
        parts = list(self.conjuncts())
        declared = words_of_declared({s: kinds for part in parts for s, kinds in part.declared().items()}, text_of)
        said = (text for part in parts for text in part.said_given(text_of))
        return tuple(dict.fromkeys((*declared, *said, *self.granted())))

    @property
    def assumes(self) -> bool:
        """Whether there are hypotheses, or something is taken for granted, that an instance may fail to meet."""
        return any(part.given or part.tacit() for part in self.conjuncts())

    def expressions(self) -> tuple[Any, ...]:
        """Return every expression that the conclusion speaks of."""
        return tuple(expressions(self.goals()))

    def certain(self) -> tuple[Any, ...]:
        """Return the expressions that the claim and its hypotheses speak of outside of alternatives (`OneOf`)."""
        goals = [g for g in self.goals() if not isinstance(g, OneOf)]
        goals += [g for h in self.given for g in h.goals() if not isinstance(g, OneOf)]
        return tuple(expressions(goals))

    def _refuse_taken_symbols(self) -> None:
        """Refuse a symbol with the name of one that a hypothesis or a flow brings in, and two witnesses of one name."""
        taken: dict[str, Any] = {}
        for h in self.given:
            for witness, A in h.owners() if isinstance(h, Hypothesis) else ():
                if taken.setdefault(witness.name, A) != A:
                    raise InvalidValueError(
                        f"'given' must not hold different matrices that print alike (got two called {A}). Rename one."
                    )
        names = {
            *taken,
            *(f"d{W}/dt" for rate in rates(self.goals()) for W in moving_symbols(rate.quantity, rate.flow)),
        }
        if both := names & {str(symbol) for symbol in self.symbols()}:
            raise InvalidValueError(
                f"a claim must not speak of the symbols that its hypotheses or its flow bring in (got {min(both)}). "
                "Give yours another name."
            )

    def definitions(self) -> tuple[tuple[Definition, ...], ...]:
        """Return the definitions of each sequence that the claim or its hypotheses mention, in the order of mention."""
        found: dict[str, tuple[Definition, ...]] = {}
        for part in self.conjuncts():
            for expression in (*part.expressions(), *(e for h in part.given for e in h.expressions())):
                members = (s for node in nodes(expression) if node.is_symbol for s in layer_symbols(node))
                for member in members:
                    found.setdefault(member.sequence.name, member.sequence.laws())
        return tuple(laws for laws in found.values() if laws)

    def symbols(self) -> set[Any]:
        """Return the matrices, scalars and sizes that the claim and its hypotheses speak of."""
        return _symbols(self.expressions(), *(h.expressions() for h in self.given))

    def _repr_markdown_(self) -> str:
        return self.latex()


def _symbols(*groups: Iterable[Any]) -> set[Any]:
    return {s for group in groups for e in group for s in occurrences(sympify(e), MatrixSymbol, Symbol)}


MENDS_FOR_RELATIONS: dict[type, str] = {
    Ne: "Declare a number as nonzero, Symbol('s', real=True, nonzero=True), or write nonzero(A) of a matrix.",
    Eq: "Write Equal(a, b).",
    Relational: "Write at_least(a, b) or at_most(a, b).",
}
"""How to assume what SymPy says by a relation."""


def _no_hypothesis(item: Any) -> InvalidTypeError:
    """Return the error for what is given as a hypothesis and is none."""
    mends = (mend for kind, mend in MENDS_FOR_RELATIONS.items() if isinstance(item, kind))
    mend = next(mends, "See tptheory.claims.")
    return InvalidTypeError(complain("given", "hypotheses such as full_row_rank(W), or Equal(...)", item, mend))


def flatten_given(given: Any) -> tuple[Any, ...]:
    """Check and flatten the hypotheses of a claim."""
    if isinstance(given, Hypothesis | Claim):
        given = (given,)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidTypeError(complain("given", "a list of hypotheses", given, "Try given=[full_row_rank(W)]."))
    flat: list[Any] = []
    for item in given:
        if isinstance(item, list | tuple):
            flat.extend(flatten_given(item))
        elif isinstance(item, Hypothesis):
            flat.append(item)
        elif isinstance(item, Claim) and item.is_hypothesis and not item.given:
            parts = item.as_hypotheses()
            flat.extend(parts if parts == (item,) else flatten_given(parts))
        else:
            raise _no_hypothesis(item)
    return tuple(flat)
