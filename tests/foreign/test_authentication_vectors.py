"""Public vectors through the policies: the openspf suite for RFC 7208, and messages that dkimpy is tested with.

They stand in the source distributions of pyspf and dkimpy, which the folder in FIVEFIFTY_VECTORS holds unpacked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import pytest
import yaml
from lone_gateway import policy, session_view

from fake_gateways.policies import dkim, spf
from fake_gateways.policies.session_view import SessionView
from fake_gateways.policies.spf import SpfResult
from fake_gateways.smtp.envelope import Envelope
from fake_gateways.truth import Cause
from fake_gateways.verdict import Answer, Question, Refuse

pytestmark = pytest.mark.foreign

FOLDER: Final = Path(os.environ.get("FIVEFIFTY_VECTORS", "/nonexistent"))
SUITE: Final = FOLDER / "pyspf-2.0.14" / "test" / "rfc7208-tests.yml"
SIGNED: Final = FOLDER / "dkimpy-1.1.8" / "dkim" / "tests" / "data"
WITHOUT: Final = "FIVEFIFTY_VECTORS names no folder with pyspf-2.0.14 and dkimpy-1.1.8 unpacked; .ci/run makes one"


class Names:
    """A zone of the suite, asked as the edge would be."""

    def __init__(self, zone: dict[str, Any]) -> None:
        self._zone = {name.lower(): list(records) for name, records in zone.items()}

    def answer(self, question: Question, depth: int = 0) -> Answer:
        """Answer with the record's text, through aliases; a time-out is a failure."""
        records = self._zone.get(question.name, [])
        found, has_txt = [], any(isinstance(record, dict) and "TXT" in record for record in records)
        for record in records:
            if record == "TIMEOUT":
                return Answer(tuple(found), failed=not found)
            ((kind, value),) = record.items()
            kind = "TXT" if kind == "SPF" and not has_txt else kind
            if kind == question.kind and value == "TIMEOUT":
                return Answer(failed=True)
            if kind == question.kind and value != "NONE":
                found.append(_text(kind, value))
            elif kind == "CNAME" and depth < 10:
                return self.answer(Question(value.lower().rstrip("."), question.kind), depth + 1)
        return Answer(tuple(found))


def _text(kind: str, value: Any) -> str:
    if kind == "TXT":
        strings = [value] if isinstance(value, str) else value
        return " ".join('"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in strings)
    return f"{value[0]} {value[1]}" if kind == "MX" else str(value)


class Vector(NamedTuple):
    """One test of the suite."""

    name: str
    zone: dict[str, Any]
    helo: str
    host: str
    return_path: str
    results: list[str]


@cache
def vectors() -> list[Vector]:
    if not SUITE.is_file():
        return []
    found = []
    for part in yaml.safe_load_all(SUITE.read_text("utf-8")):
        for name, test in part["tests"].items():
            results = test["result"] if isinstance(test["result"], list) else [test["result"]]
            found.append(Vector(name, part["zonedata"], test["helo"], test["host"], test["mailfrom"], results))
    return found


def met(asked: Any, names: Names, view: SessionView) -> Any:
    """Supply what is asked for until there is a verdict."""
    for _ in range(200):
        outcome = asked()
        if not isinstance(outcome, Question):
            return outcome
        view.fresh[outcome] = names.answer(outcome)
    pytest.fail("it asks without end")


@pytest.mark.skipif(not SUITE.is_file(), reason=WITHOUT)
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.name)
def test_rfc_7208(vector: Vector) -> None:
    view = session_view(peer=vector.host)
    view.envelope, view.helo = Envelope(vector.return_path), vector.helo
    names = Names(vector.zone)
    result = met(lambda: spf.evaluate(view), names, view)
    assert result in vector.results
    refusing = policy("spf", refuse=[result]).begin()
    assert met(lambda: refusing.judge(view), names, view) == Refuse(Cause.AUTHENTICATION)
    others = [each for each in get_args(SpfResult) if each != result]
    assert met(lambda: policy("spf", refuse=others).begin().judge(view), names, view) is None


class Keys(NamedTuple):
    """Names and the texts of their keys."""

    texts: dict[str, str]

    def answer(self, question: Question) -> Answer:
        """Answer with a key."""
        found = self.texts.get(question.name)
        return Answer(() if found is None else (f'"{found}"',))


def signed_messages() -> Iterator[Any]:
    brisbane = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    rfc = {"brisbane._domainkey.football.example.com": brisbane}
    rfc["test._domainkey.football.example.com"] = (
        "v=DKIM1; k=rsa; "
        "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16"
        "JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+"
        "l/K4w3QIDAQAB"
    )
    for name in ("rfc6376.signed.msg", "rfc6376.signed.rsa.msg"):
        yield pytest.param(name, rfc, id=name)


@pytest.mark.skipif(not SIGNED.is_dir(), reason=WITHOUT)
@pytest.mark.parametrize(("name", "keys"), list(signed_messages()))
def test_signatures_of_rfc_6376_and_rfc_8463_hold_and_break_with_the_message(name: str, keys: dict[str, str]) -> None:
    content = (SIGNED / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    for message, results in ((content, {"pass"}), (content.replace(b"hungry", b"angry"), {"fail"})):
        view = session_view()
        view.content = message
        signed = met(partial(dkim.evaluate, view), Keys(keys), view)
        assert signed.result in results
        judge = policy("dkim").begin().judge
        verdict = met(partial(judge, view), Keys(keys), view)
        assert verdict == (Refuse(Cause.AUTHENTICATION) if "fail" in results else None)
