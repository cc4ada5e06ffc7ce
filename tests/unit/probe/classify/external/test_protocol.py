"""What is asked of classifiers in other processes: all that a sender knows, by the schema, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

from asked_about import evidence
from book_rows import STARTS, attempt, refused
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from fake_gateways.truth import Cause
from probe.classify import Evidence
from probe.classify.evidence import Diagnosed, Opened
from probe.classify.external.protocol import (
    End,
    Request,
    RequestAttempt,
    RequestOpened,
    RequestReturned,
    end,
    line,
    request,
    schema,
)
from probe.records.attempt import Attempt
from probe.records.returned import Returned

HOME = Returned("acme", 1, STARTS + 60, "b+1@sender.example", "news", "ann@acme.example", "report", "failed", "5.1.1",
                550, "unknown", "<1@sender.example>", "return-path", "")  # fmt: skip
PAST = Evidence("ann@acme.example", (attempt(campaign="offer"),), (HOME._replace(campaign="offer"),))
ANN = Evidence(
    "ann@acme.example",
    (refused(code=451, text="later"), attempt(number=2)),
    (HOME,),
    (PAST, Evidence("ann@acme.example", (attempt(campaign="minutes"),), before=(PAST,))),
    (Opened(STARTS - 60, "opened", "<0@sender.example>"),),
)


def test_a_request_holds_what_the_sender_knows() -> None:
    asked = json.loads(line(request(ANN)))
    assert (asked["schema"], asked["campaign"], asked["recipient"]) == (1, "news", "ann@acme.example")
    assert asked["bounced"] is True
    assert asked["heard"] == {"code": 550, "enhanced": "5.1.1", "text": "unknown"}  # the report's word, not the reply's
    assert [each["code"] for each in asked["attempts"]] == [451, 250]
    assert asked["returned"][0]["at"] == STARTS + 60
    assert asked["opened"] == [{"at": STARTS - 60, "kind": "opened", "message_id": "<0@sender.example>"}]


def test_a_diagnosis_is_told_if_there_is_one() -> None:
    assert "diagnosis" not in request(ANN)
    asked = json.loads(line(request(replace(ANN, diagnosis=Diagnosed({Cause.CONTENT: 0.9}, 0.8, asked=True, at=1.5)))))
    assert asked["diagnosis"] == {"causes": {"content": 0.9}, "alive": 0.8, "asked": True, "at": 1.5}
    TypeAdapter(Request).validate_json(json.dumps(asked))


def test_each_earlier_campaign_is_listed_once() -> None:
    past: tuple[Evidence, ...] = ()
    for number in range(60):
        past = (*past, Evidence("ann@acme.example", (attempt(campaign=f"c{number}"),), before=past))
    asked = request(past[-1])
    assert [each["campaign"] for each in asked["before"]] == [f"c{number}" for number in range(59)]
    assert len(line(asked)) < 60_000


def test_requests_follow_the_schema() -> None:
    for each in (ANN, PAST, evidence("bob@acme.example")):
        Request.model_validate_json(line(request(each)), strict=True)
    End.model_validate_json(end("news"), strict=True)


def test_a_request_has_every_column_except_internal_ones() -> None:
    told, known = set(RequestAttempt.model_fields), set(Attempt._fields)
    assert known - told == {"lane", "seq", "local_port", "campaign", "recipient"}
    assert set(Returned._fields) - set(RequestReturned.model_fields) == {
        "lane",
        "seq",
        "return_path",
        "campaign",
        "recipient",
    }
    assert set(RequestOpened.model_fields) == set(Opened._fields)
    assert told <= known


def test_the_schema_describes_requests_the_end_and_answers() -> None:
    found = schema()
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert [each["$ref"].rpartition("/")[2] for each in found["anyOf"]] == ["Request", "End", "Answer"]
    assert set(found["$defs"]["Answer"]["properties"]) == {
        "campaign", "recipient", "cause", "system", "class", "alive", "confidence", "advice", "reason",
    }  # fmt: skip
    assert found["$defs"]["Answer"]["required"] == ["campaign", "recipient"]
    assert set(found["$defs"]["Cause"]["enum"]) == set(Cause)


@given(st.text())
def test_any_text_becomes_one_line_of_ascii_that_decodes_to_it(text: str) -> None:
    told = line(request(Evidence("ann@acme.example", (refused(text=text),))))
    assert told.isascii()
    assert told.count(b"\n") == 1
    assert json.loads(told)["heard"]["text"] == text


def test_an_adapter_of_the_models_reads_requests() -> None:
    adapter: TypeAdapter[Request | End] = TypeAdapter(Request | End)
    assert isinstance(adapter.validate_json(end("news")), End)
    assert isinstance(adapter.validate_json(line(request(ANN))), Request)
