"""Scenario files and persona files of strangers."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from fake_gateways import persona as personas
from fake_gateways.persona import Persona
from fake_gateways.persona_lint import remarks
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.untrusted.toml_text import parse_toml
from probe.input_error import InputError
from probe.lab.classifiers import look_at
from probe.lab.gates import expected
from probe.lab.plan import plan_lanes
from probe.lab.prepare import prepare
from probe.scenario.load import Loaded, check
from probe.validation_errors import mistakes, problem_and_remedy
from simulation.fuzzing.slots import Slots
from simulation.fuzzing.target import NAMED, Target

_WORDS: Final = (
    b"[[gateway]]\n", b"[[campaign]]\n", b"[[dns]]\n", b"[sender]\n", b"[[gateway.policy]]\n", b"[expect]\n",
    b'type = "', b'domains = ["a.example"]\n', b"mailboxes = { count = 3 }\n", b'at = "rcpt"\n', b"share = 0.5\n",
    b"usual = true\n",
    b'persona = "mine.toml"\n', b"{ ", b" }", b"[", b"]", b'"', b'"5m"', b'"1/1s"', b"inf", b"nan", b"1979-05-27",
    b"07:32:00", b"2026-03-02T08:00:00Z", b"9223372036854775807", b"1e308", b"5e-324", b"true", b'"\\u202e"', b"a.b.c.",
    b'"127.0.0.1:25"', b'"::1"', b'"*"', b'"recipient"', b'"{recipient}"', b'"""', b"'''",
)  # fmt: skip
_MOST: Final = 200
"""Mailboxes and companies of a scenario that is prepared: more take as long as they may."""


def _scenario(data: bytes) -> None:
    """Check a scenario as ``fivefifty scenario check`` does, and plan a small one."""
    loaded = _checked(data.decode("utf-8", "replace"))
    look_at(loaded)
    if is_small(loaded):
        prepared = prepare(loaded)
        expected(prepared, look_at(loaded))
        plan_lanes(prepared)


def is_small(loaded: Loaded) -> bool:
    """Return whether a scenario has few mailboxes."""
    return sum(each.mailboxes.count + (each.companies or 1) for each in loaded.scenario.gateway) <= _MOST


def _checked(text: str) -> Loaded:
    try:
        raw = parse_toml(text)
    except ValueError as error:
        raise InputError("scenario.toml", str(error), "correct it") from None
    return check(raw, folder=NAMED, path="scenario.toml")


def _persona(data: bytes) -> None:
    """Read a persona, and say what it can say."""
    try:
        persona = personas.parse(data.decode("utf-8", "replace"))
    except ValidationError as error:
        for each in mistakes(error):
            problem_and_remedy(each, Persona)
        return
    list(remarks(persona, "mine.toml"))
    values = Slots()
    for stage in Stage:
        for cause in Cause:
            for refusal in persona.refusals(cause, stage):
                refusal.say(values)
    for name in type(persona.says).model_fields:
        getattr(persona.says, name).say(values)


TARGETS: Final = (
    Target("scenario", _scenario, words=_WORDS, batch=300),
    Target("persona", _persona, allowed=(ValueError,), words=_WORDS, batch=300),
)
