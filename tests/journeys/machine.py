"""A clerk and a colleague, an adviser and bad weather, in any order that hypothesis can think of.

The real client machinery, twice, against the real portal. After each step: each wish has exactly one effect, or is
visibly waiting or refused; conversations keep the order in which they were written; nothing built on what has changed
goes through; nobody is signed out without cause; a copy that is up to date is what the portal tells its person.

`python -m tests.journeys.machine` runs it long, without a bug and then with each of `bugs.BUGS`, which it must find.
"""

import os
import shutil
import sys
import tempfile
import time
from contextlib import nullcontext
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from contract.contact import SendMessage
from desktop.services.drafting import Invalid
from desktop.services.outbox import WishState
from desktop.services.problems import Problem
from desktop.services.sync import LinkState
from tests.journeys.bugs import BUGS
from tests.journeys.choices import BEFORE, CLERKS, FIRST, FULL, PICKS, SPACES, THEN, TROUBLES
from tests.journeys.promises import Broken, FragileStore, Intent, MachineClerk, held_of, hold, told_of
from tests.journeys.residents import Resident
from tests.journeys.town import Block, Town
from tests.weather import Fate, Pass, Say, Spoil, Weather


class Weathered(RuleBasedStateMachine):
    def __init__(self, town: Town, folder: Path) -> None:
        super().__init__()
        self.town, self.now, self._names = town, 0.0, count(1)
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.block: Block = town.block()
        self.persons = [town.person(self.block, name) for name in ("Ana", "Luc")]
        self.weather = Weather("127.0.0.1", town.port).__enter__()
        self.intents: list[Intent] = []
        self.revoked: set[int] = set()
        self.full: dict[int, int] = {}
        self.restarts = 0
        self.opened: list[str] = []
        self.clerks: list[MachineClerk] = []
        for place, person in enumerate(self.persons):
            self.clerks.append(self._new_clerk(place))
            self.clerks[place].sign_in(person)
            self.clerks[place].turn()
        for where in range(2):
            self.ask(0, where)
        self.both()
        self.town.reply(self.opened[0], "réponse")
        self.both()

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            for clerk in self.clerks:
                clerk.close()
            self.weather.__exit__()
            shutil.rmtree(self.folder)

    def _new_clerk(self, place: int) -> MachineClerk:
        return MachineClerk(self.folder / str(place), self.weather.address, hold_seconds=10.0, clock=lambda: self.now)

    # What the clerks do

    @rule(who=CLERKS, where=SPACES)
    def ask(self, who: int, where: int) -> None:
        text = f"t{next(self._names)}"
        try:
            request_id = self.clerks[who].ask(self.block.spaces[where], text)
        except Invalid:
            return
        self.opened.append(request_id)
        self._wanted(who, request_id, text)

    @rule(who=CLERKS, which=PICKS)
    def reply(self, who: int, which: int) -> None:
        if request_id := self._pick(who, which):
            self._reply(who, request_id, f"t{next(self._names)}")

    def _reply(self, who: int, request_id: str, text: str) -> None:
        try:
            self.clerks[who].reply(request_id, text)
        except Invalid:
            return
        self._wanted(who, request_id, text)

    def _wanted(self, who: int, request_id: str, text: str) -> None:
        outbox = self.clerks[who].outbox
        wish_id = outbox.waiting()[-1].wish_id
        wish = outbox.wish(wish_id)
        base = wish.base_version if isinstance(wish, SendMessage) else None
        self.intents.append(Intent(who, request_id, text, wish_id, base))

    @rule(who=CLERKS, which=PICKS, unread=st.booleans())
    def mark(self, who: int, which: int, unread: bool) -> None:
        if request_id := self._pick(who, which):
            contact = self.clerks[who].contact
            (contact.mark_unread if unread else contact.mark_read)(request_id)

    @rule(who=CLERKS, which=PICKS)
    def take_back(self, who: int, which: int) -> None:
        mine = [intent for intent in self._waiting(who) if not intent.given_up]
        if mine:
            clerk, intent = self.clerks[who], mine[which % len(mine)]
            draft = clerk.contact.take_back(intent.wish_id)
            if draft is not None:
                gone = [each for each in mine if each is intent or clerk.outbox.wish(each.wish_id) is None]
                for each in gone:
                    each.given_up = each.taken_back = True
                clerk.contact.drop_draft(draft.key)

    @rule(who=CLERKS, which=PICKS, how=st.sampled_from(("insist", "edit", "give up")))
    def decide(self, who: int, which: int, how: str) -> None:
        """The person decides about what was refused or is in conflict."""
        clerk = self.clerks[who]
        states = {waiting.wish_id: waiting.state for waiting in clerk.waiting()}
        stuck = [
            intent
            for intent in self._waiting(who)
            if states.get(intent.wish_id) in (WishState.REFUSED, WishState.CONFLICT)
        ]
        if not stuck:
            return
        intent = stuck[which % len(stuck)]
        if how == "insist":
            if states[intent.wish_id] is WishState.CONFLICT:
                intent.wish_id = clerk.outbox.insist(intent.wish_id)
                intent.base, intent.stale = None, False
            return
        if how == "edit":
            draft = clerk.contact.edit_refused(intent.wish_id)
            clerk.contact.drop_draft(draft.key)
        else:
            clerk.outbox.give_up(intent.wish_id)
        for each in self._mine(who):
            each.given_up = each.given_up or (each.effects == 0 and clerk.outbox.wish(each.wish_id) is None)
        if how == "edit" and clerk.contact.sheet(intent.request_id) is not None:
            self._reply(who, intent.request_id, f"t{next(self._names)}")

    # What the adviser and the portal do

    @rule(which=PICKS, how=st.sampled_from(("reply", "close", "ask", "erase")))
    def adviser(self, which: int, how: str) -> None:
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
        self._note_versions()

    @rule(who=CLERKS, where=SPACES, given=st.sampled_from((True, True, False)))
    def rights(self, who: int, where: int, given: bool) -> None:
        change = self.town.grant if given else self.town.withdraw
        change(self.persons[who].person_id, self.block.spaces[where])

    @rule(who=CLERKS, kind=TROUBLES)
    def trouble(self, who: int, kind: str) -> None:
        """A token out of date, a session over, the client or the portal started anew."""
        match kind:
            case "expired":
                self.town.expire_access(self.persons[who].person_id)
            case "days pass":
                for _ in range(2):
                    self.town.expire_access(self.persons[who].person_id)
                    self.look(who)
            case "revoked":
                self.town.revoke(self.persons[who].person_id)
                self.revoked.add(who)
            case "begun anew":
                self.clerks[who].close()
                self.clerks[who] = self._new_clerk(who)
            case _ if self.restarts < 1:
                self._restart(anew=kind == "epoch")

    def _restart(self, *, anew: bool) -> None:
        self.restarts += 1
        self.town.stop()
        if anew:
            self.town.new_epoch()
        self.town.start()
        self.weather.target = ("127.0.0.1", self.town.port)

    # What the machinery does

    @rule(who=CLERKS, which=PICKS, before=BEFORE, first=FIRST, then=THEN, full=FULL, soon=st.integers(0, 3))
    def send(self, who: int, which: int, before: str, first: Fate, then: list[Fate], full: int, soon: int) -> None:
        """A turn in bad weather, after something was written or not. The disk is full at the transaction named."""
        if "adviser" in before:
            self.adviser(which, "close")
        if "reply" in before:
            self.reply(who, which)
        self.now += 11.0 if soon else 1.0
        self.weather.clear()
        self.weather.fates.extend([first, *then])
        self.full[who] = full
        self._turn(who)

    @rule(who=CLERKS, which=PICKS, meanwhile=st.sampled_from(("adviser", "withdraw", "withdraw", "begun anew")))
    def stumble(self, who: int, which: int, meanwhile: str) -> None:
        """The portal carries a wish out and says that it failed; the world moves on; it fails once more, then goes."""
        self.send(who, which, "reply", Spoil(502), [], 0, 1)
        if meanwhile == "adviser":
            self.adviser(which, "close")
        elif meanwhile == "withdraw":
            self.rights(who, which % 2, given=False)
        else:
            self.trouble(who, meanwhile)
        self.send(who, which, "nothing", Say(500), [], 0, 1)
        self.look(who)

    @rule(who=CLERKS, which=PICKS, full=st.integers(1, 4), anew=st.booleans())
    def crash(self, who: int, which: int, full: int, anew: bool) -> None:
        """Something is to be brought down, and the disk is full in the middle; the client is begun anew or not."""
        self.adviser(which, "reply")
        self.send(who, which, "nothing", Pass(), [], full, 0)
        if anew:
            self.trouble(who, "begun anew")
        self.look(who)

    @rule(who=CLERKS)
    def look(self, who: int) -> None:
        """A turn in fair weather."""
        self.weather.clear()
        self._turn(who)

    @rule()
    def both(self) -> None:
        self.weather.clear()
        self.now += 11.0
        self._turn(0)
        self._turn(1)

    def _turn(self, who: int) -> None:
        clerk = self.clerks[who]
        assert isinstance(clerk.store, FragileStore)
        clerk.store.fails_in = self.full.pop(who, 0)
        state = clerk.turn()
        clerk.store.fails_in = 0
        if state is LinkState.SIGN_IN_NEEDED:
            hold(who in self.revoked, "signed out without cause")
            try:
                clerk.sign_in(self.persons[who])
            except Problem:
                return
            self.revoked.discard(who)
            state = clerk.turn()
        problem = clerk.sync.link.problem
        hold(type(problem) is not Problem, f"a bug: {problem}, {problem and problem.detail}")
        if state is LinkState.ONLINE:
            self.compare(who)

    # Promises

    def compare(self, who: int) -> None:
        """The copy is what the portal tells this person, space by space; and nothing of a space that is not hers."""
        person: Resident = self.persons[who]
        for space_id in self.block.spaces:
            told = self.town.feed(person.person_id, space_id)
            hold(told_of(told) == held_of(self.clerks[who], space_id), "the copy is not what the portal tells")

    @invariant()
    def each_wish_has_one_effect_or_waits(self) -> None:
        self._note_versions()
        for who, clerk in enumerate(self.clerks):
            states = {waiting.wish_id: waiting.state for waiting in clerk.waiting()}
            for intent in self._mine(who):
                state = states.get(intent.wish_id)
                hold(intent.effects <= 1, "done twice")
                hold(bool(intent.effects or intent.given_up or state is not None), "a wish is lost")
                hold(not (intent.taken_back and intent.effects), "what was taken back was sent")
                refused = state in (WishState.REFUSED, WishState.CONFLICT)
                hold(not (refused and intent.effects), "refused, and done all the same")

    def _note_versions(self) -> None:
        """Counts the effects, in their order; an intent whose ground has changed before its effect must have none."""
        standing = self.town.standing(self.block.spaces)
        places = {text: place for place, text in enumerate(text for _, texts in standing.values() for text in texts)}
        for intent in self.intents:
            version, texts = standing.get(intent.request_id, (None, ()))
            effects = texts.count(intent.text)
            hold(not (intent.stale and effects), "a wish went through though its ground had changed")
            intent.effects = effects
            if not effects and intent.base is not None and version is not None and version != intent.base:
                intent.stale = True
        for who in range(2):
            done: dict[str, int] = {}
            for intent in self._mine(who):
                if intent.effects:
                    place = places[intent.text]
                    hold(place > done.get(intent.request_id, -1), "out of order")
                    done[intent.request_id] = place

    def _come_to_rest(self) -> None:
        """In fair weather everything that can be sent is sent."""
        self.weather.clear()
        self.now += 11.0
        self.full.clear()
        for who in (0, 1, 0, 1):
            self._turn(who)
        for who, clerk in enumerate(self.clerks):
            self._turn(who)
            hold(clerk.sync.link.state is LinkState.ONLINE, f"not on line in fair weather: {clerk.sync.link}")
            hold(not clerk.outbox.due(), "still unsent in fair weather")
        self.each_wish_has_one_effect_or_waits()

    def _pick(self, who: int, which: int) -> str | None:
        requests = self.clerks[who].requests()
        return requests[which % len(requests)] if requests else None

    def _mine(self, who: int) -> list[Intent]:
        return [intent for intent in self.intents if intent.clerk == who]

    def _waiting(self, who: int) -> list[Intent]:
        wished = {waiting.wish_id for waiting in self.clerks[who].waiting()}
        return [intent for intent in self._mine(who) if intent.wish_id in wished]


# Running it


def run(
    town: Town, folder: Path, *, bug: str | None = None, examples: int = 50, steps: int = 40, seed: int = 0
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
        run_state_machine_as_test(lambda: Weathered(town, folder), settings=chosen)


def finds(town: Town, folder: Path, bug: str, examples: int, steps: int = 40) -> str | None:
    """What the machine says of this bug within so many examples; None when it does not find it."""
    try:
        run(town, folder, bug=bug, examples=examples, steps=steps)
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
            began = time.monotonic()
            run(town, folder, examples=examples, steps=60)
            _say(f"no bug: {examples} examples, nothing found, {time.monotonic() - began:.0f} s")
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
