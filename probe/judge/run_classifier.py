"""Lets classifiers read, by a function for each kind, and checks their answers. All raise ClassifierError."""

from __future__ import annotations

import pickle  # only for what was pickled here
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType, NoneType
from typing import Any, Final, cast

from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import (
    Advice,
    CampaignClassifier,
    Classifier,
    ClassifierError,
    Reading,
    RecipientClassifier,
    StreamClassifier,
    TwoPassClassifier,
    first_few,
    is_recipient_classifier,
    is_stream_classifier,
    is_two_pass_classifier,
    on_one_line,
)
from probe.judge.story import Key, Story

_CAUSE: Final = (Cause, NoneType)
_WISH: Final = (Advice, NoneType)


def read_recipient(name: str, classifier: RecipientClassifier, evidence: Evidence) -> Reading:
    """Return a classifier's reading of one recipient. The reader of a two-pass classifier is such a classifier."""
    try:
        answer: object = classifier.classify(evidence)
    except ClassifierError:
        raise
    except (Exception, SystemExit) as error:
        raise _failed(name, error) from error
    return _checked(name, evidence.recipient, answer)


def observe(name: str, classifier: TwoPassClassifier[Any], evidence: Iterable[Evidence]) -> bytes:
    """Return what a two-pass classifier observes in a part of a campaign.

    It is pickled, because it may go to another process. So what cannot be is an error with one process too.
    """
    source = _Source(evidence)
    with _blaming(name, source):
        return pickle.dumps(classifier.observe(source))


def reader(name: str, classifier: TwoPassClassifier[Any], observed: Iterable[bytes]) -> RecipientClassifier:
    """Return the reader of a campaign, given what was observed in all its parts."""
    with _blaming(name):
        return classifier.reader([pickle.loads(each) for each in observed])  # noqa: S301 - what observe() pickled


def read_stream(name: str, classifier: StreamClassifier, evidence: Iterable[Evidence]) -> Iterator[tuple[str, Reading]]:
    """Yield the recipients of a campaign with their readings, in the order of the answers."""
    source = _Source(evidence)
    with _blaming(name, source):
        for recipient, answer in classifier.classify_stream(iter(source) if iter(evidence) is evidence else source):
            yield recipient, _checked(name, recipient, answer)


def read_campaign(
    name: str, classifier: CampaignClassifier, campaign: Mapping[str, Evidence]
) -> Iterator[tuple[str, Reading]]:
    """Yield the recipients of a campaign, in its order, with the readings of a classifier that gets all evidence."""
    with _blaming(name):
        # Read-only, so that a classifier cannot change what its answers are checked against.
        answers: object = classifier.classify_campaign(MappingProxyType(campaign))
    if not isinstance(answers, Mapping):
        raise ClassifierError(f"classifier {name} answered with a {type(answers).__name__}, not with a mapping")
    missing = [each for each in campaign if each not in answers]
    if missing:
        raise ClassifierError(f"classifier {name} did not answer for {first_few(missing)}")
    if len(answers) != len(campaign):
        known = frozenset(campaign)
        strangers = [str(each) for each in answers if each not in known]
        raise ClassifierError(f"classifier {name} answered for strangers: {first_few(strangers)}")
    for each in campaign:
        yield each, _checked(name, each, answers[each])


def read_all(name: str, classifier: Classifier, stories: Mapping[Key, Story]) -> dict[Key, Reading]:
    """Return a classifier's reading of every recipient, of whatever kind it is; it gets the evidence only."""
    if is_recipient_classifier(classifier):
        return {key: read_recipient(name, classifier, story.evidence) for key, story in stories.items()}
    campaigns: dict[str, dict[str, Evidence]] = {}
    for (campaign, recipient), story in stories.items():
        campaigns.setdefault(campaign, {})[recipient] = story.evidence
    found: dict[Key, Reading] = {}
    for campaign, evidence in campaigns.items():
        readings = dict(_together(name, classifier, evidence))
        found.update(((campaign, each), readings[each]) for each in evidence)
    return found


def _together(name: str, classifier: Classifier, campaign: Mapping[str, Evidence]) -> Iterable[tuple[str, Reading]]:
    if is_two_pass_classifier(classifier):
        one_by_one = reader(name, classifier, [observe(name, classifier, campaign.values())])
        return ((each, read_recipient(name, one_by_one, evidence)) for each, evidence in campaign.items())
    if is_stream_classifier(classifier):
        return read_stream(name, classifier, campaign.values())
    return read_campaign(name, cast("CampaignClassifier", classifier), campaign)


class _Source:
    """Evidence that remembers its own error, such as that of damaged books: a classifier is not to blame for it."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        self._evidence = evidence
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[Evidence]:
        try:
            yield from self._evidence
        except Exception as error:
            self.error = error
            raise


@contextmanager
def _blaming(name: str, source: _Source | None = None) -> Iterator[None]:
    """Turn whatever a classifier raises into an error that names it; errors of the source stay what they are."""
    try:
        yield
    except ClassifierError:
        raise
    except (Exception, SystemExit) as error:
        if source is not None and source.error is not None:
            raise source.error from None
        raise _failed(name, error) from error


def _failed(name: str, error: BaseException) -> ClassifierError:
    return ClassifierError(f"classifier {name} failed: {type(error).__name__}: {on_one_line(error)}")


def _checked(name: str, recipient: str, reading: object) -> Reading:
    """Return a reading if its fields are valid: a user's classifier may put anything into them."""
    if not isinstance(reading, Reading):
        raise ClassifierError(f"classifier {name} answered {reading!r:.80} for {recipient}, which is not a Reading")
    if not isinstance(reading.cause, _CAUSE):
        raise ClassifierError(
            f"classifier {name} gave {recipient} the cause {reading.cause!r:.80}, which is not a Cause"
        )
    if not isinstance(reading.wish, _WISH):
        raise ClassifierError(
            f"classifier {name} gave {recipient} the wish {reading.wish!r:.80}, which is not an Advice"
        )
    if not isinstance(reading.reason, str):
        raise ClassifierError(
            f"classifier {name} gave {recipient} the reason {reading.reason!r:.80}, which is not a string"
        )
    alive = reading.alive
    if alive is not None and not (isinstance(alive, int | float) and 0.0 <= alive <= 1.0):
        raise ClassifierError(
            f"classifier {name} gave {recipient} the probability {alive!r:.80}, not a number from 0 to 1"
        )
    return reading
