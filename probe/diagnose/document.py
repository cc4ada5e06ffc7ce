"""A diagnosis as a document of JSON. Its JSON Schema is made from these models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from fake_gateways.truth import Cause
from probe.diagnose.advice import ADVICE
from probe.diagnose.belief import Belief
from probe.diagnose.diagnosis import Diagnosis, Observed
from probe.diagnose.message_parts import Kind
from probe.diagnose.reply_kind import kind_of
from probe.records.attempt import reply_line

SCHEMA: Final = 1
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_DIGITS: Final = 4


class Closed(BaseModel):
    """An object without other keys."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Mailbox(Closed):
    """Whether the mailbox is alive."""

    alive: float = Field(ge=0, le=1)
    """The probability that it is alive."""
    is_alive: bool | None
    """``true`` or ``false`` if that is at least 99 % sure, else ``null``."""


class Advised(Closed):
    """What a possible cause means for the sender."""

    cause: Cause
    finding: str
    """What was found."""
    remedy: str
    """What to do."""
    ask: str
    """Who can help; empty if nobody else is needed."""
    spoke_for: list[str]
    """The experiments that made the cause more likely, by name, the strongest first."""


class Disliked(Closed):
    """A part of the message that the gateway dislikes."""

    kind: Kind
    text: str
    """What a reader sees of it, shortened."""


class Dialogue(Closed):
    """One dialogue with the gateway, and what came of it."""

    kind: str
    """The kind of the reply, as in ``patterns.csv``."""
    at: float
    """When it began, in seconds since the epoch."""
    source: str
    """The IP address that it came from."""
    sender: str
    """The return-path that MAIL named."""
    recipient: str
    """The recipient that RCPT named."""
    stage: str
    """Where in the dialogue the reply came."""
    reply: str
    """What the gateway said, on one line, or what happened in its place."""
    dialogue: list[str]
    """Its lines: ``>`` marks the sender, ``<`` the gateway, ``!`` a failure."""


class Believed(Closed):
    """What is believed at a moment."""

    alive: float = Field(ge=0, le=1)
    """The probability that the mailbox is alive."""
    likeliest: dict[Cause, float]
    """The likeliest cause, with its probability."""


class ExperimentMade(Dialogue):
    """An experiment, what came of it, and what was believed then."""

    name: str
    question: str
    cost: float
    """A connection is 1, a message 2, an hour 1."""
    alive: float = Field(ge=0, le=1)
    """The probability that the mailbox is alive, afterwards."""
    likeliest: dict[Cause, float]
    """The likeliest cause afterwards, with its probability."""
    before: Believed


class Document(Closed):
    """A diagnosis, as ``fivefifty diagnose --json`` prints it. Probabilities are between 0 and 1."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    """It rises when a key is removed or changes its meaning."""
    recipient: str
    """The recipient that was refused."""
    stopped: str
    """Why it ended: ``decided``, ``cannot-tell`` or ``budget``."""
    explained: bool
    """Whether the cause is known, as far as it matters to a sender."""
    reachable: bool
    """Whether the gateway took the refused dialogue without a change the last time it was held."""
    mailbox: Mailbox
    causes: dict[Cause, float]
    """The fewest causes that together have a probability of 95 %, the likeliest first."""
    we_provoked_a_block: float = Field(ge=0, le=1)
    """The probability that the experiments made the gateway block us."""
    disliked: list[Disliked]
    """The smallest part of the message without which it is taken; several if all of them must go."""
    advice: list[Advised]
    """One for each of the causes, in the same order."""
    refusal: Dialogue
    """The dialogue in which the recipient was refused."""
    experiments: list[ExperimentMade]
    """In the order in which they were made."""


class Accepted(Closed):
    """What is printed in place of a diagnosis if a host accepts the recipient."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    recipient: str
    reachable: Literal[True] = True
    accepted: Dialogue
    deferred: Dialogue | None
    """The first answer, if that was a deferral."""


class NotReached(Closed):
    """What is printed in place of a diagnosis if no server of a host could be asked."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    recipient: str
    reachable: Literal[False] = False
    failed: Dialogue


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what ``fivefifty diagnose --json`` prints."""
    made = TypeAdapter(Document | Accepted | NotReached).json_schema(mode="serialization")
    return {"$schema": DRAFT, "title": "fivefifty diagnose", **made}


def as_document(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as a document."""
    belief = diagnosis.belief
    made = Document(
        recipient=diagnosis.recipient,
        stopped=diagnosis.stopped.value,
        explained=diagnosis.is_explained,
        reachable=diagnosis.is_reachable,
        mailbox=Mailbox(alive=_rounded(belief.alive), is_alive=diagnosis.is_alive),
        causes={cause: _rounded(weight) for cause, weight in diagnosis.possible.items()},
        we_provoked_a_block=_rounded(belief.blocked),
        disliked=[Disliked(kind=part.kind, text=part.text) for part in diagnosis.disliked],
        advice=[
            Advised(
                cause=cause,
                finding=ADVICE[cause].finding,
                remedy=ADVICE[cause].remedy,
                ask=ADVICE[cause].ask,
                spoke_for=[step.experiment.name for step in diagnosis.spoke_for(cause)],
            )
            for cause in diagnosis.possible
        ],
        refusal=dialogue_of(diagnosis.first, diagnosis.recipient),
        experiments=[
            ExperimentMade(
                name=step.experiment.name,
                question=step.experiment.question,
                cost=round(step.experiment.cost(belief.depth), 2),
                kind=step.kind,
                **_observed(step.observed),
                alive=_rounded(step.belief.alive),
                likeliest=_likeliest(step.belief),
                before=Believed(alive=_rounded(step.before.alive), likeliest=_likeliest(step.before)),
            )
            for step in diagnosis.steps
        ],
    )
    return made.model_dump(mode="json", by_alias=True)


def dialogue_of(observed: Observed, recipient: str) -> Dialogue:
    """Return a dialogue about a recipient."""
    return Dialogue(kind=str(kind_of(observed.result, recipient)), **_observed(observed))


def said(observed: Observed) -> str:
    """Return what a gateway said on one line, or what happened in its place."""
    reply = observed.result.reply
    if reply is None:
        return observed.result.text
    return reply_line(reply.code, str(reply.enhanced) if reply.enhanced else None, reply.text)


def _observed(observed: Observed) -> dict[str, Any]:
    return {
        "at": observed.at,
        "source": observed.source,
        "sender": observed.return_path,
        "recipient": observed.recipient,
        "stage": observed.result.stage.value,
        "reply": said(observed),
        "dialogue": observed.dialogue.split("\n") if observed.dialogue else [],
    }


def _likeliest(belief: Belief) -> Mapping[Cause, float]:
    return dict([next((cause, _rounded(weight)) for cause, weight in belief.causes().items())])


def _rounded(probability: float) -> float:
    return min(max(round(probability, _DIGITS), 0.0), 1.0)
