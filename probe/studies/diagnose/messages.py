"""The messages of generated gateways: any kind of message, whatever the gateway refuses."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.policies.virus import EICAR

_SUBJECTS: Final = (
    "Minutes of Thursday",
    "Your order",
    "News in March",
    "Last chance: FREE offer, act now",
    "Our prices",
)
_SENTENCES: Final = (
    "Here are the minutes of our last meeting.",
    "The next date is the second Tuesday in April.",
    "Our office moves to the third floor.",
    "Please find the figures of the quarter below.",
    "A limited offer for everybody who orders early.",
    "Click here for 100 % free samples, without obligation.",
    "We would like to hear what you think of it.",
    "The workshop takes place in the large hall.",
)
_FILES: Final = (
    "form.pdf",
    "prices.xlsx",
    "photo.jpg",
    "terms.docx",
    "setup.exe",
    "report.docm",
    "plans.zip",
    "menu.js",
)
_SITES: Final = ("news.sender.example", "shop.sender.example", "track.mailer.example", "photos.example")
_LINE: Final = "All of these are in stock, and we send them on the day of the order. " * 4
_MARK: Final = "b0undary"


@dataclass
class Message:
    """A message while it is drawn."""

    subject: str
    paragraphs: list[str]
    links: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    markup: bool = False
    pixel: bool = False
    infected: bool = False
    filled_with: int = 0
    signed: bool = False

    def render(self) -> bytes:
        """Return the message file."""
        head = f"From: News <news@sender.example>\nSubject: {self.subject}\nMIME-Version: 1.0\n"
        text = f"Content-Type: text/{'html' if self.markup else 'plain'}; charset=utf-8\n\n{self._body()}"
        if not self.files:
            return (head + text).encode()
        attached = "".join(f"--{_MARK}\n{self._attached(number, name)}" for number, name in enumerate(self.files))
        kind = f'Content-Type: multipart/mixed; boundary="{_MARK}"\n\n'
        return f"{head}{kind}--{_MARK}\n{text}\n{attached}--{_MARK}--\n".encode()

    def _body(self) -> str:
        paragraphs = ["Hello {{given_name}},", *self.paragraphs]
        paragraphs += [f"The list goes on. {_LINE}{number}." for number in range(self.filled_with)]
        if not self.markup:
            return "\n\n".join([*paragraphs, *self.links]) + "\n"
        links = [f'<p><a href="{link}">more</a></p>' for link in self.links]
        pixel = ['<img src="https://track.mailer.example/o.gif" width="1" height="1">'] if self.pixel else []
        return "\n".join([*(f"<p>{each}</p>" for each in paragraphs), *links, *pixel]) + "\n"

    def _attached(self, number: int, name: str) -> str:
        octets = EICAR if self.infected and not number else f"The file {name}.".encode()
        return (
            f'Content-Type: application/octet-stream; name="{name}"\n'
            f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
            f"{base64.b64encode(octets).decode()}\n"
        )


def draw_message(rng: random.Random) -> Message:
    """Return a message: plain or a newsletter with links, with attachments or without, large, signed, infected."""
    markup = rng.random() < 0.5
    message = Message(
        subject=rng.choice(_SUBJECTS),
        paragraphs=rng.sample(_SENTENCES, rng.randint(1, 5)),
        markup=markup,
        pixel=markup and rng.random() < 0.6,
        filled_with=rng.choice([0, 0, 0, 20]),
        signed=rng.random() < 0.3,
    )
    for _ in range(rng.randint(1, 5) if markup else rng.choice([0, 0, 1, 2])):
        add_link(message, rng)
    if rng.random() < 0.4:
        message.files = rng.sample(_FILES, rng.randint(1, 3))
        message.infected = rng.random() < 0.1
    return message


def add_link(message: Message, rng: random.Random) -> str:
    """Add a link to a message, and return the name of its site."""
    site = rng.choice(_SITES)
    query = rng.choice(["", "?utm_source=news", f"?c={rng.randint(1, 999)}"])
    message.links.append(f"https://{site}/{rng.randint(1, 9999)}{query}")
    return site


def add_file(message: Message, rng: random.Random) -> str:
    """Return the name of an attachment; one is added if there is none."""
    message.files = message.files or [rng.choice(_FILES)]
    return rng.choice(message.files)
