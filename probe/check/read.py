"""Lets a classifier read every recipient's evidence, and holds it to answering for each of them and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from probe.check.story import Key, Story
from probe.classify.evidence import Evidence
from probe.classify.reading import Classifier, ClassifierError, Reading

_NAMED: Final = 5
"""Recipients that a complaint names."""


def read_all(name: str, classifier: Classifier, told: Mapping[Key, Story]) -> dict[Key, Reading]:
    """Return a classifier's word on everybody; it gets the evidence and nothing else. Raises ClassifierError."""
    try:
        if hasattr(classifier, "classify_campaign"):
            return _by_campaign(name, classifier, told)
        return {key: _checked(name, key[1], classifier.classify(story.evidence)) for key, story in told.items()}
    except ClassifierError:
        raise
    except Exception as error:
        raise ClassifierError(f"classifier {name} failed: {type(error).__name__}: {error}") from error


def _by_campaign(name: str, classifier: Classifier, told: Mapping[Key, Story]) -> dict[Key, Reading]:
    campaigns: dict[str, dict[str, Evidence]] = {}
    for (campaign, recipient), story in told.items():
        campaigns.setdefault(campaign, {})[recipient] = story.evidence
    readings: dict[Key, Reading] = {}
    for campaign, evidence in campaigns.items():
        said = classifier.classify_campaign(evidence)  # type: ignore[union-attr]  # has it, see above
        for problem, who in (
            ("did not answer for", [each for each in evidence if each not in said]),
            ("answered for strangers:", [each for each in said if each not in evidence]),
        ):
            if who:
                more = f" and {len(who) - _NAMED:,} more" if len(who) > _NAMED else ""
                raise ClassifierError(f"classifier {name} {problem} {', '.join(who[:_NAMED])}{more}")
        readings.update(((campaign, each), _checked(name, each, said[each])) for each in evidence)
    return readings


def _checked(name: str, recipient: str, reading: object) -> Reading:
    if not isinstance(reading, Reading):
        raise ClassifierError(f"classifier {name} answered {reading!r:.80} for {recipient}, which is no Reading")
    if reading.alive is not None and not 0.0 <= reading.alive <= 1.0:
        raise ClassifierError(f"classifier {name} gave {recipient} the probability {reading.alive}, not from 0 to 1")
    return reading
