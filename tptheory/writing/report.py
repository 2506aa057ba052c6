"""The report: one page, one LaTeX document, one JSON file, with certificates, their checker and figures beside them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from tptheory.certificates import checker, law_counts
from tptheory.claims.theorem import Theorem
from tptheory.errors import InvalidFileError, InvalidTypeError, InvalidValueError, complain
from tptheory.files import check_folder, check_writable, in_utf8, move_whole, reason
from tptheory.processes import run_to_end
from tptheory.proving.certificate import Certificate, LawCountCertificate
from tptheory.temporaries import NAME as TEMPORARY
from tptheory.temporaries import new_folder
from tptheory.training.blas_threads import one_blas_thread
from tptheory.training.data import DataSet
from tptheory.writing import figures
from tptheory.writing.experiments import DigitsTheory, digits_theory
from tptheory.writing.gathering import Progress, ReportData, ReportSettings, gather
from tptheory.writing.older_report import listed_evidence
from tptheory.writing.paper import FOLDER, write_paper
from tptheory.writing.rendering import Illustration, illustrations, render_html, render_json, render_tex, render_times
from tptheory.writing.tasks import BackgroundTasks

CHECKING_SECONDS = 600
"""How long the checker may take over all certificates."""

SHARES = 4
"""In how many shares the certificates are checked, each by a process of its own."""

EVIDENCE = ("certificates", "counterexamples", "figures")
"""The folders in the folder of a report."""

DOCUMENTS = {"report.json": render_json, "report.tex": render_tex, "report.html": render_html}
"""The documents that render the data, with the same bytes each time; the page is written last."""
TIMES = "times.json"
"""The file that holds the times, which differ from one report to the next."""


@dataclass(frozen=True)
class ReportPaths:
    """Where a report was written, and the data that it was made of.

    Attributes:
        folder: the folder of the report.
        written: every file of it, relative to the folder.
        data: what the report says.
    """

    folder: Path
    written: tuple[Path, ...]
    data: ReportData

    @property
    def html(self) -> Path:
        """The page."""
        return self.folder / "report.html"

    @property
    def tex(self) -> Path:
        """The LaTeX document."""
        return self.folder / "report.tex"

    @property
    def json(self) -> Path:
        """The data for machines."""
        return self.folder / "report.json"

    def inside(self, name: str) -> tuple[Path, ...]:
        """Return the files in the folder of that name: certificates, counterexamples, figures or paper."""
        return tuple(self.folder / path for path in self.written if path.parts[0] == name)


def build_report(
    folder: str | Path,
    theorems: Sequence[Theorem],
    settings: ReportSettings | None = None,
    *,
    study: Callable[[DataSet, int], DigitsTheory] = digits_theory,
    progress: Progress | None = None,
) -> ReportPaths:
    """Gather a report, let the checker replay its certificates in a process of its own, and write it.

    Everything is written beside its place first and moved there at the end, so that a report that is interrupted
    leaves an older one as it was. Certificates of an older report that this one lacks are removed.

    Args:
        folder: where to write; made if it is missing.
        theorems: what to prove, as `collect` returns it.
        settings: seed, numbers and times, and whether to write a paper into the folder ``paper``; see `ReportSettings`.
        study: a function that returns what the digits show of the theorems; see `gather`.
        progress: called with a stage (prove, simulate, train, study, write), how much of it is done, and how much
            there is.

    Raises:
        InvalidTypeError: if ``folder`` is no path, or ``theorems`` holds something else than theorems.
        InvalidValueError: if the folder cannot be written, there is no theorem, or a number is out of range.
        InvalidFileError: if a theorem's own function fails.
    """
    if not isinstance(folder, str | Path):
        raise InvalidTypeError(complain("folder", "the path of a folder", folder))
    folder, settings = Path(folder), settings or ReportSettings()
    check_places(folder, settings.paper)
    with _staging(folder) as stage, one_blas_thread():  # the same bytes, whatever the number of threads
        gathered = gather(theorems, settings, study=study, progress=progress)
        if progress is not None:
            progress("write", 0, 1)
        with _writing(folder):
            written = _write(stage, gathered, settings.paper)
            _move(stage, folder, written)
        if progress is not None:
            progress("write", 1, 1)
    return ReportPaths(folder, tuple(written), gathered)


def check_places(folder: Path, paper: bool) -> None:
    """Refuse a folder to which a report cannot be written, for what is there already, before any work is done.

    Args:
        folder: the folder; it need not exist.
        paper: whether a paper is to be written, too.

    Raises:
        InvalidValueError: if a file is in the way of a folder, or anything else than a file in the way of a file.
    """
    check_folder("folder", folder)
    if folder.is_dir():
        for name in (*EVIDENCE, *([FOLDER] if paper else [])):
            check_folder("folder", folder / name)
        for name in (*DOCUMENTS, TIMES):
            check_writable("folder", folder / name)


def check_certificates(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Let a checker read certificates in a process of its own, and return its reason for each that it refuses.

    That is the checker of proofs, or that of counts of laws, by the format of the certificate. The process is a bare
    Python that cannot import tptheory. One call reads all; the checker of proofs stops at the first that it refuses,
    and is then called again for the rest.
    """
    counts = _counts_of_laws(folder, names)
    reasons: dict[str, str] = {}
    for program, waiting in ((checker, [name for name in names if name not in counts]), (law_counts, counts)):
        while waiting:
            try:
                reasons |= _reasons_of_one_call(program, folder, waiting)
            except subprocess.TimeoutExpired:
                reasons |= dict.fromkeys(waiting, f"the checker took longer than {CHECKING_SECONDS} s")
            waiting = [name for name in waiting if name not in reasons]
    return {name: reasons[name] for name in names}


def _counts_of_laws(folder: Path, names: Sequence[str]) -> list[str]:
    """Return the names of the files that hold counts of laws."""

    def holds_count(name: str) -> bool:
        try:
            return isinstance(Certificate.load(folder / name), LawCountCertificate)
        except InvalidFileError:
            return False

    return [name for name in names if holds_count(name)]


def _reasons_of_one_call(program: ModuleType, folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Return an empty reason for each certificate that is accepted, and the reason for the first that is not."""
    command = [sys.executable, "-I", str(Path(str(program.__file__)).resolve()), *names]
    finished = run_to_end(command, folder, CHECKING_SECONDS)
    said = finished.stdout.splitlines()
    reasons = {name: "" for name in names if f"accepted: {name}" in said}
    refused = next((name for name in names if name not in reasons), None)
    if refused is not None:
        why = [line.removeprefix(f"refused: {refused}: ") for line in said if line.startswith("refused")]
        reasons[refused] = why[0] if why else f"the checker failed: {finished.stderr.strip()[-200:]}"
    return reasons


def _write(stage: Path, data: ReportData, paper: bool) -> list[Path]:
    """Write every file of a report into ``stage``, and return their paths in it; the page comes last."""
    for folder in EVIDENCE:
        (stage / folder).mkdir()
    evidence = _write_evidence(stage, data)
    names = [path.name for path in evidence if path.parts[0] == "certificates"]
    checks, drawn = _checked_and_drawn(stage, names, illustrations(data))
    (stage / TIMES).write_bytes(in_utf8(render_times(data)))
    for name, render in DOCUMENTS.items():
        (stage / name).write_bytes(in_utf8(render(data, checks, drawn)))
    papers = [Path(FOLDER, name) for name in write_paper(data, checks, stage / FOLDER)] if paper else []
    pictures = [Path("figures", f"{one.name}.{kind}") for one in drawn for kind in ("pdf", "png")]
    return [*papers, *_copy_checkers(stage, data), *evidence, *pictures, *map(Path, (TIMES, *DOCUMENTS))]


def _copy_checkers(stage: Path, data: ReportData) -> list[Path]:
    """Copy the programs that check the certificates of a report into ``stage``, and return their paths in it."""
    holds_counts = any(result.method == LawCountCertificate.method for result in data.theorems)
    programs = [Path(str(program.__file__)) for program in (checker, *([law_counts] if holds_counts else []))]
    for program in programs:
        shutil.copyfile(program, stage / program.name)
    return [Path(program.name) for program in programs]


def _checked_and_drawn(
    stage: Path, certificates: Sequence[str], listed: Sequence[Illustration]
) -> tuple[dict[str, str], tuple[Illustration, ...]]:
    """Let the checker read the certificates while the figures are drawn and saved, on every core.

    Return the checker's reasons, and the figures with their pictures for the page.
    """

    def draw(one: Illustration) -> str:
        figure = one.draw()
        figures.save(figure, stage / "figures" / one.name)
        return figures.inline_svg(figure, one.name, one.title)

    shares = [certificates[i::SHARES] for i in range(SHARES)]
    work: dict[Any, Callable[[], Any]] = {
        number: partial(check_certificates, stage / "certificates", share) for number, share in enumerate(shares)
    }
    with BackgroundTasks(work | {one.name: partial(draw, one) for one in listed}, threads=1) as tasks:
        drawn = tuple(replace(one, svg=tasks.result(one.name)) for one in listed)
        reasons = {name: reason for number in range(SHARES) for name, reason in tasks.result(number).items()}
        return {name: reasons[name] for name in certificates}, drawn


def _write_evidence(stage: Path, data: ReportData) -> list[Path]:
    """Write each certificate and each counterexample, and return their paths in ``stage``."""
    found = []
    for result in data.theorems:
        if result.stored is not None:
            found.append(Path("certificates" if result.certificate else "counterexamples", result.evidence_file))
            (stage / found[-1]).write_bytes(in_utf8(Certificate(result.stored).to_json()))
    return found


def _move(stage: Path, folder: Path, written: Sequence[Path]) -> None:
    """Move each file to its place, and remove the evidence that an older report listed and this one lacks."""
    older = listed_evidence(folder)
    for path in written:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        move_whole(stage / path, folder / path)
    for path in set(older).difference(written):
        (folder / path).unlink(missing_ok=True)


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Make a folder for what is not finished, inside the one that was named, and remove it at the end."""
    with ExitStack() as closing:
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            stage = closing.enter_context(new_folder(folder))
        yield stage


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn an error of the system into one that names the folder and the file in the way."""
    try:
        yield
    except OSError as error:
        parts = Path(error.filename or "").parts
        place = Path(*(part for part in parts if not TEMPORARY.fullmatch(part)))  # the reader knows no temporary folder
        why = f"{reason(error)}: {place}" if parts else reason(error)
        mend = f"{why}. Name another, or free this one."
        raise InvalidValueError(complain("folder", "a folder that can be written", str(folder), mend)) from error
