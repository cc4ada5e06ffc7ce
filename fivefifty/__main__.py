"""``python -m fivefifty``: the same as the command ``fivefifty``."""

from __future__ import annotations

from probe.cli import main

main()
