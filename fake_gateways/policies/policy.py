"""What every policy has: the method that judges, the settings of a scenario, and the causes and stages it knows."""

from __future__ import annotations

from typing import ClassVar, Literal, Protocol, Self, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fake_gateways.dns.zone import Domain
from fake_gateways.policies.session_view import Decision, SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.units import Duration, Share, TimeOfDay
from fake_gateways.verdict import ExternalQuery, Verdict


class Policy(Protocol):
    """One behaviour with its memory. The gateway calls its policies in order, at the stage each is set for."""

    def judge(self, view: SessionView) -> Verdict | ExternalQuery | None:
        """Return a verdict, a query that must be answered before the policy is called again, or None: no objection."""
        ...


@runtime_checkable
class Observer(Protocol):
    """A policy that learns from the decisions of the gateway, whichever policy took them."""

    def notice(self, view: SessionView, decision: Decision) -> None:
        """Learn of a decision at the moment it is taken."""
        ...


class Nature(BaseModel):
    """The causes of a kind of policy, the stages it can act at, and its usual stage."""

    model_config = ConfigDict(frozen=True)

    causes: tuple[Cause, ...]
    stages: frozenset[Stage]
    usual: Stage


Instead = Literal["junk", "quarantine", "discard", "bounce"]


class Settings(BaseModel):
    """The settings that every policy has in a scenario.

    ``at`` moves it to another stage than its persona's. ``share`` is the part of the traffic it is asked about. With
    ``between`` it is asked only between two times of day in UTC, such as ["08:00", "18:00"]; the second may be past
    midnight. ``from`` and ``until`` are times after the scenario's start between which it is asked. A policy refuses,
    unless ``instead`` says what happens to the message: it is then accepted and put into ``junk`` or ``quarantine``,
    or silently deleted (``discard``), or returned later in a delivery report (``bounce``). With ``domains`` it is asked
    only about recipients in these, so that the tenants of an exchanger have rules of their own.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        # Any other setting that a policy requires may come from its persona.
        json_schema_extra={"required": ["type"]},
    )

    nature: ClassVar[Nature]

    at: Stage | None = None
    share: Share = 1.0
    between: tuple[TimeOfDay, TimeOfDay] | None = None
    since: Duration = Field(default=0.0, alias="from")
    until: Duration | None = None
    instead: Instead | None = None
    domains: tuple[Domain, ...] = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise InvalidValueError(
                "until is not later than from, so the policy would never be asked", "correct one of them"
            )
        return self

    @property
    def asked_at(self) -> frozenset[Stage]:
        """The stages at which it is asked, if more than one; empty if it has one stage."""
        return frozenset()

    @property
    def kind(self) -> str:
        """The name of the policy."""
        return str(self.type)  # type: ignore[attr-defined]  # every subclass has a ``type``

    def begin(self) -> Policy:
        """Return the policy with an empty memory."""
        raise NotImplementedError
