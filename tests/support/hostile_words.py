"""Words that a peer, a file or a directory may hold to be more than words where they are shown."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from tallied import tallied

from probe.classify.reading import Advice
from probe.judge.findings import Finding, NamedRecipient
from probe.judge.scorecard import Scorecard

HOSTILE: Final = [
    "\x1b[2J\x1b]0;owned\x07",
    "550 \u202egnol\u202c",
    "550\n::error file=a.py::mine",
    "550\r::stop-commands::mine",
    "::set-output name=a::b",
    "  ::add-mask::password",
    "##[add-mask]password",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildStatus status='SUCCESS']",
    "]]><!-- <failure/> &amp; \x00 \ufffe \ud800",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "@security-team see #1 and GH-1 or a@b.example",
    "[click](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example> www.evil.example",
    "` `` ``` ~~~ `` `",
    "a | b \\| c \\\\| d",
    "# heading\n\n| a |\n|---|\n- [ ] task\n\n```\n",
    "%0A::error::mine %25",
    "`",
    "\\`",
    "",
]
words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.text("`|\\<>@#:[]*_~ \n", max_size=30))


def card(scenario: str = "small") -> Scorecard:
    """Return the scorecard of a run in which nothing happened."""
    return tallied({}, {}, card=Scorecard(scenario, 7, "memory", complete=True))


def failed(said: str, *, place: str = "", count: int = 1) -> Finding:
    """Return a gate that failed over recipients of whom all that can be said is said."""
    recipients = tuple(
        NamedRecipient(
            f"news/{said}", alive=True, advice=Advice.SUPPRESS, heard=said, reason=said, place=place, kind="alive"
        )
        for _ in range(count)
    )
    return Finding(f"classifiers.{said}.wrongly_suppressed <= 1", False, f"classifiers.{said} = 2", recipients)  # noqa: FBT003 - as it is written
