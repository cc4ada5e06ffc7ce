"""The messages of generated gateways are messages, with the parts that were drawn."""

from __future__ import annotations

import random
from email import message_from_bytes

from probe.diagnose.message_parts import Kind, parts_of
from probe.studies.diagnose.messages import add_file, add_link, draw_message


def test_a_message_has_the_parts_that_were_drawn() -> None:
    for seed in range(30):
        rng = random.Random(seed)
        message = draw_message(rng)
        site, file = add_link(message, rng), add_file(message, rng)
        content = message.render().replace(b"\n", b"\r\n")
        kinds = [part.kind for part in parts_of(content)]
        assert kinds.count(Kind.ATTACHMENT) == len(message.files)
        assert len(message.links) <= kinds.count(Kind.LINK) <= len(message.links) + 1
        assert any(part.text == file for part in parts_of(content))
        assert site.encode() in content
        read = message_from_bytes(content)
        assert [each.get_filename() for each in read.walk() if each.get_filename()] == message.files
        assert not read.defects
