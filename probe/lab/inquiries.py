"""Asks about refused recipients of a lane during the run, at a rate, and within a budget (``[sender.diagnose]``)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from probe.classify.context import Streaming
from probe.classify.context.reader import is_unsure
from probe.diagnose.choice import NOTHING, Budget
from probe.diagnose.diagnosis import Diagnosis, Observed
from probe.diagnose.doubtful import (
    LONGEST_WAIT_S,
    Doubt,
    Group,
    again_after,
    grouped,
    most_worth,
    rows_of,
)
from probe.diagnose.experiment import Experiment
from probe.diagnose.patterns import shipped
from probe.diagnose.target import asking_of
from probe.lab.diagnose_lab import BEGINS_AFTER_S, Lab, LabLane, SenderMeans, lab_of
from probe.lab.reconsidered import reconsidered
from probe.records.attempt import Attempt, Outcome
from probe.records.rows import Diagnosis as DiagnosisRow
from probe.records.rows import Probe
from probe.scenario.sending import Diagnose
from probe.sender.lane import Errand
from probe.sender.transport import Line, LineError, Transport

Key = tuple[str, str]
"""A campaign and a recipient."""


@dataclass
class NotedPort:
    """The port at the sender's end of the last connection."""

    number: int = 0


@dataclass(frozen=True)
class PortNotingTransport:
    """A transport that notes the port of each connection: before MAIL only that tells whose a decision is."""

    transport: Transport
    port: NotedPort

    async def connect(self, source: str, helo: str) -> Line:
        """Connect, and note the port."""
        try:
            line = await self.transport.connect(source, helo)
        except LineError as error:
            self.port.number = error.local_port
            raise
        self.port.number = line.local_port
        return line


class Inquiries:
    """Finds out about the refused recipients of whom ``context`` is unsure by what this lane has seen.

    ``later`` lets something be done at a time, ``write`` gets every experiment.
    """

    def __init__(
        self,
        lane: LabLane,
        settings: Diagnose,
        later: Callable[[float, Errand], None],
        write: Callable[[Probe], None],
    ) -> None:
        self._port = NotedPort()
        reach = lane.connections.reach
        noting = replace(lane.connections, reach=lambda to: PortNotingTransport(reach(to), self._port))
        self._lane = replace(lane, connections=noting)
        self._settings = settings
        self._budget = Budget.of(settings.experiments)
        self._later = later
        self._write = write
        self._campaigns: dict[str, Streaming] = {}
        self._refused: dict[Key, Attempt] = {}
        self._known: dict[Key, Doubt] = {}
        self._asked: dict[Key, Diagnosis] = {}
        self._labs: dict[Key, Lab] = {}
        self._made = 0
        self._spent = 0.0
        self._asking: AsyncIterator[float] | None = None

    def note(self, attempt: Attempt, *, final: bool) -> None:
        """Hear of an attempt, and whether it ends its delivery."""
        self._lane.attempts.append(attempt)
        self._campaigns.setdefault(attempt.campaign, Streaming(pooled=False)).observe(attempt)
        if final and attempt.outcome == Outcome.REFUSED:
            self._refused[attempt.campaign, attempt.recipient] = attempt
            if self._asking is None:
                self._asking = self._ask_all()
                self._later(attempt.at + attempt.duration_s + self._settings.after, self._go_on)

    def rows(self) -> list[DiagnosisRow]:
        """Return what was found out, as rows of the books."""
        found: list[DiagnosisRow] = []
        for group in self._groups():
            for member in group.members:
                lab = self._labs.get((member.attempt.campaign, member.attempt.recipient))
                if lab is not None:
                    group.asked[lab.recipient] = reconsidered(group, member, lab)
            found += rows_of(group, self._lane.job.name)
        return found

    async def _go_on(self, at: float) -> None:
        """Hold the dialogue that is due, and note when the next one is."""
        if self._asking is None:
            return
        wait_s = await anext(self._asking, None)
        if wait_s is None:
            self._asking = None
            return
        spacing = self._settings.rate.seconds / self._settings.rate.most
        self._later(at + max(wait_s, spacing, BEGINS_AFTER_S), self._go_on)

    async def _ask_all(self) -> AsyncIterator[float]:
        """Ask about one recipient after another; yield the seconds to wait before each dialogue."""
        while True:
            self._update()
            group = most_worth(self._groups())
            member = None if group is None else group.next
            budget = self._budget.rest(self._made, self._spent)
            if group is None or member is None or budget.is_spent:
                return
            attempt = member.attempt
            now = self._lane.clock.now()
            lab = await lab_of(self._lane, attempt._replace(at=now), SenderMeans())
            if lab is None:  # its domain has no mail server any more
                self._refused.pop((attempt.campaign, attempt.recipient))
                self._known.pop((attempt.campaign, attempt.recipient))
                continue
            lab.apart = True
            if group.asked:
                budget = replace(budget, longest_wait_s=LONGEST_WAIT_S)
            if not group.is_still_refused:
                yield 0.0
                again = again_after(self._lane.clock.now() - attempt.at)
                observed = await self._ask(lab, attempt, again)
                lab.earlier = [(again, observed)]
                if observed.result.outcome is Outcome.DELIVERED:
                    budget = NOTHING
            asking = asking_of(lab, shipped(), budget, expecting=group.expectation(member), of_cause=not group.asked)
            try:
                experiment = next(asking)
                while True:
                    yield experiment.conditions.wait_s
                    experiment = asking.send(await self._ask(lab, attempt, experiment))
            except StopIteration as ended:
                self._asked[attempt.campaign, attempt.recipient] = ended.value
                self._labs[attempt.campaign, attempt.recipient] = lab

    def _update(self) -> None:
        """Look at everybody who was refused, by what is known now."""
        for key, attempt in self._refused.items():
            if key in self._asked:
                continue
            reading = self._campaigns[key[0]].reading(key[1])
            if is_unsure(reading) and reading.alive is not None:
                self._known[key] = Doubt(attempt, reading.alive)
            else:
                self._known.pop(key, None)

    def _groups(self) -> list[Group]:
        groups = grouped(self._known.values())
        for group in groups:
            for member in group.members:
                found = self._asked.get((member.attempt.campaign, member.attempt.recipient))
                if found is not None:
                    group.asked[found.recipient] = found
        return groups

    async def _ask(self, lab: Lab, attempt: Attempt, experiment: Experiment) -> Observed:
        observed = await lab.ask(experiment)
        self._made += 1
        self._spent += experiment.cost(lab.depth)
        result, exchanger = observed.result, lab.exchanger_of(experiment)
        reply = result.reply
        self._write(
            Probe(
                lane=self._lane.job.name,
                seq=self._made,
                at=round(observed.at, 6),
                duration_s=round(self._lane.clock.now() - observed.at, 6),
                campaign=attempt.campaign,
                recipient=attempt.recipient,
                experiment=experiment.name,
                asked=observed.recipient,
                return_path=observed.return_path,
                mx=exchanger.host,
                mx_address=exchanger.address,
                local_address=observed.source,
                local_port=self._port.number,
                stage=result.stage,
                outcome=result.outcome,
                code=reply.code if reply else None,
                enhanced=str(reply.enhanced) if reply and reply.enhanced else None,
                text=reply.text if reply else result.text,
                failure=result.failure,
            )
        )
        return observed
