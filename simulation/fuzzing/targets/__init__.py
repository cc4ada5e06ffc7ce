"""What is fuzzed, one kind of strangers' words a file. Each module has ``TARGETS``."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.target import Target
from simulation.fuzzing.targets import logs, mail, rules, said, smtp_model

TARGETS: Final[tuple[Target, ...]] = (
    *logs.TARGETS,
    *mail.TARGETS,
    *rules.TARGETS,
    *said.TARGETS,
    *smtp_model.TARGETS,
)
