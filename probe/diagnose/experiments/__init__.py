"""The experiments, one a file. Each changes one condition of the dialogue in which the recipient was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import (
    after_minutes,
    again,
    another_hour,
    beside_others,
    control,
    empty_content,
    fast,
    later_in_connection,
    neighbour,
    neutral_content,
    next_exchanger,
    other_domain,
    other_identity,
    other_name,
    other_network,
    over_tls,
    random_likewise,
    random_recipient,
    renamed_attachments,
    same_size,
    signed,
    small_size,
    without_attachments,
    without_links,
)

EXPERIMENTS: Final[Mapping[str, Experiment]] = {
    module.EXPERIMENT.name: module.EXPERIMENT
    for module in (
        again,
        control,
        random_recipient,
        neighbour,
        other_network,
        neutral_content,
        empty_content,
        same_size,
        small_size,
        renamed_attachments,
        without_attachments,
        without_links,
        later_in_connection,
        beside_others,
        other_domain,
        other_name,
        other_identity,
        signed,
        over_tls,
        next_exchanger,
        after_minutes,
        another_hour,
        fast,
        random_likewise,
    )
}
"""Every experiment by its name."""
