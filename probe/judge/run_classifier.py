"""Lets a classifier read every recipient's evidence, and holds it to answering for each of them and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Classifier, ClassifierError, Reading, first_few, on_one_line
from probe.judge.story import Key, Story


def read_all(name: str, classifier: Classifier, told: Mapping[Key, Story]) -> dict[Key, Reading]:
    """Return a classifier's word on everybody; it gets the evidence and nothing else. Raises ClassifierError."""
    try:
        if hasattr(classifier, "classify_campaign"):
            return _by_campaign(name, classifier, told)
        return {key: _checked(name, key[1], classifier.classify(story.evidence)) for key, story in told.items()}
    except ClassifierError:
        raise
    except (Exception, SystemExit) as error:
        raise ClassifierError(f"classifier {name} failed: {type(error).__name__}: {on_one_line(error)}") from error


def _by_campaign(name: str, classifier: Classifier, told: Mapping[Key, Story]) -> dict[Key, Reading]:
    campaigns: dict[str, dict[str, Evidence]] = {}
    for (campaign, recipient), story in told.items():
        campaigns.setdefault(campaign, {})[recipient] = story.evidence
    readings: dict[Key, Reading] = {}
    for campaign, evidence in campaigns.items():
        # It gets no hold of what its answers are held against.
        said = classifier.classify_campaign(MappingProxyType(evidence))  # type: ignore[union-attr]  # has it, see above
        if not isinstance(said, Mapping):
            raise ClassifierError(f"classifier {name} answered with a {type(said).__name__}, not with a mapping")
        for problem, who in (
            ("did not answer for", [each for each in evidence if each not in said]),
            ("answered for strangers:", [str(each) for each in said if each not in evidence]),
        ):
            if who:
                raise ClassifierError(f"classifier {name} {problem} {first_few(who)}")
        readings.update(((campaign, each), _checked(name, each, said[each])) for each in evidence)
    return readings


def _checked(name: str, recipient: str, reading: object) -> Reading:
    """Return a reading as it must be: a classifier of the user's own may put anything into one."""
    if not isinstance(reading, Reading):
        raise ClassifierError(f"classifier {name} answered {reading!r:.80} for {recipient}, which is no Reading")
    if not isinstance(reading.cause, Cause | None):
        raise ClassifierError(f"classifier {name} gave {recipient} the cause {reading.cause!r:.80}, which is no Cause")
    if not isinstance(reading.wish, Advice | None):
        raise ClassifierError(f"classifier {name} gave {recipient} the wish {reading.wish!r:.80}, which is no Advice")
    if not isinstance(reading.reason, str):
        raise ClassifierError(f"classifier {name} gave {recipient} the reason {reading.reason!r:.80}, which is no text")
    alive = reading.alive
    if alive is not None and not (isinstance(alive, int | float) and 0.0 <= alive <= 1.0):
        raise ClassifierError(
            f"classifier {name} gave {recipient} the probability {alive!r:.80}, not a number from 0 to 1"
        )
    return reading
