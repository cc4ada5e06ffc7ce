"""A persona: the replies of one vendor's gateway, the order of its policies, and its usual settings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from fake_gateways.personas import names, text_of
from fake_gateways.policies import KINDS
from fake_gateways.policies.policy import Settings
from fake_gateways.reports.settings import Reports
from fake_gateways.smtp.envelope import BEFORE_RCPT, Stage
from fake_gateways.smtp.reply import EnhancedStatus
from fake_gateways.smtp.standard_replies import MAX_MISTAKES
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.units import Size
from fake_gateways.untrusted.bounded_read import read_bounded
from fake_gateways.untrusted.toml_text import parse_toml
from fake_gateways.wording import Wording, WrittenRefusal

__all__ = ["Counted", "Lie", "Limit", "Persona", "Refusal", "Says", "load", "names", "parse", "plain_words"]

MAX_OCTETS: Final = 16 * 1024**2
"""Octets of a persona's file, at most."""

_BORROWED_FROM = (Stage.RCPT, Stage.END_OF_DATA, Stage.DATA, Stage.MAIL, Stage.EHLO, Stage.CONNECT)


def require_refusal(code: int) -> None:
    """Raise InvalidValueError for a code that refuses nothing."""
    if code < 400:
        raise InvalidValueError(f"code {code} is not a refusal", "give a 4yz or 5yz code")


class Refusal(Wording):
    """A vendor's wording for a cause at some stages, and its ``source``. ``by``: only these policies use it."""

    cause: Cause
    by: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _recipient_is_known(self) -> Refusal:
        require_refusal(self.code)
        if "{recipient}" in self.text and BEFORE_RCPT & set(self.stages):
            raise InvalidValueError(
                f"{self.text!r} names {{recipient}}, which is not known before RCPT", "give those stages their own text"
            )
        return self

    def fits(self, stage: Stage) -> bool:
        """Whether it can be used at a stage: before RCPT no recipient is known."""
        return stage not in BEFORE_RCPT or "{recipient}" not in self.text


class Says(BaseModel):
    """A vendor's replies that are not about a cause: acceptance, and errors of syntax or order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greeting: Wording
    ehlo: Wording = Wording(code=250, text="{host}")
    mail: Wording
    rcpt: Wording
    data: Wording
    accepted: Wording
    quit: Wording
    reset: Wording
    unrecognized: Wording
    out_of_order: Wording
    no_recipients: Wording
    verify: Wording = Wording(
        code=252, enhanced=EnhancedStatus(2, 5, 2), text="Cannot VRFY user, but will take message"
    )
    etrn: Wording = Wording(code=459, enhanced=EnhancedStatus(4, 7, 1), text="ETRN is not allowed")


Counted = Literal["errors", "mistakes", "syntax", "unrecognized", "nonmail"]


class Limit(Wording):
    """How many commands of a kind a session may have, and the reply to one more, which ends the connection.

    ``of`` is the kind. ``mistakes`` are commands that are unknown, malformed or out of order. ``syntax`` are these but
    for DATA after which no recipient was accepted, ``unrecognized`` the unknown ones alone. ``nonmail`` are the known
    commands other than MAIL, RCPT, DATA and QUIT; one each of EHLO, HELO, RSET and STARTTLS before a message does not
    count. ``errors`` are mistakes and refused commands since a message was last accepted; after too many, the reply is
    that to the next command, whatever it is. ``source`` says where the limit is known from.
    """

    of: Counted
    most: int = Field(ge=1)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _refuses(self) -> Limit:
        require_refusal(self.code)
        return self


USUAL_LIMIT: Final = Limit(
    of="mistakes",
    most=MAX_MISTAKES - 1,
    code=421,
    enhanced=EnhancedStatus(4, 7, 0),
    text="Too many errors, closing connection",
    source="postconf(5): smtpd_hard_error_limit; the text is ours",
)
"""The limit of personas that have none on errors, mistakes or syntax."""


class Lie(BaseModel):
    """A known way in which a vendor's gateways name a wrong cause. A scenario uses it by its name.

    ``words`` are what the vendor says for a true cause in place of its words for the claimed one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    claims: dict[Cause, Cause] = Field(min_length=1)
    words: dict[Cause, WrittenRefusal] = {}
    note: str
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _words_are_claims(self) -> Lie:
        for cause in self.words:
            if cause not in self.claims:
                problem = f"words has {cause}, and claims has not, so nothing would say them"
                raise InvalidValueError(problem, "add it")
        return self


class Persona(BaseModel):
    """One vendor's gateway.

    ``order`` lists the policies in the order they are asked. ``at`` gives the stage of those that act at another stage
    than usual. ``numbers`` are the settings of policies, unless a scenario gives others. After a refused greeting the
    connection ``stays`` open for QUIT (RFC 5321 section 3.1), ``closes``, or answers EHLO with ``reduced`` keywords.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    habit: str
    sources: tuple[str, ...] = Field(min_length=1)
    mx: str = Field(
        description="name of the mail exchanger; {label} is replaced by the company's domain, with hyphens for dots"
    )
    keywords: tuple[str, ...] = Field(description="EHLO keywords; {size} is replaced by the size limit in octets")
    size_limit: Size
    refused_greeting: Literal["stays", "closes", "reduced"] = "stays"
    order: tuple[str, ...]
    at: dict[str, Stage] = {}
    numbers: dict[str, dict[str, Any]] = {}
    limit: tuple[Limit, ...] = ()
    lie: tuple[Lie, ...] = ()
    reports: Reports = Reports()
    says: Says
    refusal: tuple[Refusal, ...]

    @model_validator(mode="after")
    def _policies_exist(self) -> Persona:
        wrong = list(self._wrong_policies())
        if wrong:
            raise ValidationError.from_exception_data("Persona", wrong)
        return self

    def _wrong_policies(self) -> Iterator[InitErrorDetails]:
        """Yield what names no policy, a stage at which a policy cannot act, and numbers that a policy does not take."""
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("order", place), kind) for place, kind in enumerate(self.order)
        ]
        named += [((key, kind), kind) for key in ("at", "numbers") for kind in getattr(self, key)]
        for number, refusal in enumerate(self.refusal):
            named += [(("refusal", number, "by", place), kind) for place, kind in enumerate(refusal.by)]
        for loc, kind in named:
            if kind not in KINDS:
                yield _mistake(loc, kind, f"{kind!r} is not a policy", f"use one of: {', '.join(KINDS)}")
        for kind, stage in self.at.items():
            possible = KINDS[kind].nature.stages if kind in KINDS else {stage}
            if stage not in possible:
                yield _mistake(
                    ("at", kind), stage, f"{kind} cannot act at {stage}", f"use one of: {', '.join(sorted(possible))}"
                )
        for kind in filter(KINDS.get, self.numbers):
            try:
                KINDS[kind].model_validate({"type": kind, **self.numbers[kind]}, context={"check_file": _refuse_file})
            except ValidationError as error:
                for each in error.errors():
                    loc = ("numbers", kind, *each["loc"])
                    yield {"type": each["type"], "loc": loc, "input": each["input"], "ctx": each.get("ctx", {})}

    @property
    def limits(self) -> Mapping[Counted, Limit]:
        """The limits of a session, by what they count."""
        own = {limit.of: limit for limit in self.limit}
        return own if {"errors", "mistakes", "syntax"} & set(own) else {**own, USUAL_LIMIT.of: USUAL_LIMIT}

    def stage_of(self, settings: Settings) -> Stage:
        """Return the stage at which this gateway asks a policy."""
        return settings.at or self.at.get(settings.kind, settings.nature.usual)

    def rank_of(self, settings: Settings) -> tuple[int, int]:
        """Return the sort key of a policy in the order in which this gateway asks.

        A policy that the persona does not list comes before the first listed one that follows it in the usual order.
        """
        usual = list(KINDS)
        place = usual.index(settings.kind)
        if settings.kind in self.order:
            return self.order.index(settings.kind), len(usual)
        later = (number for number, kind in enumerate(self.order) if usual.index(kind) > place)
        return min(later, default=len(self.order)), place

    def known_at(self, cause: Cause, stage: Stage) -> tuple[Refusal, ...]:
        """Return the vendor's own wordings for a cause at a stage; empty if none is known."""
        return self._by_cause.get((cause, stage), ())

    def refusals(self, cause: Cause, stage: Stage, policy: str = "") -> tuple[Refusal, ...]:
        """Return the possible wordings for a cause at a stage; there is always one.

        If the vendor has none for this stage, its wordings for other stages are used; if it has none for the cause,
        plain words of the standards. Wordings of the policy come first; those of other policies are never used.
        """
        for elsewhere in (stage, *_BORROWED_FROM):
            known = [each for each in self.known_at(cause, elsewhere) if each.fits(stage)]
            found = [each for each in known if policy in each.by] or [each for each in known if not each.by]
            if found:
                return tuple(found)
        return plain_words(cause, stage)

    def repeats(self, cause: Cause, stage: Stage) -> Refusal | None:
        """Return the frame for a repeated reply of the server behind the gateway; None if it is repeated unchanged."""
        repeating = (refusal for refusal in self.refusal if "{backend}" in refusal.text)
        return next((each for each in repeating if each.cause is cause and stage in each.stages), None)

    @cached_property
    def _by_cause(self) -> dict[tuple[Cause, Stage], tuple[Refusal, ...]]:
        found: dict[tuple[Cause, Stage], tuple[Refusal, ...]] = {}
        for refusal in self.refusal:
            if "{backend}" not in refusal.text:
                for stage in refusal.stages:
                    found[refusal.cause, stage] = (*found.get((refusal.cause, stage), ()), refusal)
        return found


def _refuse_file(name: str) -> None:
    raise InvalidValueError(f"{name!r} is a file, and a persona has none", "name it in the scenario")


def _mistake(loc: tuple[str | int, ...], found: str, problem: str, remedy: str) -> InitErrorDetails:
    return {"type": "value_error", "loc": loc, "input": found, "ctx": {"error": InvalidValueError(problem, remedy)}}


def parse(text: str) -> Persona:
    """Read a persona from TOML text; raises ValueError, pydantic's ValidationError with every key that is wrong."""
    return Persona.model_validate(parse_toml(text))


@cache
def load(name: str) -> Persona:
    """Return a persona that comes with the package, or by the path of its file.

    Raises KeyError for an unknown name, OSError for a file that cannot be read, ValueError for one that is wrong.
    """
    if name.endswith(".toml"):
        return parse(read_bounded(Path(name), MAX_OCTETS).decode("utf-8-sig"))
    return parse(text_of(name))


@cache
def plain_words(cause: Cause, stage: Stage) -> tuple[Refusal, ...]:
    """Return a plain wording from RFC 5321 and RFC 3463. A greeting refuses with 554 or 421 (RFC 5321 section 3.1)."""
    words = _plain_words()[cause]
    code = words["code"]
    if stage is Stage.CONNECT:
        code = 421 if code < 500 else 554
    return (Refusal.model_validate({**words, "code": code}),)


@cache
def _plain_words() -> dict[str, dict[str, Any]]:
    raw = tomllib.loads((resources.files("fake_gateways") / "plain_words.toml").read_text("utf-8"))
    return {words["cause"]: words for words in raw["refusal"]}
