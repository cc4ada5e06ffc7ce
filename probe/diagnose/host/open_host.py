"""A mail server on loopback, or one that an allow list names, as the target of a diagnosis in real time."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from fake_gateways.clock import Clock
from fake_gateways.dns.mx_lookup import NO_ANSWER, Exchanger
from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage, domain_of
from fake_gateways.truth import Cause
from probe.diagnose.block import blocked_for_s
from probe.diagnose.choice import Budget, Stopped
from probe.diagnose.conditions import Conditions, Depth, Recipient, Source
from probe.diagnose.contents import changed, from_domain
from probe.diagnose.diagnosis import Diagnosis, Observed
from probe.diagnose.dialogue import DialoguePlan, hold
from probe.diagnose.experiment import Experiment
from probe.diagnose.host.allow_file import permitted_by
from probe.diagnose.host.allow_list import Permission
from probe.diagnose.host.asking import Asking
from probe.diagnose.host.manners import Spending, may_begin, network_of, provider_of
from probe.diagnose.host.open_route import exchangers_of, only, require_ours, usual_source
from probe.diagnose.host.remembered import AS_IS, Remembered, remembered, wait_for_greylist_s
from probe.diagnose.host.state_file import Begun, StateFile
from probe.diagnose.message_parts import Part, parts_of
from probe.diagnose.our_side import address_means, address_of, content_means, named
from probe.diagnose.patterns import shipped
from probe.diagnose.reached import Reached, Unreached
from probe.diagnose.target import diagnose_target
from probe.input_error import InputError
from probe.records.attempt import Failure, Outcome
from probe.sender.transaction import Result
from probe.sender.transport.tcp import TcpTransport
from probe.sender.transport.transcript import Recorder, RecordingTransport, offered_in

_LONGEST_DIALOGUE_S: Final = 300.0
"""Real seconds for a whole dialogue, in which every reply may take ``reply_timeout_s``."""
_GRACE_S: Final = 60.0
"""Dialogues may go on for so long after the time that the user allows."""
_PAUSE_S: Final = 0.2
_FOR_GREYLISTS: Final = 0.8
"""The share of the time that is spent on waiting for a greylist."""


class Found(NamedTuple):
    """What came of it; ``note`` says why no more was asked, if something other than the diagnosis ended it."""

    outcome: Diagnosis | Reached | Unreached
    note: str | None


class _TooLateError(Exception):
    """The next dialogue may begin only after the time that the user gives."""


@dataclass
class HostTarget:
    """A host that is asked. ``permitted`` is None in a lab: on loopback, without an allow list."""

    asking: Asking
    permitted: Permission | None
    exchangers: Sequence[Exchanger]
    usual: str
    return_path: str
    state: StateFile
    clock: Clock
    note: str | None = None
    _known: Remembered = field(default_factory=lambda: Remembered(None, ()))

    def __post_init__(self) -> None:
        """Set the time at which it ends."""
        self._began = self.clock.now()
        self._ends_at = self._began + self.asking.most_s
        self._helo = self.asking.helo or domain_of(self.return_path)
        self._control = self.asking.known_control
        message = b"" if self.asking.message is None else self.asking.message
        self._series = hashlib.sha256(
            json.dumps(
                [
                    *self.asking.host,
                    self.recipient.lower(),
                    self._control.lower(),
                    self.return_path,
                    self._helo,
                    self.usual,
                    hashlib.sha256(message).hexdigest(),
                ]
            ).encode()
        ).hexdigest()

    @property
    def recipient(self) -> str:
        """The recipient."""
        return self.asking.recipient

    @property
    def first(self) -> Observed:
        """The refusal."""
        if self._known.first is None:
            raise RuntimeError("nothing was refused")
        return self._known.first

    @property
    def earlier(self) -> Sequence[tuple[Experiment, Observed]]:
        """Experiments of the last day."""
        return self._known.earlier

    @property
    def history(self) -> str | None:
        """Nobody knows what came before the refusal."""
        return None

    @property
    def parts(self) -> Sequence[Part]:
        """The parts of the message, as they are left out by experiments."""
        return () if self.asking.message is None else parts_of(self.asking.message)

    @property
    def means(self) -> frozenset[str]:
        """Which experiments can be made."""
        found = {"control", *address_means(self._address)}
        if self._may_guess():
            found.add("random")
        if self._other_return_path is not None:
            found.add("domain")
        if "STARTTLS" in offered_in(self.first.dialogue):
            found.add("tls")
        if len(self.exchangers) > 1:
            found.add("exchanger")
        if self.first.result.stage is Stage.MAIL and " SIZE=" in self.first.dialogue:
            found.add("size")
        if self._depth is Depth.CONTENT and self.asking.message is not None:
            found |= {*content_means(self.asking.message)}
        return frozenset(found)

    @property
    def may_require_tls(self) -> bool:
        """Whether the server may require TLS: no server does that does not offer it."""
        return "STARTTLS" in offered_in(self.first.dialogue) or self.first.result.stage in BEFORE_MAIL

    @property
    def is_out_of_reach(self) -> bool:
        """Whether the server cannot be connected, and there is no other way to it."""
        result = self.first.result
        is_silent = result.stage is Stage.CONNECT and result.failure in {Failure.UNREACHABLE, Failure.TIMED_OUT}
        return is_silent and not self.means & {Source.NEIGHBOUR.value, Source.ELSEWHERE.value, "exchanger"}

    def _address(self, wanted: Source) -> str | None:
        """Return an address of ours, None if we have no such address."""
        return address_of(wanted, self.usual, self.asking.sources)

    @property
    def _other_return_path(self) -> str | None:
        """A return-path of ours in another domain, None if we have none."""
        usual = domain_of(self.return_path)
        return next((each for each in self.asking.return_paths if domain_of(each) != usual), None)

    def _may_guess(self) -> bool:
        if self.permitted is None:
            return True
        host = self.permitted.host
        usual = self.exchangers[0]
        spent = self.state.spent(host.name, network_of(usual.address), provider_of(usual.host), self.clock.now())
        return host.random_control and not spent.guessed

    @property
    def _depth(self) -> Depth:
        return Depth.of(self.first.result.stage)

    async def ask(self) -> Reached | None:
        """Ask for the recipient as is, and again after a deferral; return None if there is a refusal to explain."""
        deferred: Observed | None = None
        tries = 0
        while True:
            observed = await self._hold(AS_IS, Conditions(), self.asking.message)
            if observed is not None and observed.result.outcome is Outcome.DELIVERED:
                return Reached(self.recipient, observed, deferred)
            if observed is None or observed.result.outcome is not Outcome.DEFERRED:
                break
            deferred = deferred or observed
            tries += 1
            left_s = self._began + _FOR_GREYLISTS * self.asking.most_s - self.clock.now()
            wait_s = wait_for_greylist_s(tries, left_s)
            if wait_s is None:
                break
            await self.clock.sleep(wait_s)
        self._known = remembered(self.state.answers(self._series, self.clock.now()))
        if self._known.first is None:
            raise InputError(self.asking.host.name, self.note or "was not asked", "try again later")
        return None

    async def carry_out(self, experiment: Experiment) -> Observed | None:
        """Make an experiment; return None if it may not be made now."""
        conditions = experiment.conditions
        message = self.asking.message if self._depth is Depth.CONTENT else None
        if self.clock.now() > self._ends_at + _GRACE_S:
            self.note = "the dialogues have taken longer than --for allows"
            return None
        try:
            await self._sleep(conditions.wait_s)
        except _TooLateError:
            return None
        return await self._hold(experiment.name, conditions, message)

    async def _hold(self, name: str, conditions: Conditions, message: bytes | None) -> Observed | None:
        """Hold a dialogue as soon as it may be held; return None, and note why, if it may not be in time."""
        exchanger = self.exchangers[min(conditions.exchanger, len(self.exchangers) - 1)]
        network = network_of(exchanger.address)
        provider = provider_of(exchanger.host)
        plan = self._plan(conditions, message)
        try:
            async with self._turn(network, provider):
                number = self._begin(name, plan, conditions, network, provider)
                if number is None:
                    return None
                return await self._hold_now(number, plan, exchanger)
        except _TooLateError:
            return None

    async def _hold_now(self, number: int, plan: DialoguePlan, exchanger: Exchanger) -> Observed:
        at = self.clock.now()
        server = TcpTransport(
            exchanger.address,
            self.asking.host.port,
            allowed=[only(exchanger.address), only(plan.source)],
            deadline_s=self.asking.reply_timeout_s,
        )
        recorder = Recorder()
        holding = asyncio.ensure_future(hold(plan, RecordingTransport(server, recorder), lambda: None))
        most_s = min(_LONGEST_DIALOGUE_S, max(_GRACE_S, self._ends_at - at))
        try:
            ended_itself, _ = await asyncio.wait({holding}, timeout=most_s)
        finally:
            server.close()  # hangs up, which ends the dialogue if it has not ended
        result = await holding
        if not ended_itself:
            text = f"no end within {round(most_s, 2):g} s"
            result = Result(result.stage, failure=Failure.TIMED_OUT, text=text)
        observed = Observed(result, at, recorder.take(), plan.source, plan.return_path, plan.recipients[-1])
        ended = self.clock.now()
        blocked_s = blocked_for_s(result, plan.recipients[-1])
        self.state.end(number, ended, observed, None if blocked_s is None else ended + blocked_s)
        return observed

    @asynccontextmanager
    async def _turn(self, network: str, provider: str) -> AsyncIterator[None]:
        """Wait for our turn with a provider; in a lab there is nobody to be polite to."""
        if self.permitted is None:
            yield
            return
        async with self.state.turn((network, provider), self._pause):
            while True:
                now = self.clock.now()
                at = may_begin(self.state.past(network, provider, now), now)
                if at <= now:
                    break
                await self._sleep(at - now)
            yield

    async def _pause(self) -> None:
        """Wait a little for another process."""
        if self.clock.now() + _PAUSE_S > self._ends_at:
            self.note = "another dialogue with the same provider is under way"
            raise _TooLateError
        await self.clock.sleep(_PAUSE_S)

    async def _sleep(self, seconds: float) -> None:
        """Wait; raise _TooLateError, with a note, if that would be longer than the user wants."""
        if not seconds:
            return
        until = self.clock.now() + seconds
        if until > self._ends_at:
            when = f"{datetime.fromtimestamp(until, UTC):%H:%M:%S} UTC"
            self.note = f"the next question may be asked at {when}, which is later than --for allows"
            raise _TooLateError
        await self.clock.sleep(seconds)

    def _begin(self, name: str, plan: DialoguePlan, conditions: Conditions, network: str, provider: str) -> int | None:
        """Write down what a dialogue spends before it begins; return None, with a note, if that is too much."""
        spending = Spending(
            connections=1,
            recipients=conditions.recipients,
            messages=0 if plan.content is None else 1 + conditions.recipients_beside,
            guessed=int(conditions.recipient is Recipient.RANDOM),
        )
        host = self.asking.host.name if self.permitted is None else self.permitted.host.name
        purpose = "" if self.permitted is None else f"; {self.permitted.host.purpose}; {self.permitted.contact}"
        said = f"EHLO {plan.helo}; MAIL FROM:<{plan.return_path}>{purpose}"
        most = None if self.permitted is None else self.permitted.host.per_day
        begun = Begun(self.clock.now(), host, network, provider, self._series, name, said, spending)
        number, beyond = self.state.begin(begun, most)
        if beyond is not None:
            self.note = f"the {beyond} that the allow list permits within a day are spent"
            return None
        return number

    def _plan(self, conditions: Conditions, message: bytes | None) -> DialoguePlan:
        unknown = f"{secrets.token_hex(8)}@{domain_of(self.recipient)}"
        about = named(conditions.recipient, self.recipient, self._control, unknown)
        header = b"" if self.permitted is None else self.permitted.header
        return_path = (conditions.other_domain and self._other_return_path) or self.return_path
        announced = None
        if self.asking.message is not None:
            announced = header + changed(self.asking.message, conditions)
            if conditions.other_domain:
                announced = from_domain(announced, domain_of(return_path))
        return DialoguePlan(
            source=self._address(conditions.source) or self.usual,
            helo=self._helo,
            return_path=return_path,
            recipients=[*[self._control] * conditions.recipients_beside, about],
            content=None if message is None else announced,
            size=0 if announced is None else len(announced),
            before=conditions.transactions_before,
            tls="must" if conditions.tls else "none",
        )


async def diagnose_host(asking: Asking, budget: Budget, state: StateFile, clock: Clock) -> Found:
    """Ask a host for a recipient, and find out why it is refused; raises InputError for what may not be asked."""
    target = await open_target(asking, state, clock)
    if not target.exchangers:
        nothing = Result(Stage.CONNECT, failure=Failure.NO_ANSWER, text=NO_ANSWER)
        return Found(Unreached(asking.recipient, Observed(nothing, clock.now())), None)
    reached = await target.ask()
    if reached is not None:
        return Found(reached, None)
    if target.is_out_of_reach:
        return Found(Unreached(asking.recipient, target.first), target.note)
    patterns = shipped() if target.may_require_tls else shipped().without(Cause.TLS_REQUIRED)
    found = await diagnose_target(target, patterns, budget)
    if found.stopped is Stopped.BUDGET and len(found.steps) < budget.experiments and target.note is None:
        target.note = "experiments that could still tell wait longer than --for allows, or cost too much"
    return Found(found, target.note)


async def open_target(asking: Asking, state: StateFile, clock: Clock) -> HostTarget:
    """Return the host as a target; raises InputError for what may not be asked.

    It has no exchangers if the nameserver does not answer.
    """
    permitted = _permitted(asking, clock)
    return_path = next(iter(asking.return_paths), None if permitted is None else permitted.contact)
    if return_path is None:
        raise InputError("--from", "is missing", "give the return-path of your mail")
    exchangers = await exchangers_of(asking.host, None if permitted is None else permitted.nameserver)
    usual = asking.sources[0] if asking.sources else usual_source(exchangers)
    for source in asking.sources:
        require_ours(source)
    reachable = [each for each in exchangers if (":" in each.address) == (":" in usual)]
    if exchangers and not reachable:
        raise InputError(asking.host.name, f"has no address that {usual} can reach", "name another --source")
    return HostTarget(
        asking=asking,
        permitted=permitted,
        exchangers=reachable,
        usual=usual,
        return_path=return_path,
        state=state,
        clock=clock,
    )


def _permitted(asking: Asking, clock: Clock) -> Permission | None:
    """Return what the allow list says, None in a lab; raises InputError for a host that must not be asked."""
    host = asking.host
    if asking.allow is not None:
        today = datetime.fromtimestamp(clock.now(), UTC).date()
        return permitted_by(Path(asking.allow), host, (asking.recipient, asking.known_control), today)
    if host.address is None or not ipaddress.ip_address(host.address).is_loopback:
        problem = "is not on this machine, and no allow list names it"
        raise InputError(host.name, problem, "name it, its recipients and your purpose in a file for --allow")
    return None
