"""A persona: how one vendor's gateway greets, in which order it judges, and in whose words it answers."""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from importlib import resources
from string import Formatter
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from fake_gateways.envelope import Stage
from fake_gateways.reply import EnhancedStatus, Reply, from_wire
from fake_gateways.truth import Cause
from fake_gateways.units import Size

FIELDS = frozenset({"recipient", "sender", "ip", "helo", "id", "host", "domain"})
"""What a wording may have filled in."""
ALWAYS_TOLD = (
    (Cause.TOO_LARGE, Stage.MAIL),
    (Cause.TOO_LARGE, Stage.END_OF_DATA),
    (Cause.SENDER_REJECTED, Stage.RCPT),
)
"""What a session may refuse without any policy: a message beyond SIZE, and a recipient it does not serve."""
BEFORE_RCPT = frozenset({Stage.CONNECT, Stage.EHLO, Stage.MAIL})


def _enhanced(value: Any) -> Any:
    return EnhancedStatus.parse(value) if isinstance(value, str) else value


class Wording(BaseModel):
    """One thing a vendor says. ``text`` may hold {recipient}, {sender}, {ip}, {helo}, {id}, {host} and {domain}.

    A line feed in ``text`` begins a continuation line. A vendor that writes the enhanced status into the text, or
    behind it, is quoted so, with ``enhanced`` left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    code: int = Field(ge=200, le=599)
    enhanced: Annotated[EnhancedStatus | None, BeforeValidator(_enhanced)] = None
    text: str

    @model_validator(mode="after")
    def _survives_the_wire(self) -> Wording:
        lines = self.text.split("\n")
        if not all(line == line.strip() and line.isprintable() for line in lines) or not self.text:
            msg = f"{self.text!r} has empty text, blanks at the ends of a line, or control characters; remove them"
            raise ValueError(msg)
        if self.enhanced is not None and self.enhanced.klass != self.code // 100:
            msg = f"enhanced status {self.enhanced} belongs to another class than code {self.code} (RFC 2034 section 4)"
            raise ValueError(msg)
        try:
            unknown = {name for _, name, _, _ in Formatter().parse(self.text) if name is not None} - FIELDS
        except ValueError:
            unknown = {"}"}
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in sorted(FIELDS))
            msg = f"{self.text!r} has a placeholder that is none of {known}"
            raise ValueError(msg)
        if from_wire(self.code, lines).enhanced is not None:
            msg = f"{self.text!r} begins with an enhanced status; give it as enhanced"
            raise ValueError(msg)
        return self

    @cached_property
    def plain(self) -> Reply | None:
        """The reply itself where the text has nothing to fill in."""
        return None if "{" in self.text else Reply(self.code, tuple(self.text.split("\n")), self.enhanced)

    def say(self, fields: dict[str, str]) -> Reply:
        """Fill in the text."""
        return Reply(self.code, tuple(self.text.format_map(fields).split("\n")), self.enhanced)


class Refusal(Wording):
    """How a vendor tells a cause at some stages, and where this was seen."""

    cause: Cause
    stages: tuple[Stage, ...] = Field(min_length=1)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _recipient_is_known(self) -> Refusal:
        if self.code < 400:
            msg = f"code {self.code} refuses nothing; a refusal has 4yz or 5yz"
            raise ValueError(msg)
        if "{recipient}" in self.text and BEFORE_RCPT & set(self.stages):
            msg = f"{self.text!r} names {{recipient}}, which nobody knows before RCPT; give such stages their own text"
            raise ValueError(msg)
        return self


class Says(BaseModel):
    """What a vendor says when nothing is wrong, or when the client's grammar is."""

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


class Persona(BaseModel):
    """One vendor's gateway. ``order`` lists its policies as it asks them; ``at`` says at which stage each speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    habit: str
    sources: tuple[str, ...] = Field(min_length=1)
    mx: str = Field(description="name of the mail exchanger; {label} stands for the company's domain, dots as hyphens")
    keywords: tuple[str, ...] = Field(description="EHLO keywords; {size} stands for the size limit in octets")
    size_limit: Size
    order: tuple[str, ...]
    at: dict[str, Stage]
    says: Says
    refusal: tuple[Refusal, ...]

    @model_validator(mode="after")
    def _order_and_stages_agree(self) -> Persona:
        if set(self.order) != set(self.at):
            msg = f"order {sorted(self.order)} and at {sorted(self.at)} must name the same policies"
            raise ValueError(msg)
        for cause, stage in ALWAYS_TOLD:
            if not self.refusals(cause, stage):
                msg = f"there is no refusal for {cause} at {stage}, which every gateway must be able to tell"
                raise ValueError(msg)
        return self

    def refusals(self, cause: Cause, stage: Stage) -> tuple[Refusal, ...]:
        """Return the wordings of a cause at a stage, none where the vendor never says it there."""
        return self._by_cause.get((cause, stage), ())

    @cached_property
    def _by_cause(self) -> dict[tuple[Cause, Stage], tuple[Refusal, ...]]:
        found: dict[tuple[Cause, Stage], tuple[Refusal, ...]] = {}
        for refusal in self.refusal:
            for stage in refusal.stages:
                found[refusal.cause, stage] = (*found.get((refusal.cause, stage), ()), refusal)
        return found


def parse(text: str) -> Persona:
    """Read a persona from TOML text; raises ValueError naming the key that is wrong."""
    try:
        return Persona.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        msg = f"{place}: {first['msg']}"
        raise ValueError(msg) from None


@cache
def names() -> tuple[str, ...]:
    """Return the names of the personas that come with the package."""
    folder = resources.files("fake_gateways") / "personas"
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


@cache
def load(name: str) -> Persona:
    """Return a persona that comes with the package; raises KeyError for an unknown name."""
    if name not in names():
        raise KeyError(name)
    return parse((resources.files("fake_gateways") / "personas" / f"{name}.toml").read_text("utf-8"))
