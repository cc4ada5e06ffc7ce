"""Which vendor's gateway answers, and what is known of its times: facts from a data file, each with its source."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple


class Vendor(NamedTuple):
    """A vendor: how long it greylists and blocks, in seconds, as far as somebody published it."""

    name: str
    mx: tuple[re.Pattern[str], ...]
    greeting: tuple[re.Pattern[str], ...]
    greylist: tuple[float, ...]
    blocks: tuple[float, ...]


UNKNOWN = Vendor("", (), (), (), ())


@cache
def vendors() -> dict[str, Vendor]:
    """Return every vendor there are facts about, by name."""
    text = (resources.files("probe.classify.context") / "vendors.toml").read_text("utf-8")
    return {each["name"]: _vendor(each) for each in tomllib.loads(text)["vendor"]}


def _vendor(facts: dict[str, Any]) -> Vendor:
    mx, greeting = (tuple(re.compile(one, re.IGNORECASE) for one in facts.get(kind, ())) for kind in ("mx", "greeting"))
    greylist, blocks = (tuple(map(float, facts.get(kind, ()))) for kind in ("greylist", "blocks"))
    return Vendor(facts["name"], mx, greeting, greylist, blocks)


@lru_cache(maxsize=4096)
def vendor_of(mx: str, greeting: str) -> str:
    """Return the name of the vendor that an exchanger's name or greeting gives away, empty where neither does."""
    mx, greeting = mx.rstrip("."), greeting[:200].strip()
    for vendor in vendors().values():
        if any(one.search(mx) for one in vendor.mx) or any(one.search(greeting) for one in vendor.greeting):
            return vendor.name
    return ""
