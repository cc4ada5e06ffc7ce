"""Generated names: companies' domains and people's addresses, from short word lists of our own."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_FIRST: Final = (
    "alder amber aspen atlas beacon birch bright cedar clear coast copper crest delta ember falcon field forge granite "
    "harbor haven hazel heron iron juniper lark linden maple meridian mill north oak orchard pine prairie quarry river "
    "rowan sable sierra silver slate spruce stone summit tern thorn timber vale verity willow"
).split()


_SECOND: Final = (
    "analytics bank biotech capital care components consulting controls design dynamics energy engineering finance "
    "foods freight group health holdings industries instruments insurance labs legal logistics machines materials "
    "media medical metals motors networks optics partners pharma plastics power press retail robotics security "
    "shipping software steel supply systems textiles trading transport utilities works"
).split()


def made_up_domains(seed: int) -> Iterator[str]:
    """Yield company domains under the reserved .example (RFC 2606), in an order that depends on the seed."""
    pairs = [f"{first}-{second}.example" for first in _FIRST for second in _SECOND]
    random.Random(f"{seed}:domains").shuffle(pairs)  # noqa: S311 - a simulation must be repeatable
    yield from pairs
    for number in range(2, 100):
        yield from (pair.replace(".", f"{number}.", 1) for pair in pairs)


def invent(count: int, domains: Sequence[str], taken: Iterable[str], rng: random.Random) -> Iterator[str]:
    """Yield distinct addresses made of given and family name, in one of the usual company formats."""
    used = set(taken)
    namesakes: dict[str, int] = {}
    habit = rng.choice(_HABITS)
    for _ in range(count):
        given, family = rng.choice(_GIVEN), rng.choice(FAMILY_NAMES)
        local = habit.format(g=given, i=given[0], f=family)
        domain = rng.choice(domains)
        address = f"{local}@{domain}"
        if address in used:
            number = namesakes.get(address, 2)
            while (numbered := f"{local}{number}@{domain}") in used:
                number += 1
            namesakes[address] = number + 1
            address = numbered
        used.add(address)
        yield address


_HABITS = ("{g}.{f}", "{i}{f}", "{i}.{f}", "{g}_{f}", "{f}.{g}", "{g}{f}")


_GIVEN = tuple(
    "adam alice amir ana andrea anna anton ben bianca carlos carmen chloe clara daniel david diana elena eli emma "
    "erik eva fatima felix fiona frank george greta hannah hugo ian ines irina isaac jack jana jonas julia karim "
    "kate lara leon lena lisa louis lucas magda marco maria mark marta max mei mila mira nadia nina noah nora olga "
    "oliver omar oscar paul petra pia priya rafael raj rosa ruth samir sara sofia stefan tanja theo thomas tim tina "
    "tom ursula vera victor wei yara yusuf zoe".split()
)


FAMILY_NAMES = tuple(
    "abbott adler ahmed alvarez andersen baker bauer becker bell berg bianchi blake bond brandt brooks carter chen "
    "clark cohen costa cruz dahl diaz dubois duarte eklund engel evans farkas fischer ford foster frank garcia gray "
    "gruber haas hansen hayes hill hofer horvat hughes ivanov jensen jones kaiser kelly khan kim klein koch kovacs "
    "kumar lang larsen lee lehmann lopez lund marino martin mehta meyer miller moreau morris nagy nielsen novak ortiz "
    "park patel peters popov price quinn ramos reed rossi russo sanchez sato schmid silva singh smith sousa stone "
    "tanaka torres varga vogel wagner walsh wang weber west winter wolf wood yang young zeller".split()
)
