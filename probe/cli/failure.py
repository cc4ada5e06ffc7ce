"""What the command line says, and its exit code, when a command fails with an exception."""

from __future__ import annotations

import sys
import traceback

from typer.exceptions import TyperException

from fake_gateways.loopback import OutsideError
from probe.classify.reading import ClassifierError
from probe.cli.exit_codes import Exit, InterruptedRunError
from probe.cli.usage import usage_error
from probe.harmless import harmless
from probe.input_error import InputError
from probe.user_files import FULL, unwritable

_MOST_SHOWN = 19
"""Mistakes of one file that are shown after the first."""
_OURS = "this is a fault of fivefifty; please report it with the lines above"


def report_failure(error: Exception) -> Exit:
    """Print one sentence on standard error, after a traceback if the fault is ours. Return the exit code.

    An OSError is ours: one about a file, folder or port of the user has become InputError where it was raised.
    """
    sentence, code = _describe(error)
    if sentence is _OURS:
        traceback.print_exception(error)
    others = error.others if isinstance(error, InputError) else ()
    for each in (sentence.removesuffix("".join(f"\n{other}" for other in others)), *map(str, others[:_MOST_SHOWN])):
        print(f"fivefifty: {harmless(each.replace(chr(10), chr(32)))}", file=sys.stderr)
    if len(others) > _MOST_SHOWN:
        print(f"fivefifty: and {len(others) - _MOST_SHOWN} more mistakes", file=sys.stderr)
    return code


def _describe(error: Exception) -> tuple[str, Exit]:
    if isinstance(error, TyperException):
        error = usage_error(error, sys.argv[1:])
    if isinstance(error, InputError | OutsideError):
        return str(error), Exit.INPUT_WRONG
    if isinstance(error, ClassifierError):
        return str(error), Exit.CLASSIFIER_FAILED
    if isinstance(error, InterruptedRunError):
        return str(error), Exit.INTERRUPTED
    if isinstance(error, OSError) and error.errno in FULL:
        return str(unwritable(error.filename or "standard output", error, "choose another place")), Exit.INPUT_WRONG
    if _is_of_the_books(error):
        return f"the books are not whole, which is a fault of fivefifty: {error}", Exit.FAULT
    return _OURS, Exit.FAULT


def _is_of_the_books(error: Exception) -> bool:
    """Return whether it is a BooksError; if its module is not loaded, it cannot be one."""
    judge = sys.modules.get("probe.judge.books")
    return judge is not None and isinstance(error, judge.BooksError)
