"""Leaves in any weather: declared, prolonged, withdrawn, a return announced, by two clerks, in any order.

After each step: each wish has exactly one effect, in the order of its leave, or is visibly waiting or refused; nothing
built on what has changed goes through; nothing waits that builds on nothing; the list and the page say the same; a copy
that is up to date is what the portal tells its person, whatever rights she lost and was given again.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from contract.leave import DeclareLeave, LeaveState
from contract.periods import last_day
from contract.portfolio import Right
from desktop.services.drafting import Invalid
from desktop.services.leave import NEW, Act, Draft, Query, draft_key
from tests.journeys.choices import ACTS, CLERKS, PICKS, SPACES
from tests.journeys.promises import Intent, hold, leaves_held_of, leaves_told_of
from tests.journeys.weathered import Weathered

_DAY: Final = timedelta(days=1)
_ACTIONS: Final = {
    Act.DECLARE: "leave.declare",
    Act.PROLONG: "leave.prolong",
    Act.RETURN: "leave.return",
}
_WITHDRAW: Final = "leave.withdraw"


class Absent(Weathered):
    """`text` of an intent is what the portal's log calls it once it is done."""

    def begin(self) -> None:
        self.today = datetime.now(UTC).date()
        self.declared: list[str] = []
        for where in range(2):
            self.declare(0, where)
        self.both()
        self.town.follow(self.declared[0])
        self.both()

    # What the clerks do

    @rule(who=CLERKS, where=SPACES)
    def declare(self, who: int, where: int) -> None:
        """Of somebody else each time."""
        name = f"T{next(self.names)}"
        start = self.today - timedelta(days=30)
        days = {"last_day_worked": start - _DAY, "start": start, "expected_end": start + timedelta(days=20)}
        values = {"last_name": name, "first_name": "Anne", "matricule": name, "motive": "01", "subrogation": "no"}
        values |= {code: day.isoformat() for code, day in days.items()}
        self._send(who, Draft(NEW, self.block.spaces[where], values))

    @rule(who=CLERKS, which=PICKS, how=ACTS)
    def act(self, who: int, which: int, how: str) -> None:
        """Of a leave that the clerk sees."""
        leaves = self.clerks[who].leave_ids()
        if not leaves:
            return
        place = which % len(leaves)
        leave_id = leaves[place if which % 2 else -1 - place]  # what waits is at the end
        sheet = self.clerks[who].leaves.sheet(leave_id, self.today)
        if sheet is None or sheet.row.last_day is None:
            return
        end, start = sheet.row.last_day, sheet.course.start
        match how:
            case "prolong":
                self._about(who, Act.PROLONG, leave_id, sheet.version, through=end + 3 * _DAY)
            case "return":
                self._about(who, Act.RETURN, leave_id, sheet.version, returned_on=end + _DAY)
            case "early":
                self._about(who, Act.RETURN, leave_id, sheet.version, returned_on=max(end, start + _DAY))
            case _:
                self._withdraw(who, leave_id, sheet.version)

    def _about(self, who: int, act: Act, leave_id: str, base: int | None, **days: date) -> None:
        values = {code: day.isoformat() for code, day in days.items()}
        if act is Act.RETURN:
            values["reason"] = "01"
        self._send(who, Draft(draft_key(act, leave_id), values=values, base_version=base))

    def _send(self, who: int, draft: Draft) -> None:
        try:
            leave_id = self.clerks[who].leaves.send(draft, self.today)
        except Invalid:
            return
        if draft.act is Act.DECLARE:
            self.declared.append(leave_id)
        self._wanted(who, leave_id, _ACTIONS[draft.act])

    def _withdraw(self, who: int, leave_id: str, base: int | None) -> None:
        try:
            self.clerks[who].leaves.withdraw(leave_id, base)
        except Invalid:
            return
        self._wanted(who, leave_id, _WITHDRAW)

    def _wanted(self, who: int, leave_id: str, action: str) -> None:
        outbox = self.clerks[who].outbox
        wish = outbox.wish(outbox.waiting()[-1].wish_id)
        self.wanted(who, leave_id, action, getattr(wish, "base_version", None))

    def write(self, who: int, which: int) -> None:
        """Most often a prolongation, else something else."""
        self.act(who, which, ("prolong", "prolong", "return", "withdraw")[which])

    @rule(who=CLERKS, which=PICKS)
    def take_back(self, who: int, which: int) -> None:
        if mine := [intent for intent in self.waiting(who) if not intent.given_up]:
            self._take_back(who, mine[which % len(mine)])

    @rule(who=CLERKS, where=SPACES)
    def think_again(self, who: int, where: int) -> None:
        """A declaration is taken back on which something was built already."""
        before = len(self.intents)
        self.declare(who, where)
        if len(self.intents) > before:
            declared = self.intents[-1]
            through = self.today + timedelta(days=5)
            self._about(who, Act.PROLONG, declared.about, None, through=through)
            self._take_back(who, declared)

    def _take_back(self, who: int, intent: Intent) -> None:
        leaves = self.clerks[who].leaves
        out, draft = leaves.take_back(intent.wish_id)
        if out:
            self.forget_taken_back(who, intent)
        if draft is not None:
            leaves.drop_draft(draft.key)

    def edited(self, who: int, intent: Intent) -> Draft | None:
        return self.clerks[who].leaves.edit_refused(intent.wish_id)

    def send_edited(self, who: int, intent: Intent, draft: Any) -> None:  # noqa: ANN401
        del intent
        self.clerks[who].leaves.drop_draft(draft.key)
        self._send(who, draft)

    # What happens to people, and what the adviser does

    @rule(who=CLERKS, where=SPACES, given=st.sampled_from((True, True, False)), whole=st.booleans())
    def rights(self, who: int, where: int, given: bool, whole: bool = False) -> None:
        """All of a space, or that of leaves alone."""
        person_id, space_id = self.persons[who].person_id, self.block.spaces[where]
        if given:
            self.town.grant(person_id, space_id, [Right.LEAVE, Right.CONTACT])
        elif whole:
            self.town.withdraw(person_id, space_id)
        else:
            self.town.withdraw_right(person_id, space_id, Right.LEAVE)

    @rule(which=PICKS, how=st.sampled_from(("reply", "close", "ask")))
    def move(self, which: int, how: str) -> None:
        """Follows a leave up, asks for a document of it, or ends it."""
        leave_id = self.declared[which % len(self.declared)]
        state = self.town.leave_state(leave_id)
        if state is None or state == LeaveState.WITHDRAWN:
            return
        match how:
            case "reply":
                self.town.follow(leave_id)
            case "close":
                self.town.end(leave_id)
            case _:
                self.town.ask_leave_document(leave_id, "RIB de l’entreprise")
        self.note()

    # Promises

    def compare(self, who: int) -> None:
        for space_id in self.block.spaces:
            told = leaves_told_of(self.town.leave_feed(self.persons[who].person_id, space_id))
            hold(told == leaves_held_of(self.clerks[who], space_id), "the copy is not what the portal tells")

    def note(self) -> None:
        standing = self.town.standing_leaves(self.block.spaces)
        for who, person in enumerate(self.persons):
            mine = self.mine(who)
            for leave_id in dict.fromkeys(intent.about for intent in mine):
                version, log = standing.get(leave_id, (None, ()))
                about = [intent for intent in mine if intent.about == leave_id]
                self._see(who, about, version, [action for person_id, action in log if person_id == person.person_id])

    def _see(self, who: int, about: Sequence[Intent], version: int | None, done: Sequence[str]) -> None:
        """The log says what was done, not which wish did it: the one that went first, of those of its kind."""
        hold(_in_order(done, [intent.text for intent in about]), "out of order")
        counted, effects = Counter(done), {id(intent): intent.effects for intent in about}
        for action, times in counted.items():
            new = times - sum(intent.effects for intent in about if intent.text == action)
            may = sorted((intent for intent in about if intent.text == action and not intent.effects), key=self._gone)
            hold(new <= len(may), "done twice")
            effects |= {id(intent): 1 for intent in may[:new]}
        for intent in about:
            intent.saw(effects[id(intent)], version)

    def _gone(self, intent: Intent) -> int:
        """What is out of the outbox has gone before what is still in it, and what was abandoned should not have."""
        if intent.given_up:
            return 2
        return int(self.clerks[intent.clerk].outbox.wish(intent.wish_id) is not None)

    @invariant()
    def nothing_waits_that_builds_on_nothing(self) -> None:
        standing = self.town.standing_leaves(self.block.spaces)
        for who in range(2):
            waits = [intent for intent in self.waiting(who) if not intent.given_up]
            begun = {intent.about for intent in waits if intent.text == _ACTIONS[Act.DECLARE]}
            hold(all(intent.about in standing or intent.about in begun for intent in waits), "it builds on nothing")

    @invariant()
    def the_list_and_the_page_say_the_same(self) -> None:
        for clerk in self.clerks:
            leaves = clerk.leaves
            for row in leaves.rows(leaves.listing(Query(), self.today).ids):
                wished = leaves.as_wished(row.leave_id)
                hold(wished is not None and last_day(wished) == row.last_day, "the list and the page differ")
            for waits in clerk.waiting():
                if isinstance(clerk.outbox.wish(waits.wish_id), DeclareLeave):
                    hold(leaves.key_of(waits.request_id or "") is not None, "a declaration that is not seen")


def _in_order(done: Sequence[str], wished: Sequence[str]) -> bool:
    """Whether what was done is what was wished, some of it left out."""
    left = iter(wished)
    return all(action in left for action in done)
