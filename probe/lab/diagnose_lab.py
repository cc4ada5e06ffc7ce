"""A gateway of a scenario as the target of a diagnosis: its campaign is sent until the recipient is refused."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from fake_gateways.clock import Clock, VirtualClock
from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.dns.zone import World
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import require_inside
from fake_gateways.smtp.envelope import Stage, domain_of
from fake_gateways.truth import Truth
from probe.diagnose.choice import Budget
from probe.diagnose.conditions import Conditions, Depth, Source
from probe.diagnose.contents import changed, from_domain
from probe.diagnose.diagnosis import Diagnosis, Observed
from probe.diagnose.dialogue import DialoguePlan, hold
from probe.diagnose.experiment import Experiment
from probe.diagnose.history import Earlier, told_by
from probe.diagnose.message_parts import Part, parts_of
from probe.diagnose.our_side import address_means, address_of, content_means, named
from probe.diagnose.patterns import shipped
from probe.diagnose.target import diagnose_target
from probe.input_error import InputError
from probe.lab import event_loop
from probe.lab.connections import LaneConnections, LaneContext, connect_lane
from probe.lab.faults import Faults
from probe.lab.gateways import build_gateways, require_scanners
from probe.lab.lane_job import LaneJob
from probe.lab.plan import plan_lanes
from probe.lab.prepare import PreparedScenario
from probe.records.attempt import Attempt, Outcome
from probe.records.rows import EXPERIMENTS, Transcript
from probe.returned_mail import verp
from probe.returned_mail.joiner import ReturnJoiner
from probe.scenario.model import Scenario
from probe.sender.dkim import Signer
from probe.sender.lane import Lane
from probe.sender.lane_schedule import Transaction
from probe.sender.messages import MessageBuilder
from probe.sender.recipients import Delivery
from probe.sender.routes import Routes
from probe.sender.transaction import result_of
from probe.sender.transport import TransportName
from probe.sender.transport.transcript import Recorder, RecordingTransport, offered_in
from probe.shortage import shortages

BEGINS_AFTER_S: Final = 60.0
"""A diagnosis begins this long after the refusal."""


class _LastError(Exception):
    """Ends a campaign early."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(attempt.recipient)
        self.attempt = attempt


@dataclass(frozen=True)
class SenderMeans:
    """What a sender has beside what the scenario says: other domains, names and a key, all in the lab's DNS."""

    control: str | None = None
    other_domain: str | None = None
    other_name: tuple[str, str] | None = None
    """A name for EHLO, and the address whose PTR record has it."""
    signer: Signer | None = None


@dataclass
class LabLane:
    """A lane of a scenario without books. ``truths`` are the decisions of its gateways so far.

    ``gateways`` are by their address. ``attempts`` are those of its campaigns.
    """

    scenario: Scenario
    messages: MessageBuilder
    world: World
    job: LaneJob
    clock: Clock
    gateways: Mapping[str, Gateway]
    connections: LaneConnections
    routes: Routes
    truths: list[Truth]
    faults: Faults
    recorder: Recorder = field(default_factory=Recorder)
    attempts: list[Attempt] = field(default_factory=list)
    sent: dict[str, Delivery] = field(default_factory=dict)
    offers_tls: bool = False
    last_dialogue: str = ""

    async def run(self, is_last: Callable[[Attempt], bool] = lambda _: False) -> Attempt | None:
        """Send the campaigns until a delivery has failed for good and is the last one; return its attempt.

        Without one they are sent to their end, and the clock shows when the last attempt ended.
        """
        scenario = self.scenario
        ended = self.clock.now()

        def note(attempt: Attempt, final: bool) -> None:  # noqa: FBT001
            nonlocal ended
            ended = max(ended, attempt.at + attempt.duration_s)
            self.attempts.append(attempt)
            if final and attempt.outcome != Outcome.DELIVERED and is_last(attempt):
                raise _LastError(attempt)

        def keep(transcript: Transcript) -> None:
            self.last_dialogue = transcript.dialogue
            self.offers_tls = self.offers_tls or "STARTTLS" in offered_in(transcript.dialogue)

        lane = Lane(
            name=self.job.name,
            reach=lambda to: RecordingTransport(self.connections.reach(to), self.recorder),
            routes=self.routes,
            sender=scenario.sender,
            messages=self.messages,
            clock=self.clock,
            round_trip_s=scenario.sender.round_trip,
            write=_ignore,
            note=note,
            recorder=self.recorder,
            keep=keep,
        )
        try:
            await lane.run(self.noted(self.job.transactions(scenario, self.job.directories())))
        except _LastError as last:
            return last.attempt
        finally:
            self.faults.raise_first()
        await self.clock.until(ended)
        return None

    def noted(self, transactions: Iterable[Transaction]) -> Iterator[Transaction]:
        """Yield transactions, and remember what is sent to whom."""
        for transaction in transactions:
            self.sent.update((each.recipient.lower(), each) for each in transaction)
            yield transaction


@dataclass
class Lab:
    """A gateway just after it has refused a recipient."""

    lane: LabLane
    attempt: Attempt
    extra: SenderMeans
    exchangers: tuple[Exchanger, ...]
    dialogue: str
    earlier: Sequence[tuple[Experiment, Observed]] = ()
    apart: bool = False
    """Experiments have return-paths of their own, so that books can tell them from deliveries."""

    def __post_init__(self) -> None:
        self._made = 0
        self._rng = random.Random(f"{self.scenario.seed}:{self.recipient}:diagnosis")  # noqa: S311 - repeatable

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.lane.scenario

    @property
    def recipient(self) -> str:
        """The recipient that was refused."""
        return self.attempt.recipient

    @property
    def first(self) -> Observed:
        """The refusal."""
        last = self.attempt
        return Observed(result_of(last), last.at, self.dialogue, last.local_address, last.return_path, last.recipient)

    @property
    def history(self) -> str:
        """What came of earlier attempts at the gateway."""
        by_then = (each for each in self.lane.attempts if each.seq <= self.attempt.seq)
        *earlier, last = (Earlier(each.recipient, result_of(each)) for each in by_then)
        return told_by(earlier, last)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the message, as they are left out by experiments."""
        return parts_of(self._plain(self.recipient))

    @property
    def means(self) -> frozenset[str]:
        """Which experiments can be made."""
        sender = self.scenario.sender
        content = self._content(Conditions(), self.recipient, sender.return_path)
        can = {
            "control": True,
            "random": True,
            "domain": self.extra.other_domain is not None,
            "name": self.extra.other_name is not None,
            "dkim": self.extra.signer is not None and sender.dkim is None,
            "tls": self.lane.offers_tls and sender.tls == "none",
            "exchanger": len(self.exchangers) > 1,
            "size": self.attempt.stage == Stage.MAIL and " SIZE=" in self.dialogue,
        }
        found = {name for name, possible in can.items() if possible}
        return frozenset(found | {*address_means(self._source), *content_means(content)})

    async def carry_out(self, experiment: Experiment) -> Observed:
        """Wait as long as an experiment does, and hold its dialogue."""
        self.lane.clock.pass_by(experiment.conditions.wait_s or BEGINS_AFTER_S)
        return await self.ask(experiment)

    async def ask(self, experiment: Experiment) -> Observed:
        """Hold the dialogue of an experiment now."""
        conditions = experiment.conditions
        self._made += 1
        at = self.lane.clock.now()
        plan = self._plan(conditions)
        exchanger = self.exchanger_of(experiment)
        scenario = self.scenario
        self.lane.recorder.take()
        transport = RecordingTransport(self.lane.connections.reach(exchanger), self.lane.recorder)
        result = await hold(plan, transport, lambda: self.lane.clock.pass_by(scenario.sender.round_trip))
        self.lane.faults.raise_first()
        dialogue = self.lane.recorder.take()
        return Observed(result, at, dialogue, plan.source, plan.return_path, plan.recipients[-1])

    @property
    def depth(self) -> Depth:
        """How far dialogues go."""
        return Depth.of(Stage(self.attempt.stage))

    def exchanger_of(self, experiment: Experiment) -> Exchanger:
        """Return the exchanger that an experiment asks."""
        return self.exchangers[min(experiment.conditions.exchanger, len(self.exchangers) - 1)]

    def _plan(self, conditions: Conditions) -> DialoguePlan:
        sender = self.scenario.sender
        domain = domain_of(self.recipient)
        control = self.extra.control or f"postmaster@{domain}"
        about = named(conditions.recipient, self.recipient, control, f"{self._rng.getrandbits(60):x}@{domain}")
        helo, source = sender.helo, self._source(conditions.source) or self.attempt.local_address
        if conditions.other_name and self.extra.other_name is not None:
            helo, source = self.extra.other_name
        return_domain = sender.return_path
        if conditions.other_domain and self.extra.other_domain is not None:
            return_domain = self.extra.other_domain
        content = self._content(conditions, about, return_domain)
        return DialoguePlan(
            source=source,
            helo=helo,
            return_path=self._return_path(about, return_domain),
            recipients=[*[control] * conditions.recipients_beside, about],
            content=content if self.depth is Depth.CONTENT else None,
            size=len(content),
            before=conditions.transactions_before,
            tls="must" if conditions.tls else sender.tls,
        )

    def _return_path(self, about: str, domain: str) -> str:
        """Return that of the refused dialogue for the same recipient: to a greylist, another one is another message."""
        if self.apart:
            return verp.encode(EXPERIMENTS, about, domain)
        if about == self.recipient and self.attempt.return_path:
            return self.attempt.return_path.rpartition("@")[0] + "@" + domain
        return verp.encode(self.attempt.campaign, about, domain)

    def _source(self, wanted: Source) -> str | None:
        """Return an address of ours, None if we have no such address."""
        return address_of(wanted, self.attempt.local_address, [ip.address for ip in self.scenario.sender.ips])

    def _content(self, conditions: Conditions, about: str, return_domain: str) -> bytes:
        content = changed(self._plain(about), conditions)
        if conditions.other_domain:
            content = from_domain(content, return_domain)
        signer = self.lane.messages.signer or (self.extra.signer if conditions.signed else None)
        return content if signer is None else signer.sign(content)

    def _plain(self, about: str) -> bytes:
        """Return the campaign's message, not signed."""
        delivery = self.lane.sent[self.recipient.lower()]._replace(recipient=about)
        messages = replace(self.lane.messages, signer=None)
        return messages.content(delivery, self._message_id(), self.lane.clock.now())

    def _message_id(self) -> str:
        return f"<diagnosis.{self._made}@{self.scenario.sender.helo}>"


@asynccontextmanager
async def open_lane(prepared: PreparedScenario, job: LaneJob, transport: TransportName) -> AsyncIterator[LabLane]:
    """Open the gateways of a lane. They offer STARTTLS if their vendors do."""
    scenario = prepared.loaded.scenario
    clock = VirtualClock(scenario.starts.timestamp())
    truths: list[Truth] = []
    companies = job.population.companies
    gateways = build_gateways(
        companies, job.directories(), scenario, clock, write=truths.append, post=_ignore, engage=_ignore
    )
    with_tls = scenario.model_copy(update={"sender": scenario.sender.model_copy(update={"tls": "may"})})
    context = LaneContext(
        scenario=with_tls,
        world=prepared.world,
        companies=companies,
        gateways=gateways,
        clock=clock,
        joiner=ReturnJoiner(job.name, _ignore),
    )
    async with connect_lane(context, transport) as connections:
        routes = Routes(connections.ask, f"{scenario.seed}:{job.name}:routes")
        faults = Faults()
        asyncio.get_running_loop().set_exception_handler(faults.note)
        yield LabLane(
            scenario, prepared.messages, prepared.world, job, clock, gateways, connections, routes, truths, faults
        )


@asynccontextmanager
async def open_lab(
    prepared: PreparedScenario, recipient: str, transport: TransportName, extra: SenderMeans
) -> AsyncIterator[Lab]:
    """Send the campaign of the recipient's gateway until the recipient is refused, and yield the gateway then.

    Raises InputError if no campaign goes to the recipient, or if it is never refused.
    """
    async with open_lane(prepared, lane_of(prepared, recipient), transport) as lane:
        attempt = await lane.run(lambda attempt: attempt.recipient.lower() == recipient.lower())
        if attempt is None:
            problem = "was never refused for good" if recipient.lower() in lane.sent else "is in no campaign"
            raise InputError(f"--recipient {recipient}", problem, "name one that was refused in an SMTP dialogue")
        lab = await lab_of(lane, attempt, extra, lane.last_dialogue)
        if lab is None:
            problem = "has no mail server, so there is no gateway to ask"
            raise InputError(f"--recipient {recipient}", problem, "name another recipient")
        yield lab


async def lab_of(lane: LabLane, attempt: Attempt, extra: SenderMeans, dialogue: str = "") -> Lab | None:
    """Return the gateway that has refused a recipient, None if there is none."""
    way = await lane.routes.to(domain_of(attempt.recipient), lane.clock.now())
    if not way.exchangers:
        return None
    # That which refused comes first.
    exchangers = sorted(way.exchangers, key=lambda each: each.address != attempt.mx_address)
    return Lab(lane=lane, attempt=attempt, extra=extra, exchangers=tuple(exchangers), dialogue=dialogue)


def lane_of(prepared: PreparedScenario, recipient: str) -> LaneJob:
    """Return the lane of a recipient; raises InputError if there is none."""
    domain = domain_of(recipient).lower()
    for job in plan_lanes(prepared):
        if any(domain in company.domains for company in job.population.companies):
            return job
    raise InputError(
        f"--recipient {recipient}", f"no gateway of the scenario takes mail for {domain}", "check the domain"
    )


def _ignore(row: object) -> None:
    """Keep nothing: a diagnosis has no books."""


def diagnose_prepared(
    prepared: PreparedScenario, recipient: str, transport: TransportName, extra: SenderMeans, budget: Budget
) -> Diagnosis:
    """Diagnose a recipient of a prepared scenario; raises InputError, also for what it cannot diagnose."""
    require_simulated(prepared, transport)
    with shortages():
        event_loop.run(require_scanners(prepared, ()))
        return event_loop.run(diagnose_in_lab(prepared, recipient, transport, extra, budget))


def require_simulated(prepared: PreparedScenario, transport: TransportName) -> None:
    """Raise InputError for a scenario with real servers or real time, or with addresses beyond loopback."""
    scenario = prepared.loaded.scenario
    if scenario.is_foreign or scenario.clock != "virtual":
        problem = "has real servers or real time, and diagnose works with simulated gateways only"
        raise InputError(prepared.loaded.path, problem, "choose a scenario without them")
    if transport == "tcp":
        for address in prepared.addresses:
            require_inside(address, ())


async def diagnose_in_lab(
    prepared: PreparedScenario, recipient: str, transport: TransportName, extra: SenderMeans, budget: Budget
) -> Diagnosis:
    """Send the campaign until the recipient is refused, and find out why; raises InputError."""
    async with open_lab(prepared, recipient, transport, extra) as lab:
        return await diagnose_target(lab, shipped(), budget)
