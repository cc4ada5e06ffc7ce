"""The parts of the simulation, in the order in which they are tried."""

from __future__ import annotations

from typing import Final

from simulation.diagnoses.part import Diagnoses
from simulation.faults.kills import Kills
from simulation.faults.nth_call import Faults
from simulation.fuzzing.part import Fuzzing
from simulation.laws.worlds_part import Worlds
from simulation.part import Part
from simulation.wire.stock_programs import Stock
from simulation.wire.worlds_on_the_wire import Wire

PARTS: Final[tuple[Part, ...]] = (Worlds(), Diagnoses(), Wire(), Stock(), Faults(), Kills(), Fuzzing())
