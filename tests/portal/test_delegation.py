"""Whatever is given, ended, suspended or taken: no space loses its last main administrator who can act, and nobody
holds what was not given by somebody who held it then, for as long."""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from contract.identity import new_id
from contract.portfolio import Right
from contract.users import ChangeRights, Grant, InviteUser, RemoveUser, RightsChange, SuspendUser
from portal import grants, people
from portal.database import SYSTEM, unix
from portal.grants import LastAdministrator, effective
from portal.problems import Refusal
from portal.tables import persons, rights
from portal.users import rules
from tests.portal.world import Clock, make_world, settings_for

Held = dict[tuple[str, str, str], int | None]
NAMES = ("contact", "users", "main_administrator", "all", "nobody")
PERSONS = st.sampled_from(NAMES)
AUTHORS = st.sampled_from(("contact", "users", "contact", "users", "all", "main_administrator"))
"""Most often those who may do some things and not others."""
CODES = st.lists(
    st.sampled_from([Right.CONTACT, Right.LEAVE, Right.USERS, Right.MAIN_ADMINISTRATOR]), min_size=1, max_size=3
)
SPACES = st.sampled_from([("own",), ("own",), ("second",), ("own", "second")])
ENDS = st.sampled_from([None, 0, 10, 59, 60, 90])


class Delegations(RuleBasedStateMachine):
    """Five people of one company with two spaces, who wish of each other what they like."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="volet-delegations-"))
        self.clock = Clock()
        chosen = settings_for(f"sqlite:///{self.folder / 'portal.db'}", self.folder / "files", self.clock)
        self.world = make_world(chosen, self.clock)
        self.spaces = {"own": self.world.own, "second": self.world.second}
        ends = self.clock.moment + timedelta(days=60)
        delegated = [Right.CONTACT, Right.LEAVE, Right.USERS]
        with self.world.database.write() as tx:
            people.grant(tx, SYSTEM, self.world.people["contact"], self.world.own, delegated, ends_at=ends)
            people.grant(tx, SYSTEM, self.world.people["users"], self.world.second, [Right.CONTACT, Right.LEAVE])
            people.grant(tx, SYSTEM, self.world.people["nobody"], self.world.own, [Right.LEAVE])
        self.last_effective = self.effective()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.passwords.close()
            self.world.database.close()
            shutil.rmtree(self.folder)

    # What stands

    def effective(self) -> set[str]:
        with self.world.database.read() as db:
            return effective(db, list(self.spaces.values()))

    def held(self) -> Held:
        with self.world.database.read() as db:
            rows = db.execute(select(rights).where(people.live(self.clock.moment))).all()
        return {(row.person_id, row.space_id, row.right): row.ends_at for row in rows}

    def version(self, person_id: str) -> int:
        with self.world.database.read() as db:
            return int(db.execute(select(persons.c.version).where(persons.c.person_id == person_id)).scalar_one())

    # What is wished

    def wish(self, author: str, wish: rules.UsersWish) -> None:
        """Carried out or refused; what it gave was the author's to give, and what it took was in her spaces."""
        author_id, before = self.world.people[author], self.held()
        try:
            with self.world.database.write() as tx:
                rules.carry_out(tx, self.world.settings, author_id, wish)
        except Refusal:
            assert self.held() == before, "a refused wish changes nothing"
            return
        after = self.held()
        for cell, end in after.items():
            if cell in before and before[cell] == end:
                continue
            mine = (author_id, cell[1], cell[2])
            assert mine in before, f"{author} gave {cell[2]}, which she did not hold"
            own = before[mine]
            assert own is None or (end is not None and end <= own), f"{author} gave it for longer"
            assert cell[2] != Right.MAIN_ADMINISTRATOR or end is None
        for _, space_id, code in {**after, **before}.keys() - (after.keys() & before.keys()):
            offices = {Right.MAIN_ADMINISTRATOR, Right.USERS} - (
                {Right.USERS} if code == "main_administrator" else set()
            )
            assert any((author_id, space_id, office.value) in before for office in offices), "not hers to administer"

    @rule(author=AUTHORS, subject=PERSONS, where=SPACES, add=CODES, remove=CODES, days=ENDS)
    def change(
        self,
        author: str,
        subject: str,
        where: tuple[str, ...],
        add: list[Right],
        remove: list[Right],
        days: int | None,
    ) -> None:
        person_id = self.world.people[subject]
        taken = tuple(code for code in remove if code not in add)
        ends_on = None if days is None else self.today() + timedelta(days=days)
        space_ids = tuple(self.spaces[name] for name in where)
        change = RightsChange(person_id, self.version(person_id), space_ids, tuple({*add}), taken, ends_on)
        self.wish(author, ChangeRights((change,)))

    @rule(author=AUTHORS, subject=PERSONS, remove=CODES)
    def take(self, author: str, subject: str, remove: list[Right]) -> None:
        person_id = self.world.people[subject]
        space_ids = tuple(self.spaces.values())
        change = RightsChange(person_id, self.version(person_id), space_ids, remove=tuple(remove))
        self.wish(author, ChangeRights((change,)))

    @rule(author=AUTHORS, subject=PERSONS, suspended=st.booleans())
    def suspend(self, author: str, subject: str, suspended: bool) -> None:
        person_id = self.world.people[subject]
        self.wish(author, SuspendUser(person_id, self.version(person_id), suspended))

    @rule(author=AUTHORS, subject=PERSONS)
    def remove(self, author: str, subject: str) -> None:
        person_id = self.world.people[subject]
        self.wish(author, RemoveUser(person_id, self.version(person_id)))

    @rule(author=AUTHORS, where=SPACES, codes=CODES, days=ENDS)
    def invite(self, author: str, where: tuple[str, ...], codes: list[Right], days: int | None) -> None:
        ends_on = None if days is None else self.today() + timedelta(days=days)
        grant = Grant(tuple(codes), tuple(self.spaces[name] for name in where), ends_on)
        self.wish(author, InviteUser(new_id(), "", "Anne", "Lefèvre", f"anne.{new_id()[-12:]}@exemple.fr", (grant,)))

    @rule(subject=PERSONS, where=st.sampled_from(["own", "second"]), code=CODES, given=st.booleans(), days=ENDS)
    def insurer(self, subject: str, where: str, code: list[Right], given: bool, days: int | None) -> None:
        """The adviser gives and takes as well, under the same rule about administrators."""
        person_id, space_id = self.world.people[subject], self.spaces[where]
        ends = None if days is None else self.clock.moment + timedelta(days=days)
        try:
            with self.world.database.write() as tx:
                if code == [Right.MAIN_ADMINISTRATOR] and given:
                    people.make_administrator(tx, SYSTEM, person_id, space_id)
                elif given:
                    people.grant(tx, SYSTEM, person_id, space_id, code, ends_at=ends)
                else:
                    people.withdraw(tx, SYSTEM, person_id, space_id, code)
        except LastAdministrator:
            return

    @rule(days=st.integers(1, 15))
    def wait(self, days: int) -> None:
        self.clock.forward(days=days)
        over = select(persons.c.person_id).where(persons.c.rights_end_at <= unix(self.clock.moment))
        with self.world.database.write() as tx:
            for person_id in tx.db.execute(over).scalars().all():
                grants.lapse(tx, person_id)

    def today(self) -> date:
        return self.clock.moment.date()

    # What holds

    @invariant()
    def every_space_keeps_its_administrator(self) -> None:
        if hasattr(self, "world"):
            now = self.effective()
            assert self.last_effective <= now, "a space lost its last main administrator"
            self.last_effective = now

    @invariant()
    def what_is_told_is_what_stands(self) -> None:
        """The columns that spare the pulse a look at the rights agree with them."""
        if not hasattr(self, "world"):
            return
        held = self.held()
        with self.world.database.read() as db:
            for row in db.execute(select(persons)).all():
                codes = {code for person_id, _, code in held if person_id == row.person_id}
                assert row.administers == bool(codes & {"users", "main_administrator"})
                ends = [end for (person_id, *_), end in held.items() if person_id == row.person_id and end is not None]
                assert row.rights_end_at == min(ends, default=None)


Delegations.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # to look for a shorter way to fail takes minutes
    suppress_health_check=list(HealthCheck),
)
TestDelegations = Delegations.TestCase
