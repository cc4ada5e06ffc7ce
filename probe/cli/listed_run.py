"""fivefifty listed: looks through a resolver or at a scenario, once or again and again."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from fake_gateways.clock import WallClock
from fake_gateways.dns.zone import parse_domain
from fake_gateways.loopback import OutsideError, require_inside
from fake_gateways.strict import InvalidValueError
from probe.cli.exit_codes import Exit, InterruptedRunError, keeping_nothing
from probe.cli.listed_output import ListedForm, exit_of
from probe.diagnose.host.allow_file import resolver_permitted_by
from probe.diagnose.host.host_name import parse_host
from probe.input_error import InputError
from probe.lab import event_loop
from probe.lab.listed_lab import lab_looker
from probe.lab.prepare import prepare
from probe.listed.changes import Change, Place, changes, is_news, latest, worth_telling
from probe.listed.history_file import HistoryFile
from probe.listed.lists import Lists
from probe.listed.look import Look
from probe.listed.open_look import LookingFor, looker_at, most_queries
from probe.listed.posture.finding import Identity
from probe.listed.subject import addresses_of, domains_of
from probe.user_files import file_of_user

if TYPE_CHECKING:
    from probe.scenario.load import Loaded

_DNS_PORT: Final = 53
_DAY_S: Final = 86_400.0
_SHORTEST_S: Final = 60.0


@dataclass(frozen=True)
class Asked:
    """What the user asks for. ``every_s`` is None for a single look, ``for_s`` for one without end."""

    wanted: LookingFor
    resolver: str
    allow: Path | None
    every_s: float | None
    for_s: float | None
    history: Path | None


class HistoryKeptError(InterruptedRunError):
    """Ctrl-C while blocklists were watched."""

    def __init__(self, history: Path) -> None:
        Exception.__init__(self, f"interrupted; {history} holds what changed; the same command goes on from there")


def looking_for(
    addresses: list[str],
    domains: list[str],
    *,
    helo: str | None,
    return_path: str | None,
    selectors: list[str],
    lists: Lists,
) -> LookingFor:
    """Read what the user looks for; raises InputError."""
    identity = Identity(_domain("--helo", helo), _domain("--from", return_path), tuple(map(_selector, selectors)))
    return LookingFor(addresses_of(addresses), domains_of(domains), identity, lists)


def look_through_resolver(asked: Asked, form: ListedForm) -> Exit:
    """Ask a resolver, once or again and again; raises InputError."""
    host = parse_host(asked.resolver, _DNS_PORT)
    address = host.address
    if address is None:
        raise InputError("--resolver", f"{asked.resolver!r} is no IP address", "write for example 127.0.0.1:53")
    most = _most_a_day(asked.allow, address)
    clock = WallClock(time.time())
    looker = looker_at(address, host.port, clock)
    with ExitStack() as stack:
        kept = asked.history or (None if most is None else file_of_user("listed.sqlite"))
        if kept is None:
            stack.enter_context(keeping_nothing())
            kept = Path(stack.enter_context(TemporaryDirectory(prefix="fivefifty-"))) / "listed.sqlite"
        history = stack.enter_context(HistoryFile(kept))

        async def look(at: float) -> Look:
            if most is not None and history.queries(looker.resolver, at) + most_queries(asked.wanted) > most:
                problem = f"would be asked more than {most:,} questions within a day"
                raise InputError(f"the resolver {address}", problem, "look at less, or less often")
            before = looker.queries
            found = await looker.look(at, asked.wanted)
            history.add(at, looker.resolver, looker.queries - before, changes(latest(history.changes()), found))
            return found

        try:
            if asked.every_s is None:
                return _once(event_loop.run(look(clock.now())), history.changes, form)
            ends = math.inf if asked.for_s is None else clock.now() + asked.for_s
            watching = _Watching(look, latest(history.changes()), form, history.changes)
            return event_loop.run(watching.until(clock, max(asked.every_s, _SHORTEST_S if most else 0.0), ends))
        except KeyboardInterrupt:
            if asked.history is None:
                raise
            raise HistoryKeptError(asked.history) from None


def look_at_scenario(
    loaded: Loaded,
    form: ListedForm,
    *,
    begins_s: float,
    every_s: float | None,
    for_s: float | None,
    lists: Lists | None,
) -> Exit:
    """Look at a scenario on its own clock, once or again and again; raises InputError."""
    prepared = prepare(loaded)
    looker = lab_looker(prepared, lists)
    starts = prepared.loaded.scenario.starts.timestamp() + begins_s
    with keeping_nothing():
        if every_s is None:
            found = event_loop.run(looker.look(starts))
            return _once(found, lambda: changes({}, found), form)
        if every_s < _SHORTEST_S:
            raise InputError("--watch", "is less than a minute", "write at least 1m")
        seen: list[Change] = []
        watching = _Watching(looker.look, {}, form, lambda: seen, seen)
        return event_loop.run(watching.at_times(starts, every_s, starts + (_DAY_S if for_s is None else for_s)))


@dataclass
class _Watching:
    """Looks again and again, and shows what changed."""

    look: Callable[[float], Awaitable[Look]]
    known: dict[Place, Change]
    form: ListedForm
    history: Callable[[], list[Change]]
    seen: list[Change] | None = None
    worst: Exit = Exit.PASSED

    async def until(self, clock: WallClock, every_s: float, ends: float) -> Exit:
        """Look in real time until an end."""
        while True:
            at = clock.now()
            await self._next(at)
            if at + every_s > ends:
                return self.worst
            await clock.until(at + every_s)

    async def at_times(self, at: float, every_s: float, ends: float) -> Exit:
        """Look at times of a simulated clock."""
        while at <= ends:
            await self._next(at)
            at += every_s
        return self.worst

    async def _next(self, at: float) -> None:
        found = await self.look(at)
        changed = changes(self.known, found)
        told = [each for each in changed if each.place in self.known] + worth_telling(
            each for each in changed if each.place not in self.known
        )
        news = [each for each in changed if is_news(each, self.known)]
        if self.seen is not None:
            self.seen += changed
        self.known |= latest(changed)
        self.form.show_changes(told)
        self.form.write_page(found, self.history())
        self.form.tell(news)
        self.worst = max(self.worst, exit_of(found), key=_SEVERITY.index)


_SEVERITY: Final = [Exit.PASSED, Exit.CANNOT_TELL, Exit.REASON_FOUND]


def _once(found: Look, history: Callable[[], list[Change]], form: ListedForm) -> Exit:
    form.show(found)
    form.write_page(found, history())
    return exit_of(found)


def _most_a_day(allow: Path | None, address: str) -> int | None:
    """Return how many questions a resolver may be asked within a day; None for one on this machine.

    Raises InputError unless the allow list permits to ask it.
    """
    try:
        require_inside(address)
    except OutsideError:
        if allow is None:
            problem = "is beyond this machine, and no allow list names it"
            raise InputError(f"--resolver {address}", problem, "name the list with --allow") from None
        return resolver_permitted_by(allow, address, datetime.now(UTC).date()).queries_per_day
    return None


def _domain(option: str, text: str | None) -> str:
    if text is None:
        return ""
    try:
        return parse_domain(text)
    except InvalidValueError as error:
        raise InputError(option, error.problem, error.remedy) from None


def _selector(text: str) -> str:
    signer, colon, selector = text.rpartition(":")
    if not selector.replace("-", "").replace("_", "").replace(".", "").isalnum() or not selector.isascii():
        raise InputError("--selector", f"{text!r} is not a selector", "write for example s1 or news.example:s1")
    return f"{_domain('--selector', signer)}:{selector}" if colon else selector
