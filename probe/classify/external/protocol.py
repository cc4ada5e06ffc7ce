"""The JSON objects that a classifier in another process gets and returns. These models are their schema.

Numbers and units are those of probe/records/attempt.py and probe/returned_mail/returned.py. Two fields that say nothing
to a sender are left out: the lane, which is our name for the gateway, and the local port.
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
"""The version of the schema. It grows with each change that could break a classifier."""

MAX_ANSWER_OCTETS: Final = 64 * 1024
"""The maximum size of one answer, in octets."""

_MAX_REASON: Final = 1000
"""The number of characters of a reason that are kept."""


def _beginning(text: str) -> str:
    return text[:_MAX_REASON]


_At = Annotated[float, Field(description="seconds since the epoch, UTC")]
_Code = Annotated[int | None, Field(description="reply code (RFC 5321), null without a reply")]
_Status = Annotated[str | None, Field(description="enhanced status (RFC 3463), such as 5.1.1")]
_Text = Annotated[str, Field(description="the text, several lines joined by line feeds; may be empty")]
_Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class RequestAttempt(Strict):
    """One delivery attempt; attempts are in order of time."""

    number: Annotated[int, Field(description="round of attempts, from 1; each may try several exchangers")]
    at: _At
    duration_s: Annotated[float, Field(description="seconds it took")]
    outcome: Outcome
    stage: Annotated[str, Field(description="the stage of the reply that decided: connect, ehlo, mail, rcpt, ...")]
    code: _Code
    enhanced: _Status
    text: _Text
    failure: Annotated[Failure | None, Field(description="why no reply came, null if one came")]
    mx: Annotated[str, Field(description="the exchanger's name")]
    mx_address: Annotated[str, Field(description="its IP address")]
    greeting: Annotated[str, Field(description="the text of its greeting")]
    local_address: Annotated[str, Field(description="the IP address it was sent from")]
    connection: Annotated[int, Field(description="the number of the connection among those to the same gateway")]
    position: Annotated[int, Field(description="the number of the transaction in that connection, from 1")]
    tls: bool
    message: Annotated[str, Field(description="the file name of the message that was sent")]
    message_id: str
    return_path: str


class RequestReturned(Strict):
    """One piece of mail that came back, as far as it could be read (RFC 3464, RFC 5965, RFC 3834)."""

    at: _At
    kind: ReturnedKind
    action: Annotated[str | None, Field(description="RFC 3464: failed, delayed, ...")]
    status: _Status
    code: _Code
    text: _Text
    message_id: str
    joined_by: Annotated[str, Field(description="how the delivery was found: return-path, report, message-id")]
    content: Annotated[str, Field(description="the mail itself, one character per octet, if it could not be read")]


class RequestOpened(Strict):
    """A message was opened, or a link in it was clicked."""

    at: _At
    kind: str
    message_id: str


class RequestDiagnosis(Strict):
    """What experiments have shown about a refused recipient (``fivefifty diagnose RUN --doubtful``)."""

    causes: Annotated[dict[Cause, _Probability], Field(description="probability of each, the likeliest first")]
    alive: Annotated[_Probability, Field(description="that the mailbox is alive, by all evidence that context knows")]
    asked: Annotated[
        bool, Field(description="whether the recipient itself was asked about, or one that was refused like it")
    ]
    at: _At


class DecidingReply(Strict):
    """The reply that decides: that of the delivery report, or else the last one."""

    code: _Code
    enhanced: _Status
    text: _Text


class EarlierCampaign(Strict):
    """An earlier campaign to the same recipient."""

    campaign: str
    attempts: tuple[RequestAttempt, ...]
    returned: tuple[RequestReturned, ...]


class Request(Strict):
    """A question about one recipient of one campaign."""

    schema_: Literal[1] = Field(alias="schema")
    campaign: str
    recipient: str
    bounced: Annotated[bool, Field(description="whether the mail was not delivered, as far as the sender knows")]
    heard: DecidingReply
    attempts: tuple[RequestAttempt, ...]
    returned: Annotated[tuple[RequestReturned, ...], Field(description="mail that came back for this campaign")]
    before: Annotated[tuple[EarlierCampaign, ...], Field(description="earlier campaigns, in order of time")]
    opened: Annotated[tuple[RequestOpened, ...], Field(description="earlier messages that were opened or clicked")]
    diagnosis: Annotated[
        RequestDiagnosis | None, Field(description="what experiments have shown; left out without any")
    ] = None


class End(Strict):
    """The last line of a campaign, for programs only: all answers must follow now."""

    schema_: Literal[1] = Field(alias="schema")
    end: Annotated[str, Field(description="the campaign")]


class Answer(Strict):
    """An answer about one recipient: one of our causes, or a class of another system."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["cause"]}, {"required": ["system", "class"]}]})

    campaign: str
    recipient: str
    cause: Annotated[Cause | None, Field(description="null: no bounce, or not known")] = None
    system: Annotated[str | None, Field(description="the system of the class, such as sisimai or kumomta")] = None
    class_: Annotated[str | None, Field(alias="class", description="the name of the class in that system")] = None
    alive: Annotated[_Probability | None, Field(description="probability that a person reads the mailbox")] = None
    confidence: Annotated[
        _Probability | None,
        Field(description="instead of alive: how sure it is of its advice; 0.9 with suppress is alive = 0.1"),
    ] = None
    advice: Annotated[Advice | None, Field(description="if left out, it follows from the cause")] = None
    reason: Annotated[
        str, AfterValidator(_beginning), Field(description=f"for people; its first {_MAX_REASON:,} characters are kept")
    ] = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        given = self.model_fields_set
        if ("cause" in given) == ("class_" in given):
            msg = "give either cause or class, not both"
            raise ValueError(msg)
        if (self.class_ is None) != (self.system is None) or ("class_" in given and self.class_ is None):
            msg = "give class and system together"
            raise ValueError(msg)
        if self.alive is not None and self.confidence is not None:
            msg = "give alive or confidence, not both"
            raise ValueError(msg)
        return self


_ATTEMPT: Final = tuple(RequestAttempt.model_fields)
_RETURNED: Final = tuple(RequestReturned.model_fields)
_OPENED: Final = tuple(RequestOpened.model_fields)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of all objects."""
    found: dict[str, Any] = TypeAdapter(Request | End | Answer).json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "fivefifty classifiers", **found}


def request(evidence: Evidence) -> dict[str, Any]:
    """Return the question about a recipient, in the form of ``Request``."""
    code, enhanced, text = evidence.heard
    return {
        "schema": SCHEMA,
        "campaign": evidence.last.campaign,
        "recipient": evidence.recipient,
        "bounced": evidence.bounced,
        "heard": {"code": code, "enhanced": enhanced, "text": text},
        **_mail(evidence),
        # The history of the earlier campaigns is part of this list already.
        "before": [{"campaign": past.last.campaign, **_mail(past)} for past in evidence.before],
        "opened": [dict(zip(_OPENED, _of_opened(each), strict=True)) for each in evidence.opened],
        **({} if evidence.diagnosis is None else {"diagnosis": evidence.diagnosis._asdict()}),
    }


def _mail(evidence: Evidence) -> dict[str, Any]:
    return {
        "attempts": [dict(zip(_ATTEMPT, _of_attempt(each), strict=True)) for each in evidence.attempts],
        "returned": [dict(zip(_RETURNED, _of_returned(each), strict=True)) for each in evidence.returned],
    }


_of_attempt: Final = attrgetter(*_ATTEMPT)
_of_returned: Final = attrgetter(*_RETURNED)
_of_opened: Final = attrgetter(*_OPENED)


def line(data: Any) -> bytes:
    """Return an object as one line of ASCII, because some line readers also break at other Unicode characters."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def end(campaign: str) -> bytes:
    """Return the last line of a campaign."""
    return line({"schema": SCHEMA, "end": campaign})
