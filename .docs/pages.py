"""Lay out the documentation site: sections of the README, the public names, the theorems, the notebooks.

mkdocs runs this file when it builds the site. Nothing here says anything of its own: every sentence stands in the
README, in a docstring, in a theorem or in a notebook, where tests read it.
"""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import mkdocs_gen_files
from nbconvert import MarkdownExporter

import tptheory
from tptheory.claims.theorem import Theorem, collect
from tptheory.deciding.library import settling, stored_path
from tptheory.typesetting.claims import statement_html
from tptheory.typesetting.prose import paragraphs, prose_html, prose_text
from tptheory.writing.evidence import evidence_of
from tptheory.writing.quantities import quantities
from tptheory.writing.questions import question

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = {
    "Ten minutes": "tutorial.md",
    "What you want, and what you type": "how-to/index.md",
    "Your own rule, theorem and conjecture": "how-to/your-own.md",
    "What a verdict means": "explanation/verdicts.md",
}
"""The sections of the README that are pages, in the order of the site, with the address of each."""
ROOMS = {
    "claims": "Claims and hypotheses",
    "deciding": "Deciding",
    "symbolic": "Networks, rules and expressions",
    "proving": "Certificates",
    "refuting": "Counterexamples",
    "invariants": "Conservation laws",
    "measuring": "Measuring",
    "numeric": "Evaluating",
    "simulation": "Simulating",
    "training": "Training",
    "figures": "Figures",
    "strategies": "Property tests",
    "sweeping": "Sweeps",
    "errors": "Errors",
}
"""The titles of the reference pages, by the part of the package that defines the names on them."""


def write(path: str, text: str) -> None:
    """Write a page of the site."""
    with mkdocs_gen_files.open(path, "w") as page:
        page.write(text)


def sections() -> dict[str, str]:
    """Return the text of each section of the README, by its title; what stands before the first has the title ''."""
    parts = re.split(r"^## (.+)$", README, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def relinked(text: str, up: str) -> str:
    """Return Markdown whose links into the repository lead to the pages of the site; ``up`` leads to its root."""
    text = re.sub(r"`notebooks/(\w+)\.ipynb`", rf"[`\1`]({up}notebooks/\1.md)", text)
    return re.sub(r"\]\(notebooks/figures/([\w.-]+)\)", rf"]({up}figures/\1)", text)


def readme_pages() -> None:
    """Write the front page, and a page for each section of the README that is one."""
    found = sections()
    write("index.md", relinked(found[""], ""))
    for title, path in SECTIONS.items():
        write(path, f"# {title}\n{relinked(found[title], '../' * path.count('/'))}")
    for name in sorted((ROOT / "notebooks" / "figures").glob("*.png")):
        with mkdocs_gen_files.open(f"figures/{name.name}", "wb") as figure:
            figure.write(name.read_bytes())
    write("explanation/certificates.md", (ROOT / "tptheory/certificates/FORMAT.md").read_text(encoding="utf-8"))
    write("changes.md", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def notebook_pages() -> dict[str, str]:
    """Write the notebooks as Markdown, with their figures beside them; return their titles."""
    titles = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        name = path.stem
        text, resources = MarkdownExporter().from_filename(str(path), {"unique_key": name, "output_files_dir": name})
        for file, content in resources["outputs"].items():
            with mkdocs_gen_files.open(f"notebooks/{file}", "wb") as figure:
                figure.write(content)
        text = re.sub(r"\]\(\.\./proofs/(\w+)\.py\)", r"](../theorems/\1/index.md)", text)
        text = text.replace("](../proofs)", "](../theorems/index.md)")
        write(f"notebooks/{name}.md", re.sub(r"\]\((\w+)\.ipynb\)", r"](\1.md)", text))
        titles[f"notebooks/{name}.md"] = re.search(r"^# (.+)$", text, re.MULTILINE)[1]
    return titles


def reference_pages() -> dict[str, str]:
    """Write the reference, a page for each part of the package that defines public names; return their titles.

    A page opens with its names, each with the first sentence of its docstring.
    """
    names: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for name in tptheory.__all__:
        value = getattr(tptheory, name)
        module = getattr(value, "__module__", None)
        if isinstance(module, str) and module.startswith("tptheory.") and hasattr(value, "__doc__") and callable(value):
            names[module.split(".")[1]].append((f"{module}.{value.__qualname__}", value))
    pages = {}
    for room, title in ROOMS.items():
        if names[room]:
            path = f"reference/{room}.md"
            lines = [f"- [`{value.__name__}`][{name}]: {_first_sentence(value)}" for name, value in names[room]]
            write(path, f"# {title}\n\n" + "\n".join([*lines, "", *(_entry(*one) for one in names[room])]))
            pages[path] = title
    return pages


def _first_sentence(value: Any) -> str:
    """Return how a docstring opens."""
    return " ".join((inspect.getdoc(value) or "").partition("\n\n")[0].split())


def _entry(name: str, value: Any) -> str:
    """Return the lines that show a name; of a class without what a class above it has, as each claim has its goals."""
    above = value.__mro__[1:] if inspect.isclass(value) else ()
    shared = {member for base in above if base.__module__.startswith("tptheory.") for member in vars(base)}
    hidden = sorted(member for member in shared if not member.startswith("_"))
    options = f'    options:\n      filters: ["!^_", "!^({"|".join(hidden)})$"]\n' if hidden else ""
    return f"::: {name}\n{options}"


def theorem_pages() -> dict[str, str]:
    """Write a page for each theorem and conjecture, and one for each question; return the titles of the latter.

    Verdicts are the stored ones, which are checked again when they are read.
    """
    found: dict[str, str] = {}
    listed: list[str] = []
    with settling(collect(ROOT / "proofs"), 30.0, say=evidence_of) as results:
        settled = list(results)
    for path, of_file in groupby(settled, key=lambda one: one.theorem.path):
        same = list(of_file)
        folder = f"theorems/{path.stem}"
        entries = [(f"{one.theorem.name}.md", one) for one in same]
        asked = question(path)
        lines = "\n".join(f"- [{_linked(one.theorem)}]({file}): {one.verdict.word}" for file, one in entries)
        file = f"The file: `proofs/{path.name}`."
        write(f"{folder}/index.md", f"# {prose_html(asked.asked)}\n\n{prose_html(asked.answer)}\n\n{lines}\n\n{file}\n")
        for file, one in entries:
            write(f"{folder}/{file}", "\n".join(_page(one, entries)).replace("<table>", '<table class="matrix">'))
        found[f"{folder}/index.md"] = prose_text(asked.asked)
        listed.append(f"- [{prose_html(asked.asked)}]({path.stem}/index.md) {prose_html(asked.answer)}")
    write("theorems/index.md", "# Theorems and conjectures\n\n" + "\n".join(listed) + "\n")
    return found


def _linked(theorem: Theorem) -> str:
    return str(prose_html(theorem.title))


def _page(one, entries) -> Iterator[str]:
    """Run through the lines of the page of a theorem: statement, reason, proof or counterexample, neighbours."""
    theorem, verdict = one.theorem, one.verdict
    yield f"# {_linked(theorem)}\n"
    statement = statement_html(theorem.claim, quantities)
    for sentences in statement.sentences:
        conclusions = "".join(f"<div>{conclusion}</div>" for conclusion in sentences.conclusions)
        yield f'<div class="statement">{sentences.opening} {conclusions}</div>\n'
    if statement.where:
        yield f"<p>where {', '.join(statement.where)}</p>\n"
    yield f'<p class="verdict">{verdict.word.capitalize()}.</p>\n'
    for paragraph in paragraphs(theorem.reason):
        yield f"<p>{prose_html(paragraph)}</p>\n"
    evidence = one.said
    yield f"## {evidence.title}\n"
    length = f" It takes {evidence.length}, all in the certificate." if evidence.length else ""
    yield f'<div class="evidence"><p>{evidence.how}{length}</p>{evidence.html}</div>\n'
    node = f"proofs/{theorem.node}"
    written = " --write-certificates certificates" if verdict.proved else ""
    yield f"In a shell, at the root of the repository:\n\n```sh\ntptheory prove {node} --explain{written}\n```\n"
    if (stored := stored_path(theorem)).exists():
        kind = "certificate" if verdict.proved else "counterexample"
        yield f"The {kind} as data: `proofs/{stored.relative_to(ROOT / 'proofs').as_posix()}`.\n"
    yield "## Next door\n"
    for file, other in entries:
        if other is not one:
            yield f"- [{_linked(other.theorem)}]({file}): {other.verdict.word}"


def _plain(title: str) -> str:
    """Return a title as the text of a link."""
    return re.sub(r"([\\*_\[\]])", r"\\\1", title)


def main() -> None:
    """Write all pages, and the navigation."""
    readme_pages()
    notebooks, reference, theorems = notebook_pages(), reference_pages(), theorem_pages()
    lines = ["* [tptheory](index.md)", "* [Tutorial](tutorial.md)", "* How to"]
    lines += [f"    * [{title}]({path})" for title, path in SECTIONS.items() if path.startswith("how-to")]
    lines += [f"    * [{_plain(title)}]({path})" for path, title in notebooks.items()]
    lines += [
        "    * [Gallery of figures](gallery.md)",
        "* Explanation",
        "    * [What a verdict means](explanation/verdicts.md)",
    ]
    lines += [
        "    * [Certificates](explanation/certificates.md)",
        "* Theorems",
        "    * [All questions](theorems/index.md)",
    ]
    lines += [f"    * [{_plain(title)}]({path})" for path, title in theorems.items()]
    lines += ["* Reference", *(f"    * [{title}]({path})" for path, title in reference.items())]
    lines += ["* [Changes](changes.md)"]
    write("SUMMARY.md", "\n".join(lines) + "\n")


main()
