"""What every machine plays on: two clients on the real machinery, the real portal, and weather between them.

A machine adds what its clerks do and what the portal's side does, and says which promises hold of it.
"""

import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from desktop.services.outbox import WishState
from desktop.services.problems import Problem
from desktop.services.sync import LinkState
from tests.journeys.choices import BEFORE, CLERKS, FIRST, FULL, PICKS, SPACES, THEN, TROUBLES
from tests.journeys.promises import FragileStore, Intent, MachineClerk, hold
from tests.journeys.residents import Resident
from tests.journeys.town import Block, Town
from tests.weather import Fate, Pass, Say, Spoil, Weather

STUCK = (WishState.REFUSED, WishState.CONFLICT)


class Weathered(RuleBasedStateMachine):
    def __init__(self, town: Town, folder: Path) -> None:
        super().__init__()
        self.town, self.now, self.names = town, 0.0, count(1)
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.block: Block = town.block()
        self.persons: list[Resident] = [town.person(self.block, name) for name in ("Ana", "Luc")]
        self.weather = Weather("127.0.0.1", town.port).__enter__()
        self.intents: list[Intent] = []
        self.revoked: set[int] = set()
        self.full: dict[int, int] = {}
        self.restarts = 0
        self.clerks: list[MachineClerk] = []
        for place, person in enumerate(self.persons):
            self.clerks.append(self._new_clerk(place))
            self.clerks[place].sign_in(person)
            self.clerks[place].turn()
        self.begin()

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

    # What a machine says

    def begin(self) -> None:
        """What is there before anything happens."""

    def write(self, who: int, which: int) -> None:
        """One of the things that a clerk wishes."""

    def edited(self, who: int, intent: Intent) -> Any:  # noqa: ANN401 - the draft of its subject
        """What « Modifier et renvoyer » gives back of a wish; None when nothing is to be sent anew."""

    def send_edited(self, who: int, intent: Intent, draft: Any) -> None:  # noqa: ANN401
        """The person sends it anew."""

    def move(self, which: int, how: str) -> None:
        """The portal's side moves: "close" as it does most, "reply" so that something is to be brought down."""

    def compare(self, who: int) -> None:
        """The copy of a client that is up to date is what the portal tells its person."""

    def note(self) -> None:
        """Counts the effects of all intents, and holds them to their order and to the ground they stood on."""

    # What happens to people and to the portal

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
            self.move(which, "close")
        if "reply" in before:
            self.write(who, which)
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
            self.move(which, "close")
        elif meanwhile == "withdraw":
            self.rights(who, which % 2, given=False)
        else:
            self.trouble(who, meanwhile)
        self.send(who, which, "nothing", Say(500), [], 0, 1)
        self.look(who)

    @rule(who=CLERKS, which=PICKS, full=st.integers(1, 4), anew=st.booleans())
    def crash(self, who: int, which: int, full: int, anew: bool) -> None:
        """Something is to be brought down, and the disk is full in the middle; the client is begun anew or not."""
        self.move(which, "reply")
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

    @invariant()
    def each_wish_has_one_effect_or_waits(self) -> None:
        self.note()
        for who, clerk in enumerate(self.clerks):
            states = {waiting.wish_id: waiting.state for waiting in clerk.waiting()}
            for intent in self.mine(who):
                state = states.get(intent.wish_id)
                hold(intent.effects <= 1, "done twice")
                hold(bool(intent.effects or intent.given_up or state is not None), "a wish is lost")
                hold(not (intent.taken_back and intent.effects), "what was taken back was sent")
                hold(not (state in STUCK and intent.effects), "refused, and done all the same")

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

    # What each clerk wished

    def wanted(self, who: int, about: str, text: str, base: int | None) -> None:
        """The wish made last by this clerk, `base` what it stands on."""
        wish_id = self.clerks[who].outbox.waiting()[-1].wish_id
        self.intents.append(Intent(who, about, text, wish_id, base))

    def mine(self, who: int) -> list[Intent]:
        return [intent for intent in self.intents if intent.clerk == who]

    def waiting(self, who: int) -> list[Intent]:
        wished = {waiting.wish_id for waiting in self.clerks[who].waiting()}
        return [intent for intent in self.mine(who) if intent.wish_id in wished]

    def stuck(self, who: int) -> list[Intent]:
        """Those that the person has to decide about."""
        states = {waiting.wish_id: waiting.state for waiting in self.clerks[who].waiting()}
        return [intent for intent in self.waiting(who) if states.get(intent.wish_id) in STUCK]

    @rule(who=CLERKS, which=PICKS, how=st.sampled_from(("insist", "edit", "give up")))
    def decide(self, who: int, which: int, how: str) -> None:
        """The person decides about what was refused or is in conflict."""
        if not (stuck := self.stuck(who)):
            return
        intent = stuck[which % len(stuck)]
        if how == "insist":
            self.insist(who, intent)
            return
        draft = None
        if how == "edit":
            draft = self.edited(who, intent)
        else:
            self.clerks[who].outbox.give_up(intent.wish_id)
        self.forget_gone(who)
        if draft is not None:
            self.send_edited(who, intent, draft)

    def insist(self, who: int, intent: Intent) -> None:
        clerk = self.clerks[who]
        if clerk.state(intent.wish_id) is WishState.CONFLICT:
            intent.wish_id = clerk.outbox.insist(intent.wish_id)
            intent.base, intent.stale = None, False

    def forget_gone(self, who: int) -> None:
        """What the person abandoned, and what went with it."""
        outbox = self.clerks[who].outbox
        for each in self.mine(who):
            each.given_up = each.given_up or (each.effects == 0 and outbox.wish(each.wish_id) is None)

    def forget_taken_back(self, who: int, intent: Intent) -> None:
        """One that was taken back, and what went with it."""
        outbox = self.clerks[who].outbox
        for each in self.mine(who):
            gone = not each.effects and not each.given_up and outbox.wish(each.wish_id) is None
            if each is intent or gone:
                each.given_up = each.taken_back = True
