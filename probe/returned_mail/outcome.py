"""What a report says in words became of the message: it failed, it is delayed, or it was delivered.

Words are only asked where no field says it. Not every "has been delivered" is a success ("has not yet been delivered"),
and not every report that says "temporary" is a delay: the last one comes when the sender gives up.
"""

from __future__ import annotations

import re
from typing import Final

from probe.returned_mail.mentions import tells_trouble
from probe.returned_mail.model import Action

_FINAL: Final = re.compile(
    r"\bpermanent(?:ly)? (?:fatal )?(?:error|failure|fail)|\bfailed permanently|\b(?:gave|giving|given) up\b"
    r"|not (?:going to|be) (?:try|retr(?:y|ied)|tried) (?:this message )?(?:again|any)"
    r"|will not (?:be retried|retry|try)"
    r"|no (?:further|more) (?:delivery )?attempts|stopped trying|(?:been|was) (?:in|on) the queue too long"
    r"|(?:will be|been|was) (?:deleted|removed) from (?:the )?queue|retry time(?:out)? (?:exceeded|not reached)"
    r"|could not be delivered for \d",
    re.IGNORECASE,
)
_PROMISE: Final = re.compile(r"\b(?:notif(?:y|ied)|informed|told|if|until|unless|when)\b", re.IGNORECASE)
"""Words of sentences about what may come: "you will be notified if the delivery fails permanently"."""
_DELAYED: Final = re.compile(
    r"\bnot (?:been |be )?(?:yet )?(?:been )?delivered yet|\bnot yet (?:been )?(?:delivered|possible)|still undelivered"
    r"|has been delayed|(?:is|was|being) delayed (?:for|by|because|due)|\bdelay(?:ed)? reason|temporary failure report"
    r"|warning message only|could not send (?:the |your )?(?:mail|message) for (?:the )?past"
    r"|delivery (?:is|was|has been|will be)(?: \w+)? (?:delayed|deferred)|delivery (?:incomplete|delayed)"
    r"|(?:still being|will be|are being|is being) (?:retried|re-?tried|re-?attempted)"
    r"|will (?:be )?(?:retry|re-?tried)\b|will (?:try|attempt)(?: delivery| to deliver(?: it)?| it)? again"
    r"|will (?:keep|continue) (?:on )?(?:trying|to (?:try|attempt|retry)|attempting|retrying)"
    r"|(?:delivery )?attempts (?:will|to deliver[^.\n]{0,80} will) continue|do(?:es)? not need to resend|taking longer"
    r"|transient non-fatal errors|temporary (?:problem|failure|error) (?:while )?deliver"
    r"|zustellung[^.\n]{0,40} verz[öo]ger|noch nicht zugestellt|pas encore (?:pu )?(?:[êe]tre|été) (?:remis|livr"
    r"|distribu|délivr)"
    r"|retard[ée] dans la (?:remise|livraison)|(?:retrasad|demorad)[oa]|nog niet (?:worden )?(?:afge|bezorg)"
    r"|配信が遅|遅延",
    re.IGNORECASE,
)
_DELAYED_SUBJECT: Final = re.compile(
    r"\(delay(?:ed)?\)|\bdelayed\b|\bdelay(?:ed)? (?:notif|in|notice|report)|delivery delay|mail delay"
    r"|still being retried|^warning: (?:message|could not send)|temporar(?:y|ily) (?:failure|undeliver)|verz[öo]ger"
    r"|retard[ée]|retras|vertraag|遅延|opóźni|zpožd|oneskor|fördröj|forsink|viiväst|atras(?:o|ad)|\britard|задерж"
    r"|затрим|gecik|késle|késik|întârzi|καθυστ|延迟|延遲|지연|تأخ",
    re.IGNORECASE,
)
_FAILED_FOR_GOOD: Final = re.compile(r"\(fail|permanent|failed to deliver|fehlgeschlagen", re.IGNORECASE)
_FAILED_SUBJECT: Final = re.compile(
    r"\(fail(?:ure|ed)\)|\bfail(?:ure|ed)\b|undeliver|returned|returning message to sender", re.IGNORECASE
)
_SUCCEEDED: Final = re.compile(
    r"\b(?:successfully|been|was|were|is) (?:successfully )?(?:delivered|relayed) (?:to\b|\.|on\b|by\b|at\b)"
    r"|\bsuccessful(?:ly)? (?:mail )?deliver(?:y|ed)|^delivery (?:succeeded|successful)"
    r"|^delivery to [^.\n]{1,60} is complete",
    re.IGNORECASE | re.MULTILINE,
)
_NOT: Final = re.compile(
    r"\b(?:not|never|no|cannot|nobody|none|unable|fail(?:ed|s|ure)?|before|until|if|once|when|unless"
    r"|\w+n['\u2019]t)\b[^.:;]*$",
    re.IGNORECASE,
)


_REPLY: Final = re.compile(r"(?<![\w.])4[0-5]\d[ :-]{1,3}[\"'#(]{0,2}4\.\d{1,3}\.\d{1,3}(?!\.?\d)[^\n]*")
_REFUSED: Final = re.compile(r"(?<![\w.])(?:5\.\d{1,3}\.\d{1,3}(?!\.?\d)|5[0-5]\d[ :-])")


def _only_waits(subject: str, text: str) -> bool:
    """Whether the only replies in a text are temporary, and no word beside them says that the message failed."""
    rest = _REPLY.sub(" ", text)
    return (
        rest != text and not _REFUSED.search(rest) and not tells_trouble(f"{subject}\n{rest}") and not _is_final(text)
    )


def outcome(subject: str, text: str) -> Action:
    """Return what became of the message by the words of a report. What says nothing reports a failure."""
    if not _FAILED_SUBJECT.search(subject):
        if _DELAYED_SUBJECT.search(subject):
            return Action.DELAYED
        if _is_success(subject):
            return Action.DELIVERED
    if _DELAYED.search(text) and not _FAILED_FOR_GOOD.search(subject) and not _is_final(text):
        return Action.DELAYED
    if _only_waits(subject, text):
        return Action.DELAYED
    return Action.DELIVERED if not _FAILED_SUBJECT.search(subject) and _is_success(text) else Action.FAILED


def _is_final(text: str) -> bool:
    sentences = text.replace("\n", " ").split(". ")
    return any(_FINAL.search(each) and not _PROMISE.search(each) for each in sentences)


def _is_success(text: str) -> bool:
    """Whether a text says that the message was delivered, and no word before denies or limits it."""
    return any(
        not _NOT.search(" ".join(text[max(0, found.start() - 200) : found.start()].split()))
        for found in _SUCCEEDED.finditer(text)
    )
