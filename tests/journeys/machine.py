"""A clerk and a colleague, an adviser and bad weather, in any order that hypothesis can think of.

The real client machinery, twice, against the real portal. After each step: each wish has exactly one effect, or is
visibly waiting or refused; conversations keep the order in which they were written; nothing built on what has changed
goes through; nobody is signed out without cause; a copy that is up to date is what the portal tells its person.
`absent` plays the same of leaves.

`python -m tests.journeys.machine` runs both long, without a bug and then with each of `bugs.BUGS`, which the machine
that it is of must find.
"""

import os
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from contract.contact import SendMessage
from desktop.services.contact import Draft
from desktop.services.drafting import Invalid
from tests.journeys.absent import Absent
from tests.journeys.bugs import BUGS, OF_LEAVES
from tests.journeys.choices import CLERKS, PICKS, SPACES
from tests.journeys.promises import Broken, Intent, held_of, hold, told_of
from tests.journeys.town import Town
from tests.journeys.weathered import Weathered


class Conversing(Weathered):
    """Requests: asked, answered, marked as read."""

    def begin(self) -> None:
        self.opened: list[str] = []
        for where in range(2):
            self.ask(0, where)
        self.both()
        self.town.reply(self.opened[0], "réponse")
        self.both()

    # What the clerks do

    @rule(who=CLERKS, where=SPACES)
    def ask(self, who: int, where: int) -> None:
        text = f"t{next(self.names)}"
        try:
            request_id = self.clerks[who].ask(self.block.spaces[where], text)
        except Invalid:
            return
        self.opened.append(request_id)
        self.wanted(who, request_id, text, None)

    @rule(who=CLERKS, which=PICKS)
    def write(self, who: int, which: int) -> None:
        """A reply."""
        requests = self.clerks[who].requests()
        if requests:
            self._reply(who, requests[which % len(requests)], f"t{next(self.names)}")

    def _reply(self, who: int, request_id: str, text: str) -> None:
        try:
            self.clerks[who].reply(request_id, text)
        except Invalid:
            return
        outbox = self.clerks[who].outbox
        wish = outbox.wish(outbox.waiting()[-1].wish_id)
        self.wanted(who, request_id, text, wish.base_version if isinstance(wish, SendMessage) else None)

    @rule(who=CLERKS, which=PICKS, unread=st.booleans())
    def mark(self, who: int, which: int, unread: bool) -> None:
        requests = self.clerks[who].requests()
        if requests:
            contact = self.clerks[who].contact
            (contact.mark_unread if unread else contact.mark_read)(requests[which % len(requests)])

    @rule(who=CLERKS, which=PICKS)
    def take_back(self, who: int, which: int) -> None:
        if mine := [intent for intent in self.waiting(who) if not intent.given_up]:
            clerk, intent = self.clerks[who], mine[which % len(mine)]
            draft = clerk.contact.take_back(intent.wish_id)
            if draft is not None:
                self.forget_taken_back(who, intent)
                clerk.contact.drop_draft(draft.key)

    def edited(self, who: int, intent: Intent) -> Draft:
        return self.clerks[who].contact.edit_refused(intent.wish_id)

    def send_edited(self, who: int, intent: Intent, draft: Any) -> None:  # noqa: ANN401
        contact = self.clerks[who].contact
        contact.drop_draft(draft.key)
        if contact.sheet(intent.about) is not None:
            self._reply(who, intent.about, f"t{next(self.names)}")

    # What the adviser does

    @rule(which=PICKS, how=st.sampled_from(("reply", "close", "ask", "erase")))
    def move(self, which: int, how: str) -> None:
        request_id = self.opened[which % len(self.opened)]
        if not self.town.texts(request_id):
            return
        match how:
            case "reply":
                self.town.reply(request_id, "réponse")
            case "close":
                self.town.close(request_id, "clos")
            case "ask":
                self.town.ask_document(request_id)
            case _:
                self.town.hide_message(request_id)
        self.note()

    # Promises

    def compare(self, who: int) -> None:
        """Space by space; and nothing of a space that is not hers."""
        for space_id in self.block.spaces:
            told = self.town.feed(self.persons[who].person_id, space_id)
            hold(told_of(told) == held_of(self.clerks[who], space_id), "the copy is not what the portal tells")

    def note(self) -> None:
        """An intent whose ground has changed before its effect must have none."""
        standing = self.town.standing(self.block.spaces)
        places = {text: place for place, text in enumerate(text for _, texts in standing.values() for text in texts)}
        for intent in self.intents:
            version, texts = standing.get(intent.about, (None, ()))
            intent.saw(texts.count(intent.text), version)
        for who in range(2):
            done: dict[str, int] = {}
            for intent in self.mine(who):
                if intent.effects:
                    place = places[intent.text]
                    hold(place > done.get(intent.about, -1), "out of order")
                    done[intent.about] = place


# Running it


def run(
    town: Town,
    folder: Path,
    *,
    of: type[Weathered] = Conversing,
    bug: str | None = None,
    examples: int = 50,
    steps: int = 40,
    seed: int = 0,
) -> None:
    """Raises `Broken` (perhaps within hypothesis' own) when a promise is broken."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=seed == 0,
        phases=(Phase.generate,),
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with BUGS[bug]() if bug else nullcontext():
        run_state_machine_as_test(lambda: of(town, folder), settings=chosen)


def finds(town: Town, folder: Path, bug: str, examples: int, steps: int = 40) -> str | None:
    """What the machine that the bug is of says of it within so many examples; None when it does not find it."""
    try:
        run(town, folder, of=Absent if bug in OF_LEAVES else Conversing, bug=bug, examples=examples, steps=steps)
    except Broken as broken:
        return str(broken)
    return None


def in_memory() -> Path | None:
    """Where a run is best kept, which writes a lot and keeps nothing: in memory, where there is a folder for it."""
    shared = Path("/dev/shm")  # noqa: S108 — the folders made in it have names of their own
    return shared if os.access(shared, os.W_OK) else None


def main(examples: int = 500) -> int:
    missed = 0
    with tempfile.TemporaryDirectory(dir=in_memory()) as name:
        folder = Path(name)
        with Town(folder / "town", rotation_seconds=0) as town:
            for of in (Conversing, Absent):
                began = time.monotonic()
                run(town, folder, of=of, examples=examples, steps=60)
                took = f"{time.monotonic() - began:.0f} s"
                _say(f"{of.__name__}, no bug: {examples} examples, nothing found, {took}")
            for bug in BUGS:
                began = time.monotonic()
                found = finds(town, folder, bug, examples)
                missed += found is None
                _say(f"{bug}: {found or 'NOT FOUND'}, {time.monotonic() - began:.1f} s")
    return 1 if missed else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
