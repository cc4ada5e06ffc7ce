"""What is fuzzed, one kind of strangers' words a file. Each module has ``TARGETS``."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.target import Target
from simulation.fuzzing.targets import (
    auth,
    books,
    lmtp,
    logs,
    mail,
    nameserver,
    policies,
    proxy,
    rules,
    said,
    scenario_values,
    scenarios,
    smtp_carrier,
    smtp_dialogues,
    smtp_lines,
    smtp_model,
    smtp_octets,
    stock_aiosmtpd,
    tls,
    xclient,
)

TARGETS: Final[tuple[Target, ...]] = (
    *logs.TARGETS,
    *mail.TARGETS,
    *rules.TARGETS,
    *said.TARGETS,
    *scenarios.TARGETS,
    *scenario_values.TARGETS,
    *smtp_lines.TARGETS,
    *smtp_octets.TARGETS,
    *smtp_dialogues.TARGETS,
    *smtp_model.TARGETS,
    *smtp_carrier.TARGETS,
    *stock_aiosmtpd.TARGETS,
    *lmtp.TARGETS,
    *policies.TARGETS,
    *auth.TARGETS,
    *tls.TARGETS,
    *books.TARGETS,
    *xclient.TARGETS,
    *proxy.TARGETS,
    *nameserver.TARGETS,
)
