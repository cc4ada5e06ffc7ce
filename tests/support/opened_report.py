"""A report with every section, opened in a browser that listens for errors and requests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from book_rows import STARTS
from deadline import DEADLINE_S
from report_content import Person, content, gone, kept, lied

from fake_gateways.truth import Cause
from probe.judge.gates import Gate
from probe.report.html.page import PageContent, page
from probe.scenario.prices import MistakePrices

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDE: Final = {"width": 1200, "height": 900}
PHONE: Final = {"width": 360, "height": 740}
AXE: Final = next(
    (
        path
        for each in os.environ.get("NODE_PATH", "").split(os.pathsep)
        for path in Path(each).glob("axe-core/axe.min.js")
    ),
    None,
)
SCRIPT: Final = "</script><script>window.owned = 1</script><img src=x onerror='window.owned = 1'>\"'><b id=owned>"
HOSTILE: Final = f"{SCRIPT}\x1b[31m\u202egnol\u2066 {{{{ 7 * 7 }}}} \u2028"


def everything(word: str = "") -> PageContent:
    """Return a report with every section; ``word`` is behind everything that strangers name or say."""
    calm = [Person(f"calm{n}", at=STARTS + 10 * n, gateway=f"acme{word}") for n in range(40)]
    people = [
        *calm,
        *(lied(f"lied{n}", STARTS + 400 + 5 * n, gateway=f"acme{word}", text=f"no such user{word}") for n in range(30)),
        *(kept(f"kept{n}", STARTS + 900 + n, gateway=f"beta{word}") for n in range(10)),
        *(gone(f"gone{n}", STARTS + 20 * n, gateway=f"acme{word}") for n in range(20)),
        Person("endless", cause=Cause.CONTENT, claimed=Cause.USER_UNKNOWN, text="x" * 10_000, campaign=f"news{word}"),
    ]
    gates = [
        Gate("recipients", passed=True, value=101, bound=">= 1"),
        Gate("classifiers.code.wrongly_suppressed", passed=False, value=31, bound="<= 0"),
    ]
    return content(
        people,
        title=f"A story{word}",
        gates=gates,
        rules=f"rules{word}",
        reason=f"a reason{word}",
        prices=MistakePrices(living=25, dead=0.05, reputation=500),
        dialogue=lambda _: f"> EHLO me{word}\n< 250 you{word}",
    )


class Seen(NamedTuple):
    """An open page, and what the browser had to say of it."""

    page: Page
    console: list[str]
    requests: list[str]


@contextmanager
def reports(browser: Browser, folder: Path) -> Iterator[Callable[..., Seen]]:
    """Give a function that writes a report, or another page, opens it, and waits until a report is drawn."""
    contexts = []

    def open_(made: PageContent | str, **options: Any) -> Seen:
        file = folder / "report.html"
        file.write_text(made if isinstance(made, str) else page(made), "utf-8")
        context = browser.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        context.set_default_timeout(DEADLINE_S * 1000)
        seen = Seen(context.new_page(), [], [])
        seen.page.on("console", lambda message: seen.console.append(message.text))
        seen.page.on("pageerror", lambda error: seen.console.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.goto(file.as_uri())
        if isinstance(made, PageContent) and options.get("java_script_enabled", True):
            seen.page.wait_for_selector("html[data-drawn]")
        return seen

    yield open_
    for context in contexts:
        context.close()
