"""Recognises the vendor of a gateway, and reads published facts about it from ``vendors.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple


class Vendor(NamedTuple):
    """A vendor, with the published durations of its greylisting and its blocks, in seconds."""

    name: str
    mx: tuple[re.Pattern[str], ...]
    greeting: tuple[re.Pattern[str], ...]
    greylist: tuple[float, ...]
    blocks: tuple[float, ...]


UNKNOWN = Vendor("", (), (), (), ())


@cache
def vendors() -> dict[str, Vendor]:
    """Return all known vendors by name."""
    text = (resources.files("probe.classify.context") / "vendors.toml").read_text("utf-8")
    return {each["name"]: _vendor(each) for each in tomllib.loads(text)["vendor"]}


def _vendor(facts: dict[str, Any]) -> Vendor:
    mx, greeting = (tuple(re.compile(one, re.IGNORECASE) for one in facts.get(kind, ())) for kind in ("mx", "greeting"))
    greylist, blocks = (tuple(map(float, facts.get(kind, ()))) for kind in ("greylist", "blocks"))
    return Vendor(facts["name"], mx, greeting, greylist, blocks)


@lru_cache(maxsize=4096)
def vendor_of(mx: str, greeting: str) -> str:
    """Return the vendor that an exchanger's name or greeting shows, empty if neither does."""
    mx, greeting = mx.rstrip("."), greeting[:200].strip()
    for vendor in vendors().values():
        if any(one.search(mx) for one in vendor.mx) or any(one.search(greeting) for one in vendor.greeting):
            return vendor.name
    return ""


@lru_cache(maxsize=4096)
def organisation_of(mx: str) -> str:
    """Return the organisation's domain in an exchanger's name, by the shape of the name; empty without a name.

    Below a country, a label of up to three letters stands for a kind of organisation: ``acme.co.uk``.
    """
    labels = mx.rstrip(".").lower().split(".")
    if all(label.isdigit() for label in labels) or ":" in mx:
        return mx  # an address
    below_country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if below_country else -2 :])
