"""Writes the report of a run: into its folder, or into another file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from fake_gateways.untrusted.bounded_read import read_bounded
from probe.input_error import InputError
from probe.judge.books import judged_in, require_whole_readings
from probe.judge.findings import Finding
from probe.judge.gates import Gate
from probe.judge.result import SCORECARD, JudgedRun
from probe.judge.scorecard import Scorecard
from probe.lab.judge_run import count_again
from probe.ledger import Ledger
from probe.records.rows import DIAGNOSES
from probe.report.html.page import PageContent, page
from probe.user_files import is_file, is_folder, write_whole, writing

if TYPE_CHECKING:
    from probe.report.html.diagnoses import FoundOfRun

REPORT: Final = "report.html"
_MAX_OCTETS: Final = 1024**3
"""Octets of a scorecard, or of what experiments have found, at most."""


def write_report(result: JudgedRun, findings: Sequence[Finding], folder: Path, out: Path | None = None) -> Path:
    """Write the report of the run in a folder; an old report is only replaced by a complete one. Raises InputError.

    ``findings`` are the run's; those of a baseline are not shown.
    """
    path = out or folder / REPORT
    with Ledger.open(folder) as ledger:

        def dialogues(attempts: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
            return ledger.dialogues(attempts)

        content = PageContent(
            title=ledger.note("title") or "",
            scorecard=result.scorecard,
            gates=result.gates,
            findings=findings[: len(result.gates)],
            counts=result.counts,
            personas={each.name: each.persona for each in ledger.gateways()},
            dialogues=dialogues,
            diagnoses=_found_of(folder),
        )
        text = page(content)
    with writing(path, "choose another file with --out"):
        write_whole(path, text, is_named=out is not None)
    return path


def _found_of(run: Path) -> FoundOfRun | None:
    """Return what experiments have found about the doubtful recipients of a run; raises InputError."""
    path = (run if is_folder(run) else run.parent) / DIAGNOSES
    if not is_file(path):
        return None
    # Only a run with such a file needs the models of the document, which take long to import.
    from probe.diagnose.run_document import RunFound  # noqa: PLC0415
    from probe.report.html.diagnoses import found_of_run  # noqa: PLC0415

    remedy = "remove it, or run fivefifty diagnose RUN --doubtful again"
    try:
        return found_of_run(RunFound.model_validate_json(read_bounded(path, _MAX_OCTETS)))
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", remedy) from None
    except (ValueError, OverflowError):
        raise InputError(path, "is not what experiments of this version have found", remedy) from None


def judged_before(folder: Path) -> JudgedRun:
    """Return the stored result of a run that was judged before; raises InputError, BooksError."""
    remedy = "judge the run with fivefifty check"
    try:
        figures = json.loads(read_bounded(folder / SCORECARD, _MAX_OCTETS))
        card = TypeAdapter(Scorecard).validate_python(figures)
        gates = TypeAdapter(list[Gate]).validate_python(figures["gates"])
    except OSError as error:
        raise InputError(folder / SCORECARD, f"cannot be read ({error.strerror})", remedy) from None
    except (ValueError, KeyError, TypeError, ValidationError):
        raise InputError(folder / SCORECARD, "is not a scorecard of this version", remedy) from None
    with Ledger.open(folder) as ledger:
        if ledger.note("transport") == "foreign":
            problem = "was judged by the log of another system, and the log is not stored"
            raise InputError(folder, problem, "run fivefifty check with the log again; it writes the report")
        names = list(card.classifiers)
        require_whole_readings(ledger, names)
    return JudgedRun(card, gates, count_again(folder, names), partial(judged_in, folder, names))
