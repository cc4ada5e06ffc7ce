"""What is said to a classifier in another process, and what it answers: JSON objects, whose schema these models are.

Numbers and their units are those of probe/records/attempt.py and probe/returned_mail/joiner.py. What a sender would
not know is left out: the lane, which is our name for the gateway, and the port that a socket happened to have.
"""

from __future__ import annotations

import json
from operator import attrgetter
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, model_validator

from fake_gateways.strict import Strict
from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice
from probe.records.attempt import Failure, Outcome
from probe.records.returned import ReturnedKind

SCHEMA: Final = 1
"""Number of the schema. A change that a classifier could stumble over raises it."""

MAX_ANSWER_OCTETS: Final = 64 * 1024
"""What one answer may be long."""

_MAX_REASON: Final = 1000
"""Characters that are kept of a reason."""


def _beginning(text: str) -> str:
    return text[:_MAX_REASON]


_At = Annotated[float, Field(description="seconds since the epoch, UTC")]
_Code = Annotated[int | None, Field(description="reply code (RFC 5321), null without a reply")]
_Status = Annotated[str | None, Field(description="enhanced status (RFC 3463), such as 5.1.1")]
_Text = Annotated[str, Field(description="the words, several lines joined by line feeds; may be empty")]
_Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class RequestAttempt(Strict):
    """One attempt to deliver, in order of time."""

    number: Annotated[int, Field(description="round of attempts, from 1; each may try several exchangers")]
    at: _At
    duration_s: Annotated[float, Field(description="seconds it took")]
    outcome: Outcome
    stage: Annotated[str, Field(description="where the reply came that decided: connect, ehlo, mail, rcpt, ...")]
    code: _Code
    enhanced: _Status
    text: _Text
    failure: Annotated[Failure | None, Field(description="why no reply came, null where one did")]
    mx: Annotated[str, Field(description="the exchanger's name")]
    mx_address: Annotated[str, Field(description="its IP address")]
    greeting: Annotated[str, Field(description="how it greeted")]
    local_address: Annotated[str, Field(description="the IP address it was sent from")]
    connection: Annotated[int, Field(description="number of its connection among those to the same gateway")]
    position: Annotated[int, Field(description="its place among the transactions of that connection, from 1")]
    tls: bool
    message: Annotated[str, Field(description="the message that was sent, by its file's name")]
    message_id: str
    return_path: str


class RequestReturned(Strict):
    """One piece of mail that came home, as far as it could be read (RFC 3464, RFC 5965, RFC 3834)."""

    at: _At
    kind: ReturnedKind
    action: Annotated[str | None, Field(description="RFC 3464: failed, delayed, ...")]
    status: _Status
    code: _Code
    text: _Text
    message_id: str
    joined_by: Annotated[str, Field(description="how its delivery was found: return-path, report, message-id")]
    content: Annotated[str, Field(description="the mail itself, an octet a character, where nobody could read it")]


class RequestOpened(Strict):
    """A message was opened, or a link in it clicked."""

    at: _At
    kind: str
    message_id: str


class DecidingReply(Strict):
    """The word that decides: a delivery report's, or else the last reply's."""

    code: _Code
    enhanced: _Status
    text: _Text


class EarlierCampaign(Strict):
    """An earlier campaign to the same recipient."""

    campaign: str
    attempts: tuple[RequestAttempt, ...]
    returned: tuple[RequestReturned, ...]


class Request(Strict):
    """What is asked about one recipient of one campaign."""

    schema_: Literal[1] = Field(alias="schema")
    campaign: str
    recipient: str
    bounced: Annotated[bool, Field(description="whether mail did not arrive in the end, as far as the sender heard")]
    heard: DecidingReply
    attempts: tuple[RequestAttempt, ...]
    returned: Annotated[tuple[RequestReturned, ...], Field(description="what came home of this campaign")]
    before: Annotated[tuple[EarlierCampaign, ...], Field(description="earlier campaigns, in order of time")]
    opened: Annotated[tuple[RequestOpened, ...], Field(description="what the recipient did with earlier messages")]


class End(Strict):
    """A campaign's last line, to programs alone: whoever is not answered by now must be."""

    schema_: Literal[1] = Field(alias="schema")
    end: Annotated[str, Field(description="the campaign")]


class Answer(Strict):
    """What a classifier says of one recipient: a cause of ours, or a class by the name another system has for it."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["cause"]}, {"required": ["system", "class"]}]})

    campaign: str
    recipient: str
    cause: Annotated[Cause | None, Field(description="null: no bounce, or no idea")] = None
    system: Annotated[str | None, Field(description="whose class it is, such as sisimai or kumomta")] = None
    class_: Annotated[str | None, Field(alias="class", description="its name there")] = None
    alive: Annotated[_Probability | None, Field(description="probability that somebody reads the mailbox")] = None
    confidence: Annotated[
        _Probability | None,
        Field(description="in place of alive: how sure it is of its advice; 0.9 with suppress is alive = 0.1"),
    ] = None
    advice: Annotated[Advice | None, Field(description="left out, the cause's remedy decides")] = None
    reason: Annotated[
        str, AfterValidator(_beginning), Field(description=f"for people; its first {_MAX_REASON:,} characters are kept")
    ] = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        given = self.model_fields_set
        if ("cause" in given) == ("class_" in given):
            msg = "give either cause or class, and not both"
            raise ValueError(msg)
        if (self.class_ is None) != (self.system is None) or ("class_" in given and self.class_ is None):
            msg = "class and system belong together"
            raise ValueError(msg)
        if self.alive is not None and self.confidence is not None:
            msg = "give alive or confidence, and not both"
            raise ValueError(msg)
        return self


_ATTEMPT: Final = tuple(RequestAttempt.model_fields)
_RETURNED: Final = tuple(RequestReturned.model_fields)
_OPENED: Final = tuple(RequestOpened.model_fields)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of every object that is exchanged."""
    found: dict[str, Any] = TypeAdapter(Request | End | Answer).json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "fivefifty classifiers", **found}


def request(recipient: str, evidence: Evidence) -> dict[str, Any]:
    """Return what is asked about a recipient, as ``Request`` has it."""
    code, enhanced, text = evidence.heard
    return {
        "schema": SCHEMA,
        "campaign": evidence.last.campaign,
        "recipient": recipient,
        "bounced": evidence.bounced,
        "heard": {"code": code, "enhanced": enhanced, "text": text},
        **_told(evidence),
        # What those campaigns know of still earlier ones stands here already.
        "before": [{"campaign": past.last.campaign, **_told(past)} for past in evidence.before],
        "opened": [dict(zip(_OPENED, _of_opened(each), strict=True)) for each in evidence.opened],
    }


def _told(evidence: Evidence) -> dict[str, Any]:
    return {
        "attempts": [dict(zip(_ATTEMPT, _of_attempt(each), strict=True)) for each in evidence.attempts],
        "returned": [dict(zip(_RETURNED, _of_returned(each), strict=True)) for each in evidence.returned],
    }


_of_attempt: Final = attrgetter(*_ATTEMPT)
_of_returned: Final = attrgetter(*_RETURNED)
_of_opened: Final = attrgetter(*_OPENED)


def line(told: Any) -> bytes:
    """Return an object as a line of its own, in ASCII: some readers of lines break them at other characters, too."""
    return json.dumps(told, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def end(campaign: str) -> bytes:
    """Return a campaign's last line."""
    return line({"schema": SCHEMA, "end": campaign})
