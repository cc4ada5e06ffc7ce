"""Score a message by its subject, words, links, attachments and markup. Above a threshold it is junk, or refused."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Final, Literal, Self, get_args

import re2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from fake_gateways.policies.message_parts import Parts, dissect
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause, Fate
from fake_gateways.untrusted import expression
from fake_gateways.verdict import Divert, Refuse, Scan

_SHORT: Final = 512
"""The longest text, in characters, whose points are remembered."""
Where = Literal["subject", "words", "links", "attachments", "markup"]
WHERE: Final[tuple[Where, ...]] = get_args(Where)


def compiled(value: str) -> Any:
    """Return a compiled regular expression that ignores case; raises ValueError if RE2 cannot read it.

    RE2 is used because a scenario is untrusted: its search time grows only linearly with the length of the text.
    """
    try:
        return expression.compiled(value, any_case=True)
    except expression.UnreadableExpressionError as error:
        raise InvalidValueError(
            f"{value!r} is not a regular expression that RE2 can read ({error})",
            "correct it, or escape special characters with \\",
        ) from None


def _checked(value: str) -> str:
    compiled(value)
    return value


class Rule(BaseModel):
    """Gives ``points`` if the ``pattern`` is found in a part of the message.

    The pattern is an RE2 expression. It ignores case, and ``^`` and ``$`` match at line breaks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    where: Where
    pattern: Annotated[str, AfterValidator(_checked)]
    points: float


def _rule(where: Where, pattern: str, points: float) -> Rule:
    return Rule(where=where, pattern=pattern, points=points)


# Typical evidence of content filters. Each rule alone is worth little. The points are our own choice.
BUILT_IN: Final = (
    _rule("subject", r"[!?]{2,}|\bfree\b|\bwinner\b", 1.5),
    _rule("subject", r"\blast chance\b|\bact now\b|\burgent\b|\bonly today\b", 1.5),
    _rule("words", r"\bclick here\b|\bclick below\b", 1.0),
    _rule("words", r"\bunsubscribe\b|\bopt[ -]out\b", 0.5),
    _rule("words", r"\bguarantee[ds]?\b|\brisk[ -]free\b|\bno obligation\b", 1.5),
    _rule("words", r"\blimited (?:time|seats|offer)\b|\bexclusive offer\b", 1.0),
    _rule("words", r"\b\d{2,3} ?% (?:off|discount)\b", 1.0),
    _rule("words", r"\bverify your (?:account|password)\b|\bpassword (?:has )?expired?\b", 2.5),
    _rule("links", r"^https?://\d+\.\d+\.\d+\.\d+", 2.5),
    _rule("links", r"^https?://[^/]*\.(?:zip|top|xyz|click)\b", 2.0),
    _rule("links", r"[?&](?:utm_|c=|mc_|track)", 1.0),
    _rule("attachments", r"\.(?:exe|js|scr|vbs|iso|lnk|html?)$", 4.0),
    _rule("attachments", r"\.(?:docm|xlsm|zip|rar)$", 2.0),
    _rule("markup", r"<img[^>]+(?:width|height)\s*=\s*[\"']?1\b", 1.5),
    _rule("markup", r"<(?:script|iframe|form|object)\b", 3.0),
    _rule("markup", r"font-size\s*:\s*[01]px|display\s*:\s*none", 1.0),
)


class ContentSettings(Settings):
    """Thresholds in points, and the rules, which replace the built-in ones.

    With ``scanner`` a real content filter gives the points. If it does not answer, the message passes, as with milters.
    """

    nature: ClassVar = Nature(causes=(Cause.CONTENT,), stages=frozenset({Stage.END_OF_DATA}), usual=Stage.END_OF_DATA)

    type: Literal["content"]
    refuse_at: float = Field(default=7.0, gt=0)
    junk_at: float | None = Field(default=None, gt=0)
    rules: tuple[Rule, ...] = BUILT_IN
    scanner: Literal["rspamd", "spamassassin"] | None = None

    @model_validator(mode="after")
    def _junk_comes_first(self) -> Self:
        if self.junk_at is not None and self.junk_at > self.refuse_at:
            raise InvalidValueError(
                f"junk_at {self.junk_at} is above refuse_at {self.refuse_at}, so no message would be junk", "lower it"
            )
        rule_sets(self.rules)
        return self

    def begin(self) -> Content:
        """Return the policy with its rules compiled."""
        return Content(self)


class Content:
    """Adds the points of all rules that match. A rule counts once, however often its pattern is found."""

    def __init__(self, settings: ContentSettings) -> None:
        self._settings = settings
        self._sets = rule_sets(settings.rules)

    def judge(self, view: SessionView) -> Refuse | Divert | Scan | None:
        """Refuse the message, or divert it into junk."""
        points = self._weighed(view)
        if isinstance(points, Scan):
            return points
        if points >= self._settings.refuse_at:
            return Refuse(Cause.CONTENT)
        if self._settings.junk_at is not None and points >= self._settings.junk_at:
            return Divert(Fate.JUNK, Cause.CONTENT)
        return None

    def _weighed(self, view: SessionView) -> float | Scan:
        scanner = self._settings.scanner
        if scanner is None:
            return self.score(dissect(view.content))
        envelope = view.envelope
        recipients = tuple(envelope.recipients)
        scan = Scan(scanner, view.content, view.peer_address, view.helo, envelope.return_path, recipients)
        answer = view.answer(scan)
        if answer is None:
            return scan
        return float(answer.records[0]) if answer.records else -math.inf

    def score(self, parts: Parts) -> float:
        """Return the sum of points of the rules that match."""
        return sum(rules.score(parts) for rules in self._sets)


class _RuleSet:
    """The rules for one part of the message, compiled into one RE2 set."""

    def __init__(self, rules: list[Rule], where: str) -> None:
        self._where = where
        self._points = [rule.points for rule in rules]
        # Subjects, links and names of attachments are much the same in all messages of a campaign.
        self._remembered = lru_cache(maxsize=256)(self._matched)
        self._set = re2.Set.SearchSet(expression.options(any_case=True))
        for rule in rules:
            self._set.Add(f"(?m){rule.pattern}")
        try:
            self._set.Compile()
        except RuntimeError:
            raise InvalidValueError(f"the rules for {where} are together too large for RE2", "simplify them") from None

    def score(self, parts: Parts) -> float:
        text = getattr(parts, self._where)
        if not (self._points and text):
            return 0.0
        return self._remembered(text) if len(text) <= _SHORT else self._matched(text)

    def _matched(self, text: str) -> float:
        # Match() returns None if nothing matches.
        return float(sum([self._points[number] for number in self._set.Match(text) or ()]))


def rule_sets(rules: tuple[Rule, ...]) -> list[_RuleSet]:
    """Return the rules by part of the message; raises ValueError if they are too large for one set."""
    return [_RuleSet([rule for rule in rules if rule.where == where], where) for where in WHERE]
