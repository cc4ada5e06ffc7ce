"""The report about mail that another system sent to ``serve``: nothing is nameless, however little its log says."""

from __future__ import annotations

import csv
import re
import smtplib
from pathlib import Path
from typing import Final

import pytest
import small_scenario
from deadline import DEADLINE_S
from fivefifty_command import PASSED, fivefifty
from serve_process import serving
from small_scenario import bent

STRANGER: Final = "nobody@{domain}"


@pytest.fixture
def sent(tmp_path: Path) -> list[tuple[str, int, str]]:
    """Serve a scenario into the folder ``run``, mail its recipients and a stranger, return their replies."""
    scenario = small_scenario.write(tmp_path, bent('persona = "proofpoint"', 'persona = "cisco-esa"'))
    run, replies = tmp_path / "run", []
    with serving(scenario, run) as served:
        table = (run / "postfix_transport").read_text("utf-8")
        domain, address = re.findall(r"^(\S+) smtp:\[(.*?)\]", table, re.MULTILINE)[0]
        with (run / "recipients.csv").open(encoding="utf-8", newline="") as file:
            people = [row[0] for row in csv.reader(file) if row[0].endswith(f"@{domain}")]
        for recipient in (*people[:4], STRANGER.format(domain=domain)):
            with smtplib.SMTP(address, served.port, "me.example", timeout=DEADLINE_S) as client:
                client.ehlo()
                client.mail("news@shop.example")
                code, text = client.rcpt(recipient)
                if code < 400:
                    code, text = client.data("Subject: Hello\r\n\r\nHello\r\n")
            replies.append((recipient, code, text.decode()))
    return replies


@pytest.mark.parametrize("columns", [("recipient", "event"), ("recipient", "event", "reply")], ids=["bare", "replies"])
def test_rows_charts_and_histories_name_what_they_are_about(
    sent: list[tuple[str, int, str]], columns: tuple[str, ...], tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    with log.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(columns)
        for recipient, code, text in sent:
            event = "delivered" if code < 400 else "bounce"
            table.writerow((recipient, event, f"{code} {text}")[: len(columns)])
    done = fivefifty("check", tmp_path / "run", "--reported", log, "--format", "csv")
    assert done.returncode == PASSED, done.stderr
    page = (tmp_path / "run" / "report.html").read_text("utf-8")
    tables, _, rest = page.partition('<script type="application/json"')
    for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", tables):
        assert re.sub(r"<[^>]*>", "", cell).strip(), "a cell says nothing"
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', rest.partition("</script>")[0])
    assert "nobody@" in page
    for text in (*texts, *re.findall(r"<bdi>(.*?)</bdi>", tables), *done.stdout.splitlines()):
        assert not re.search(r"\(\)|\[\]| at :|^/|^,|, *$|None|1970-|(\b\d{3} )\1", text), text
