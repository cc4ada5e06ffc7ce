"""Experiments differ from the refused dialogue in one condition, whatever address it came from and whether over TLS."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from small_scenario import SCENARIO, bent, write

from probe.diagnose.experiments import EXPERIMENTS
from probe.input_error import InputError
from probe.lab.diagnose_lab import Lab, SenderMeans, open_lab
from probe.lab.prepare import prepare
from probe.scenario.load import load

ONE, OTHER = "127.10.0.1", "127.11.0.1"
HONEST = bent('claims = { content = "user-unknown" }\n', "", SCENARIO)


def lab_of(folder: Path, text: str, experiment: str) -> tuple[frozenset[str], str, str]:
    """Return the means of the lab of the first refused recipient, its refused dialogue, and that of an experiment."""
    prepared = prepare(load(write(folder, text)))

    async def tried() -> tuple[frozenset[str], str, str]:
        for recipient in prepared.everybody:
            try:
                async with open_lab(prepared, recipient, "memory", SenderMeans()) as lab:
                    return await _of(lab)
            except InputError:
                continue
        raise AssertionError("nobody was refused")

    async def _of(lab: Lab) -> tuple[frozenset[str], str, str]:
        return lab.means, lab.first.dialogue, (await lab.carry_out(EXPERIMENTS[experiment])).dialogue

    return asyncio.run(tried())


def test_the_usual_address_is_that_of_the_refused_attempt(tmp_path: Path) -> None:
    ips = f'{{ address = "{ONE}", share = 0.000001 }}, {{ address = "{OTHER}" }}'
    refusing = bent('type = "content"', f'type = "ip-reputation"\n  deny = ["{OTHER}/32"]\n  at = "rcpt"', HONEST)
    means, refused, again = lab_of(tmp_path, bent(f'{{ address = "{ONE}" }}', ips, refusing), "again")
    assert f"(connects from {OTHER})" in refused
    assert f"(connects from {OTHER})" in again
    assert "elsewhere" in means
    assert "neighbour" not in means


def test_a_sender_that_uses_tls_uses_it_in_experiments_too(tmp_path: Path) -> None:
    text = bent(
        'persona = "proofpoint"', 'persona = "postfix"', bent('rate = "10/1s"', 'rate = "10/1s"\ntls = "may"', HONEST)
    )
    text = bent('type = "content"', f'type = "ip-reputation"\n  deny = ["{ONE}/32"]\n  at = "rcpt"', text)
    means, refused, control = lab_of(tmp_path, text, "control")
    assert "STARTTLS" in refused
    assert "> STARTTLS" in control
    assert "tls" not in means


def test_without_tls_it_is_a_change(tmp_path: Path) -> None:
    text = bent('persona = "proofpoint"', 'persona = "postfix"', HONEST)
    text = bent('type = "content"', f'type = "ip-reputation"\n  deny = ["{ONE}/32"]\n  at = "rcpt"', text)
    means, refused, over_tls = lab_of(tmp_path, text, "over-tls")
    assert "> STARTTLS" not in refused
    assert "> STARTTLS" in over_tls
    assert "tls" in means


def test_the_same_dialogue_has_the_same_return_path_so_that_a_greylist_knows_it(tmp_path: Path) -> None:
    text = bent('persona = "proofpoint"', 'persona = "postfix"', HONEST)
    text = bent('type = "content"', f'type = "ip-reputation"\n  deny = ["{ONE}/32"]\n  at = "rcpt"', text)
    _, refused, again = lab_of(tmp_path, text, "again")
    paths = [re.findall(r"MAIL FROM:<(.*?)>", dialogue) for dialogue in (refused, again)]
    assert paths[0] == paths[1] != []
