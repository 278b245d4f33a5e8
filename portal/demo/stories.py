"""The texts of the seeded world, read from `texts/*.txt`.

A story is one matter that a clerk raises: what is asked, answered, asked again, closed, and which document may be
missing. In the files, a line that begins with `@` opens a part, followed by the codes of the files that go with it
(`@opening arret salaire`); `@ask` is followed by the name of the awaited document. `[a|b]` is one of the two, drawn
each time; `{salarie}` is replaced by what the conversation is about. Plain spaces are enough: `typeset` does the rest.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from random import Random
from typing import Final

from portal.demo.french import capital, typeset

_THEMES: Final = ("prevoyance", "salaries", "sante", "cotisations", "contrat", "espace")
_CHOICE: Final = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")

PARTS: Final = ("opening", "answer", "follow", "closing", "ask", "sent")


@dataclass(frozen=True, slots=True)
class Part:
    """What one message says, and the kinds of files that go with it."""

    text: str
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """`document` is the label of what may be awaited. `grave`: no small talk. `woman`: the employee is one."""

    topic: str
    subject: str
    document: str
    parts: Mapping[str, Part]
    grave: bool = False
    woman: bool = False


@dataclass(frozen=True, slots=True)
class Manners:
    """Greetings and endings by name of their pool (`clerk.first`), and exchanges: what the adviser says, what the clerk
    answers."""

    pools: Mapping[str, tuple[str, ...]]
    first: tuple[tuple[str, str], ...]
    next: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Library:
    """All that can be said: stories by topic code."""

    stories: Mapping[str, tuple[Story, ...]]
    manners: Manners


def read() -> Library:
    """The texts that come with the portal."""
    stories: dict[str, list[Story]] = {}
    for theme in _THEMES:
        for story in parsed(_text(theme)):
            stories.setdefault(story.topic, []).append(story)
    return Library({topic: tuple(told) for topic, told in stories.items()}, _manners("manners"))


def render(template: str, values: Mapping[str, str], dice: Random) -> str:
    """The template with its alternatives drawn and its values filled in; sentences begin with a capital."""
    drawn = _CHOICE.sub(lambda found: dice.choice(found[1].split("|")), template) if "[" in template else template
    return capital(drawn.format_map(values))


def pools(name: str) -> dict[str, tuple[str, ...]]:
    """The pools of one file: their lines."""
    return {rest: tuple(body.splitlines()) for mark, rest, body in _blocks(_text(name)) if mark == "pool"}


def chapters(name: str) -> tuple[tuple[str, str], ...]:
    """The chapters of one file: (title, paragraph)."""
    return tuple((rest, body) for mark, rest, body in _blocks(_text(name)) if mark == "chapter")


def _text(name: str) -> str:
    return (files("portal.demo") / "texts" / f"{name}.txt").read_text("utf-8")


def _blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """(mark, what follows it on its line, the lines below) for each line that begins with `@`."""
    for block in re.split(r"(?m)^@", text)[1:]:
        head, _, body = block.partition("\n")
        mark, _, rest = head.partition(" ")
        kept = [line for line in body.splitlines() if line and not line.startswith("#")]
        yield mark, typeset(rest.strip()), typeset("\n".join(kept))


@dataclass(slots=True)
class _Told:
    """A story being read."""

    topic: str
    subject: str = ""
    document: str = ""
    marks: set[str] = field(default_factory=set)
    parts: dict[str, Part] = field(default_factory=dict)

    def story(self) -> Story:
        if not self.subject or not self.document or set(self.parts) != set(PARTS):
            raise ValueError(f"a story of {self.topic} is not whole: {self.subject}")
        return Story(
            self.topic,
            self.subject,
            self.document,
            self.parts,
            grave="grave" in self.marks,
            woman="woman" in self.marks,
        )


def parsed(text: str) -> Iterator[Story]:
    """The stories of one file. Raises `ValueError` for one that is not whole."""
    told: _Told | None = None
    for mark, rest, body in _blocks(text):
        if mark == "story":
            if told is not None:
                yield told.story()
            told = _Told(rest)
        elif told is None:
            raise ValueError(f"@{mark} stands before the first story")
        elif mark == "subject":
            told.subject = rest
        elif mark in {"grave", "woman"}:
            told.marks.add(mark)
        elif mark == "ask":
            told.document = rest
            told.parts[mark] = Part(body)
        elif mark in PARTS:
            told.parts[mark] = Part(body, tuple(rest.split()))
        else:
            raise ValueError(f"@{mark} is no part of a story")
    if told is not None:
        yield told.story()


def _manners(name: str) -> Manners:
    exchanges: dict[str, list[tuple[str, str]]] = {"first": [], "next": []}
    for mark, rest, body in _blocks(_text(name)):
        if mark == "exchange":
            adviser, clerk = body.splitlines()
            exchanges[rest].append((adviser, clerk))
    return Manners(pools(name), tuple(exchanges["first"]), tuple(exchanges["next"]))
