"""Lets a classifier read the evidence of every recipient, and checks that it answers for exactly these recipients."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Classifier, ClassifierError, Reading, first_few, on_one_line
from probe.judge.story import Key, Story


def read_all(name: str, classifier: Classifier, stories: Mapping[Key, Story]) -> dict[Key, Reading]:
    """Return a classifier's reading of every recipient; it gets the evidence only. Raises ClassifierError."""
    try:
        if hasattr(classifier, "classify_campaign"):
            return _by_campaign(name, classifier, stories)
        return {key: _checked(name, key[1], classifier.classify(story.evidence)) for key, story in stories.items()}
    except ClassifierError:
        raise
    except (Exception, SystemExit) as error:
        raise ClassifierError(f"classifier {name} failed: {type(error).__name__}: {on_one_line(error)}") from error


def _by_campaign(name: str, classifier: Classifier, stories: Mapping[Key, Story]) -> dict[Key, Reading]:
    campaigns: dict[str, dict[str, Evidence]] = {}
    for (campaign, recipient), story in stories.items():
        campaigns.setdefault(campaign, {})[recipient] = story.evidence
    readings: dict[Key, Reading] = {}
    for campaign, evidence in campaigns.items():
        # Read-only, so that a classifier cannot change what its answers are checked against.
        answers = classifier.classify_campaign(MappingProxyType(evidence))  # type: ignore[union-attr]  # has it, see above
        if not isinstance(answers, Mapping):
            raise ClassifierError(f"classifier {name} answered with a {type(answers).__name__}, not with a mapping")
        for problem, who in (
            ("did not answer for", [each for each in evidence if each not in answers]),
            ("answered for strangers:", [str(each) for each in answers if each not in evidence]),
        ):
            if who:
                raise ClassifierError(f"classifier {name} {problem} {first_few(who)}")
        readings.update(((campaign, each), _checked(name, each, answers[each])) for each in evidence)
    return readings


def _checked(name: str, recipient: str, reading: object) -> Reading:
    """Return a reading if its fields are valid: a user's classifier may put anything into them."""
    if not isinstance(reading, Reading):
        raise ClassifierError(f"classifier {name} answered {reading!r:.80} for {recipient}, which is not a Reading")
    if not isinstance(reading.cause, Cause | None):
        raise ClassifierError(
            f"classifier {name} gave {recipient} the cause {reading.cause!r:.80}, which is not a Cause"
        )
    if not isinstance(reading.wish, Advice | None):
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
