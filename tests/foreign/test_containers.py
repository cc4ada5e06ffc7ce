"""The images, built and run: as nobody in particular, without a network, on a system that cannot be written to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest
from container_engine import MODEST, ROOT, build, podman, require_images
from deadline import until

pytestmark = pytest.mark.foreign

LAB: Final = "localhost/fivefifty"
POSTFIX: Final = "localhost/fivefifty-postfix"
CONFINED: Final = ("--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "all", *MODEST)
CAMPAIGN: Final = ("-v", f"{ROOT / 'probe' / 'starter_kit' / 'files'}:/campaign:ro")
PROJECT: Final = "fivefifty-tried"


@pytest.fixture(scope="module")
def image() -> dict[str, Any]:
    """Build the image and return what it says of itself."""
    build(LAB, require_images(), "-f", "docker/Dockerfile", "--build-arg", "VERSION=0.1.0", ".")
    (said,) = json.loads(podman("image", "inspect", LAB).stdout)
    return dict(said)


def test_the_image_says_what_it_is_and_runs_as_nobody_in_particular(image: dict[str, Any]) -> None:
    config = image["Config"]
    assert config["User"] == "550"
    assert config["Labels"]["org.opencontainers.image.title"] == "fivefifty"
    assert config["Labels"]["org.opencontainers.image.version"] == "0.1.0"
    assert config["Labels"]["org.opencontainers.image.base.name"] == os.environ["FIVEFIFTY_BASE_IMAGE"]
    assert "5300" in image["Healthcheck"]["Test"][-1]


def test_what_built_it_stayed_behind(image: dict[str, Any]) -> None:
    found = podman(
        "run", *CONFINED, "--entrypoint", "sh", LAB, "-c", "command -v gcc cc make pip; ls /src /wheels /tools"
    )
    assert found.stdout == ""


def test_a_campaign_runs_over_sockets_with_nothing_but_loopback_and_a_temporary_folder(image: dict[str, Any]) -> None:
    done = podman("run", *CONFINED, *CAMPAIGN, LAB, "run", "/campaign/scenario.toml", "--out", "/tmp/run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Of 200 recipients, ")


def test_the_shipped_scenarios_run_by_their_names(image: dict[str, Any]) -> None:
    done = podman("run", *CONFINED, LAB, "run", "listing_lifted", "--transport", "memory", "--out", "/tmp/run")
    assert done.returncode == 0, done.stderr
    assert "gate passed" in done.stdout


BROKEN_AND_MENDED: Final = """\
fivefifty init /tmp/theirs >/tmp/told && cd /tmp/theirs
judge() {
    fivefifty run bounces/scenario.toml --transport memory --baseline bounces/baseline.toml >/tmp/told &&
        echo green || echo red
}
judge
cp bounces/bounce-rules.toml /tmp/rules && sed -i 's/"end-of-data"/"ehlo"/' bounces/bounce-rules.toml
judge
cp /tmp/rules bounces/bounce-rules.toml
judge
"""


def test_a_starting_set_goes_from_green_to_red_and_back_in_a_container(image: dict[str, Any]) -> None:
    done = podman("run", *CONFINED, "--entrypoint", "sh", LAB, "-euc", BROKEN_AND_MENDED)
    assert (done.stdout.split(), done.stderr) == (["green", "red", "green"], "")


def test_a_folder_that_cannot_be_written_is_one_sentence(image: dict[str, Any]) -> None:
    done = podman("run", *CONFINED, *CAMPAIGN, LAB, "run", "/campaign/scenario.toml", "--out", "/campaign/run")
    assert done.returncode == 2
    assert done.stderr.startswith("fivefifty: ")
    assert "Traceback" not in done.stderr


def test_it_is_healthy_when_its_gateways_are_there_and_ends_when_it_is_stopped(image: dict[str, Any]) -> None:
    options = [each for each in CONFINED if each not in {"--rm", "--no-healthcheck"}]
    name = f"{PROJECT}-serving"
    started = podman(
        "run", "-d", "--name", name, *options, *CAMPAIGN, LAB, "serve", "/campaign/scenario.toml", "--out=/tmp/run"
    )
    try:
        assert started.stdout, started.stderr
        until(lambda: podman("healthcheck", "run", name).returncode == 0, told=lambda: podman("logs", name))
        assert "ready; Ctrl-C ends it" in podman("logs", name).stdout
        assert podman("stop", "-t", "250", name).returncode == 0
        (state,) = json.loads(podman("inspect", name).stdout)
        assert state["State"]["ExitCode"] == 0  # whom nobody listened to would have been killed: 137
        assert " decisions are in " in podman("logs", name).stdout
    finally:
        podman("rm", "-f", "-t", "0", name)


@pytest.fixture(scope="module")
def compose(image: dict[str, Any]) -> Iterator[list[str]]:
    """Build the Postfix as well, and return the command that acts on compose.yaml; whatever it made goes afterwards."""
    program = shutil.which("podman-compose")
    if program is None:
        pytest.skip("podman-compose is not installed (PyPI package podman-compose)")
    build(POSTFIX, require_images(), "docker/postfix")
    command = [
        program,
        "-p",
        PROJECT,
        f"--podman-run-args={' '.join(MODEST)}",
        "-f",
        str(ROOT / "docker" / "compose.yaml"),
    ]
    yield command
    subprocess.run([*command, "down", "-v", "-t", "0"], check=False, capture_output=True, timeout=300)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, check=False, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=300
    )


def test_a_postfix_in_a_container_of_its_own_sends_the_campaign_and_is_judged(compose: list[str]) -> None:
    # What `docker compose run judge` does by itself: podman-compose does not wait for those that it depends on.
    started = run(*compose, "up", "-d", "lab", "postfix")
    assert started.returncode == 0, started.stderr
    ended = podman("wait", f"{PROJECT}_postfix_1", f"{PROJECT}_lab_1").stdout.split()
    told = podman("logs", f"{PROJECT}_postfix_1")
    assert ended == ["0", "0"], told
    assert "postfix: handed over 200 messages\n" in told.stdout
    judged = run(*compose, "run", "--rm", "--no-deps", "-T", "judge")
    assert judged.returncode == 0, judged
    assert "gate passed  recipients = 200  (bound: >= 1)" in judged.stdout
    assert "about nobody in the books" not in judged.stdout
    assert "of whom nothing was reported" not in judged.stdout
    report = Path(podman("volume", "inspect", "-f", "{{.Mountpoint}}", f"{PROJECT}_report").stdout.strip())
    suite = ET.parse(report / "report.xml").getroot()[0]
    assert (suite.get("name"), suite.get("failures")) == ("newsletter", "0")
    assert (report / "summary.md").read_text("utf-8").startswith("### `newsletter`: passed\n")
    runs = Path(podman("volume", "inspect", "-f", "{{.Mountpoint}}", f"{PROJECT}_runs").stdout.strip())
    card = json.loads((runs / "campaign" / "scorecard.json").read_text("utf-8"))
    # Postfix repeats what the gateways said: whoever believes it suppresses the living.
    assert (
        card["classifiers"]["reported"]["wrongly_suppressed"] == card["truth"]["by_cause"]["content"]["disguised"] > 30
    )
    assert card["classifiers"]["always-keep"]["wrongly_suppressed"] == 0
