"""A letter with the evidence of a diagnosis, ready to paste. It says only what was observed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import domain_of
from fake_gateways.truth import Cause, Fault
from probe.classify.by_code import cause_of_numbers
from probe.classify.context.words import pattern_of, topics_in
from probe.diagnose.advice import ADMINISTRATOR, ADVICE
from probe.diagnose.diagnosis import Diagnosis, Observed, Step
from probe.diagnose.document import said
from probe.harmless import clipped, harmless
from probe.report.letter_words import Language, LetterWords, changes, letter_words
from probe.report.outcome_words import in_words

_MOST: Final = 500
"""Characters of a reply, at most."""


class Letter(NamedTuple):
    """A letter, and what its sender should know: whom it is for, or why there is none (then ``text`` is empty)."""

    text: str
    note: str


def letter_of(diagnosis: Diagnosis, language: Language) -> Letter:
    """Return the letter for the recipient's IT team, or for the mail provider if that can help."""
    if diagnosis.is_alive is False:
        return Letter("", "there is no letter, because the mailbox is gone: remove the address from your list")
    if not diagnosis.is_explained or (diagnosis.is_alive is None and diagnosis.cause.fault is Fault.RECIPIENT):
        return Letter(_written(diagnosis, letter_words(language), ""), "")
    advice = ADVICE[diagnosis.cause]
    if not advice.reader:
        return Letter("", f"there is no letter to the recipient's IT team. {advice.remedy} {advice.help}")
    text = _written(diagnosis, letter_words(language), advice.reader)
    return Letter(text, "" if advice.reader == ADMINISTRATOR else f"this letter is for {advice.reader}")


def _written(diagnosis: Diagnosis, words: LetterWords, reader: str) -> str:
    """Return the text. Without a reader it asks the recipient's IT team an open question."""
    first = diagnosis.first
    told = {
        "recipient": harmless(diagnosis.recipient),
        "recipient_domain": harmless(domain_of(diagnosis.recipient)),
        "source": harmless(first.source),
        "domain": harmless(domain_of(first.return_path)),
    }
    to_provider = reader not in {"", ADMINISTRATOR}
    parts = [
        (words.subject_provider if to_provider else words.subject).format(**told),
        words.greeting,
        (words.refused_provider if to_provider else words.refused).format(**told),
        _refusal(first, words),
        *_evidence(diagnosis, words),
    ]
    if reader:
        about = words.cause[diagnosis.cause]
        parts += [about["finding"].format(**told), about["request"].format(**told)]
    else:
        parts.append(words.open if diagnosis.is_alive else words.open_mailbox)
    return "\n\n".join([*parts, words.closing]) + "\n"


def _refusal(first: Observed, words: LetterWords) -> str:
    """Return the refused dialogue as a list of names and values."""
    facts = {
        words.labels["time"]: _time(first),
        words.labels["source"]: first.source,
        words.labels["sender"]: first.return_path,
        words.labels["recipient"]: first.recipient,
        words.labels["reply"].format(stage=first.result.stage.value.upper()): _reply(first, words),
    }
    return "\n".join(f"    {label} {harmless(value)}" for label, value in facts.items() if value)


def _evidence(diagnosis: Diagnosis, words: LetterWords) -> list[str]:
    """Return the paragraphs about the experiments."""
    if not diagnosis.steps:
        return []
    found = []
    if _says_unknown(diagnosis) and diagnosis.is_alive:
        found.append(words.said_unknown)
    found += [words.tried, "\n".join(f"  - {_tried(step, words)}" for step in diagnosis.steps)]
    delivered = {0: words.delivered_none, 1: words.delivered_one}.get(diagnosis.messages, words.delivered_many)
    return [*found, delivered.format(messages=diagnosis.messages), *filter(None, [disliked(diagnosis, words)])]


def _says_unknown(diagnosis: Diagnosis) -> bool:
    """Whether the refusal says in words or by its enhanced status that the recipient does not exist.

    A bare 550 says nothing.
    """
    reply = diagnosis.first.result.reply
    if reply is None:
        return False
    said = topics_in(pattern_of(reply.text, diagnosis.recipient)).cause
    if said is None and reply.enhanced is not None:
        said, _ = cause_of_numbers(reply.code, str(reply.enhanced))
    return said is Cause.USER_UNKNOWN


def _tried(step: Step, words: LetterWords) -> str:
    observed = step.observed
    return words.trial.format(time=_time(observed), changed=changed_words(step, words), reply=_reply(observed, words))


def changed_words(step: Step, words: LetterWords) -> str:
    """Return what an experiment has changed."""
    observed = step.observed
    told = {
        "recipient": harmless(observed.recipient) or "?",
        "source": harmless(observed.source) or "?",
        "domain": harmless(domain_of(observed.return_path)) or "?",
    }
    return ", ".join(
        words.changed[key].format(number=f"{number:g}", **told) for key, number in changes(step.experiment.conditions)
    )


def disliked(diagnosis: Diagnosis, words: LetterWords) -> str:
    """Return the sentence about the part of the message that the gateway dislikes, "" if it was not found."""
    parts = [words.part[part.kind].format(text=harmless(part.text)) for part in diagnosis.disliked]
    return words.disliked.format(parts=", ".join(parts)) if parts else ""


def spoken(step: Step) -> str:
    """Return an experiment and its outcome in a few English words."""
    return f"{changed_words(step, letter_words('en'))}: {in_words(step.kind)}"


def _reply(observed: Observed, words: LetterWords) -> str:
    """Return a reply word by word, or what happened in its place."""
    if observed.result.failure is not None:
        return words.failure[observed.result.failure]
    return clipped(" ".join(said(observed).split()), _MOST)


def _time(observed: Observed) -> str:
    return f"{datetime.fromtimestamp(observed.at, UTC):%Y-%m-%d %H:%M} UTC"
