"""``python -m fivefifty``: the same as the command ``fivefifty``."""

from __future__ import annotations

import sys

from fivefifty.own_package import hidden_by, sentence

hiding = hidden_by()
if hiding is not None:
    sys.exit(f"fivefifty: {sentence(hiding)}")

from probe.cli import main  # noqa: E402 - only now is it sure to be ours

main()
