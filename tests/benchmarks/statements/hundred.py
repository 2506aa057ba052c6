"""The hundred statements that are known best, sixty true and forty false; those of textbooks, of papers, and all."""

from __future__ import annotations

from tests.benchmarks.statements import (
    deep,
    determinants,
    inverses,
    matrices,
    nets,
    papers_forms,
    papers_inverses,
    papers_nets,
    positive,
    products,
    projections,
    ranks,
    textbook_equations,
    textbook_forms,
    textbook_inequalities,
    textbook_numbers,
    traces,
    updates,
    vectors,
)
from tests.benchmarks.statements.statement import Statement

AREAS = (inverses, products, updates, ranks, projections, matrices, positive, vectors, traces, determinants, nets, deep)

HUNDRED: list[Statement] = [statement for area in AREAS for statement in area.KNOWN]
TEXTBOOKS: list[Statement] = [
    statement
    for module in (textbook_equations, textbook_numbers, textbook_forms, textbook_inequalities)
    for statement in module.STATEMENTS
]
PAPERS: list[Statement] = [
    statement for module in (papers_nets, papers_inverses, papers_forms) for statement in module.STATEMENTS
]
EVERY: list[Statement] = [
    *(statement for area in AREAS for statement in (*area.KNOWN, *area.FURTHER)),
    *TEXTBOOKS,
    *PAPERS,
]
