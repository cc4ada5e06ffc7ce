"""Usage errors as sentences of place, problem and remedy, also for spellings that are no longer in use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import typer

from probe.cli.commands import COMMANDS
from probe.input_error import InputError

RESPELT: Final = {
    ("check", "--truth"): "write: fivefifty check RUN",
    ("suppression", "--json"): "--json prints to standard output; write: --json > FILE",
}
"""By command and option: how to write today what an earlier version took."""

_NO_COMMAND: Final = re.compile(r"No such command '(.*?)'\.?(?: Did you mean (.*)\?)?$")
_EXTRA: Final = re.compile(r"Got unexpected extra argument\(?s?\)? \((.*)\)$")


def usage_error(error: Any, arguments: Sequence[str]) -> InputError:
    """Return the sentence for an exception that typer raised.

    Args:
        error: A TyperException. What it is about is in ``ctx``, ``param`` or ``option_name``, each of which may be
            missing.
        arguments: The words after the program's name.
    """
    path = _path(error, arguments)
    _, _, command = path.partition(" ")
    spelt = {word.partition("=")[0] for word in arguments}
    for (name, option), remedy in RESPELT.items():
        is_about_it = getattr(error, "option_name", option) == option
        if command == name and option in spelt and is_about_it and not isinstance(error, typer.BadParameter):
            return InputError(f"{command} {option}", "is not written like this any more", remedy)
    place, problem, remedy = _sentence(error, f"see {path} --help")
    return InputError(f"{command} {place}".strip() or path, problem, remedy)


def _path(error: Any, arguments: Sequence[str]) -> str:
    """Return the program and the command that the error is about, as they are written."""
    context = getattr(error, "ctx", None)
    if context is not None:
        return str(context.command_path)
    first = next(iter(arguments), "")
    return f"fivefifty {first}" if any(first == command.name for command in COMMANDS) else "fivefifty"


def _sentence(error: Any, see: str) -> tuple[str, str, str]:
    """Return the place below the command, the problem, and the remedy."""
    message = " ".join(error.message.split())
    option, parameter = getattr(error, "option_name", None), getattr(error, "param", None)
    if found := _NO_COMMAND.search(message):
        return found[1], "is not a command", _perhaps((found[2] or "").replace("'", "").split(", "), see)
    if found := _EXTRA.search(message):
        return "", f"takes no argument {found[1]}", see
    if option is not None and hasattr(error, "possibilities"):
        return option, "is not an option", _perhaps(sorted(error.possibilities or ()), see)
    if option is not None:
        return option, message.removeprefix(f"Option '{option}' ").rstrip("."), see
    if parameter is None:
        return "", message[:1].lower() + message[1:].rstrip("."), see
    if type(error).__name__ == "MissingParameter":
        word = parameter.param_type_name
        return "", f"needs the {word} {parameter.opts[0] if word == 'option' else parameter.display_name_raw}", see
    problem = (
        message.removeprefix("Value error, ").replace("Input should", "must").partition(", unable to")[0].rstrip(".")
    )
    return parameter.opts[0] if parameter.param_type_name == "option" else parameter.display_name_raw, problem, see


def _perhaps(meant: Sequence[str], see: str) -> str:
    """Return a remedy that names what could be meant."""
    names = [name for name in meant if name]
    if not names:
        return see
    return f"did you mean {', '.join(names[:-1])}{' or ' if names[1:] else ''}{names[-1]}? If not, {see}"
