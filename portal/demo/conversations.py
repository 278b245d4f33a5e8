"""Plays a story: who wrote what, when, with which files, and where it left the request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contract.catalogue import TopicRecord, Topics
from contract.portfolio import Right
from portal.demo import forms, matters
from portal.demo.cast import Adviser, Cast, Person, Space
from portal.demo.dice import Deck, Dice
from portal.demo.matter import Matter
from portal.demo.schedule import PLOTS, SHORTER, Slot, working
from portal.demo.stories import Library, Story, render

_FORMER_COLLEAGUES = ("Nadine Kerbrat", "Bernard Le Dantec", "Patricia Lozac’h")
"""Authors of requests of the former space who have no account here."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `part` is what it does in its plot; `papers` are kinds of files."""

    part: str
    by_adviser: bool
    at: datetime
    text: str
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A request before it is told: what, where, by whom and when. `author` is None when she has no account here."""

    slot: Slot
    space: Space
    story: Story
    author: Person | None
    author_name: str
    adviser: Adviser
    parts: tuple[str, ...]
    moments: tuple[datetime, ...]

    @property
    def opened_at(self) -> datetime:
        return self.moments[0]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A request with its messages. `answers` are those to the form of the topic, by field code; `awaited` is the label
    of the document that was asked for, if one was."""

    plan: Plan
    topic: TopicRecord
    subject: str
    answers: Mapping[str, str]
    case: Matter
    awaited: str | None
    turns: tuple[Turn, ...]


class Playwright:
    """Makes conversations one after the other; what it deals depends on the order of the asking."""

    def __init__(self, seed: int, cast: Cast, library: Library, topics: Mapping[str, TopicRecord]) -> None:
        self._seed = seed
        self._cast = cast
        self._topics = topics
        dice = Dice(seed, "decks", cast.portfolio_id)
        self._stories = {code: Deck(told, dice) for code, told in library.stories.items()}
        self._codes = Deck([code for code in topics for _ in range(_share(code))], dice)
        self._homes = Deck([space for space in cast.homes for _ in range(3 if space.staff > 60 else 2)], dice)
        self._elsewhere = cast.elsewhere
        self._pools = {name: Deck(pool, dice) for name, pool in library.manners.pools.items()}
        self._first, self._next = Deck(library.manners.first, dice), Deck(library.manners.next, dice)

    def plan(self, slot: Slot) -> Plan:
        dice = Dice(self._seed, "plan", self._cast.portfolio_id, slot.former, slot.rank)
        space = self._space(slot, dice)
        story, author, name = self._matching(slot, space, dice)
        plot = slot.plot
        if story.grave:
            plot = SHORTER.get(plot, plot)
        if plot == "brief" and "?" in story.parts["answer"].text:
            plot = "done"
        usual = Dice("adviser", space.space_id).randrange(2)
        adviser = self._cast.advisers[usual if dice.chance(0.8) else 1 - usual]
        parts = _parts(plot)
        moments = _moments(slot.moved_at, parts, dice)
        return Plan(replace(slot, plot=plot), space, story, author, name, adviser, parts, moments)

    def play(self, plan: Plan, file_number: str) -> Conversation:
        dice = Dice(self._seed, "play", file_number)
        name = plan.author_name
        first_name, _, last_name = name.partition(" ")
        civility = "M." if first_name == "Bernard" else "Mme"
        voice = plan.author or Person("", civility, first_name, last_name, "")
        case = matters.matter(
            dice,
            plan.story,
            plan.space,
            matters.Names(name, self._colleague(plan, dice), plan.adviser.name, file_number),
            plan.opened_at.date(),
        )
        values = matters.Words(case, voice, plan.adviser)
        subject = render(plan.story.subject, values, dice)
        speaking = _Speaking(plan, values, dice)
        turns = tuple(
            self._turn(speaking, place, part, at)
            for place, (part, at) in enumerate(zip(plan.parts, plan.moments, strict=True))
        )
        topic = self._topics[plan.story.topic]
        awaited = render(plan.story.document, values, dice) if "ask" in plan.parts else None
        answers = {} if plan.slot.former else forms.answered(topic, case, subject, dice)
        return Conversation(plan, topic, subject, answers, case, awaited, turns)

    def _space(self, slot: Slot, dice: Dice) -> Space:
        at_home = slot.recent or slot.rank < 200 or not self._elsewhere
        space = self._homes.deal() if at_home else dice.choice(self._elsewhere)
        while slot.unread and (self._cast.clerk.person_id, space.space_id) not in self._cast.rights:
            space = self._homes.deal()
        return self._cast.former_space[space.company.company_id] if slot.former else space

    def _matching(self, slot: Slot, space: Space, dice: Dice) -> tuple[Story, Person | None, str]:
        """A story, and somebody who may tell it in this space."""
        while True:
            story = self._stories[self._codes.deal()].deal()
            topic = self._topics[story.topic]
            if not story.document.startswith(slot.document):
                continue
            if slot.former and dice.chance(0.25):
                return story, None, dice.choice(_FORMER_COLLEAGUES)
            able = [(p, _TALK[place]) for place, p in enumerate(self._cast.persons) if self._may(p, space, topic)]
            if able:
                author = dice.weighted(*able)
                return story, author, author.name

    def _may(self, person: Person, space: Space, topic: TopicRecord) -> bool:
        if topic.code == Topics.BECOME_ADMINISTRATOR and person is self._cast.clerk:
            return False  # she is a plain user, and the demo shows her becoming more
        held = self._cast.rights.get((person.person_id, space.space_id), ())
        return topic.right in held and Right.CONTACT in held

    def _colleague(self, plan: Plan, dice: Dice) -> str:
        """The administrator of the space, or somebody else when she is the one who writes."""
        others = [person for person in self._cast.persons if person is not plan.author]
        key = plan.space.space_id
        for person in others:
            if Right.MAIN_ADMINISTRATOR in self._cast.rights.get((person.person_id, key), ()):
                return person.name
        return dice.choice(others).name

    def _turn(self, speaking: "_Speaking", place: int, part: str, at: datetime) -> Turn:
        by_adviser = part in _ADVISERS_PARTS
        template, papers = self._template(speaking, part)
        dice = speaking.dice
        values = speaking.values
        values.at, values.soon = at.date(), dice.randrange(3, 12)
        side = "adviser" if by_adviser else "clerk"
        first = place <= 1
        greeting = self._pools[f"{side}.{'first' if first else 'next'}"].deal() if first or dice.chance(0.6) else ""
        ending = self._pools[f"{side}.end"].deal() if first or dice.chance(0.5) else ""
        who = speaking.plan.adviser.name if by_adviser else speaking.plan.author_name
        body = [greeting, template, f"{ending}\n{who}" if ending else ""]
        return Turn(part, by_adviser, at, "\n\n".join(render(text, values, dice) for text in body if text), papers)

    def _template(self, speaking: "_Speaking", part: str) -> tuple[str, tuple[str, ...]]:
        if part == "received":
            return self._pools["adviser.received"].deal(), ()
        if part == "talk adviser":
            speaking.exchange = (self._next if speaking.exchange else self._first).deal()
            return speaking.exchange[0], ()
        if part == "talk clerk" and speaking.exchange:
            return speaking.exchange[1], ()
        told = speaking.plan.story.parts[part]
        return told.text, told.papers


@dataclass(slots=True)
class _Speaking:
    """A conversation being told. `exchange` is the small talk going on."""

    plan: Plan
    values: matters.Words
    dice: Dice
    exchange: tuple[str, str] | None = None


_ADVISERS_PARTS = frozenset({"answer", "closing", "ask", "received", "talk adviser"})

_TALK = (0.45, 0.28, 0.12, 0.15)
"""How much each person of the group writes."""


def _share(code: str) -> int:
    """How often a topic comes up."""
    theme, _, rest = code.partition(".")
    if rest in {"arret-de-travail", "indemnites", "affiliation", "radiation"}:
        return 5
    return 3 if theme in {"cotisations", "contrat"} or rest == "reprise" else 2


def _parts(plot: str) -> tuple[str, ...]:
    parts: list[str] = []
    for part in PLOTS[plot]:
        parts.extend(("talk adviser", "talk clerk") if part == "talk" else (part,))
    return tuple(parts)


def _moments(last: datetime, parts: tuple[str, ...], dice: Dice) -> tuple[datetime, ...]:
    """When each part was written, told from the last one back."""
    moments = [last]
    for part in reversed(parts[1:]):
        hours = dice.uniform(2, 80 if part in _ADVISERS_PARTS else 60)
        moments.append(working(moments[-1] - timedelta(hours=hours), dice, moments[-1]))
    return tuple(reversed(moments))
