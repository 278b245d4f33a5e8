"""What the administrator wants of the portal: invitations, changes of rights, suspensions. Each is one wish."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from contract.identity import new_id
from contract.users import (
    ChangeRights,
    CorrectUser,
    InviteAgain,
    InviteUser,
    RemoveUser,
    SuspendUser,
)
from contract.wishes import Wish
from desktop.services.drafting import Complaint, Drafting, Invalid, drop
from desktop.services.outbox import Outbox
from desktop.services.store import Store
from desktop.services.users import inviting, planning, rules
from desktop.services.users.planning import Cell, Edits, Plan
from desktop.services.users.reading import Reading
from desktop.services.users.rows import RIGHTS_DRAFT, Draft, RightsDraft
from desktop.services.users.scene import STUCK, Person

TOPIC: Final = "users"
_GONE: Final = "Cette personne n’est plus visible\u00a0: vos droits ont peut-être changé."
_MANY: Final = "users"
"""The lane of changes that concern several persons."""


class Wishing(Reading, Drafting[Draft]):
    """`edits` keeps the cells of the matrix that were changed and are not sent."""

    topic = TOPIC

    def __init__(self, store: Store, outbox: Outbox) -> None:
        Reading.__init__(self, store, outbox.hold_left)
        Drafting.__init__(self, store, outbox, Draft)
        self._edits = Drafting(store, outbox, RightsDraft)

    # Inviting

    def complaints(self, draft: Draft, today: date) -> tuple[Complaint, ...]:
        """All that is wrong with an invitation, or with a correction, once for each field."""
        if draft.key == Draft().key:
            return tuple(inviting.complaints(self.scene(), draft, today))
        return tuple(inviting.about_person(draft))

    def invited(self, draft: Draft) -> Plan:
        """What the invitation gives, for the summary before it is sent."""
        scene = self.scene()
        wanted = inviting.edits(scene, draft, "")
        nobody = inviting.nobody(draft)
        return planning.plan_for(scene, nobody, wanted)

    def invite(self, draft: Draft, today: date) -> str:
        """Sends the invitation and drops its draft; answers the person's identifier. Raises `Invalid`."""
        if found := self.complaints(draft, today):
            raise Invalid(found)
        wish = inviting.wish(self.scene(), draft, new_id())
        name = f"{wish.last_name} {wish.first_name}"
        with self._writing() as db:
            self._outbox.add(
                wish, lane=_lane(wish.person_id), topics=[TOPIC], title=f"Invitation\u00a0: {name}", hold=True, db=db
            )
            drop(db, draft.key)
        return wish.person_id

    def correct(self, person_id: str, draft: Draft) -> None:
        """Who she is, as typed. Raises `Invalid`."""
        person = self._person(person_id)
        if found := inviting.about_person(draft):
            raise Invalid(found)
        wish = CorrectUser(
            person_id=person_id,
            base_version=person.version or 0,
            civility=draft.civility,
            first_name=draft.first_name.strip(),
            last_name=draft.last_name.strip(),
            phone=draft.phone.strip(),
            function=draft.function.strip(),
        )
        self._wish(person, wish, "Correction", rules.acts(self.scene(), person).correct, draft.key)

    def correction(self, person_id: str) -> Draft:
        """What is known of her, to be corrected; as it was left when it was begun. Raises `Invalid`."""
        person = self._person(person_id)
        key = f"users:{person_id}"
        return self.draft(key) or Draft(
            key=key,
            civility=person.civility,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            phone=person.phone,
            function=person.function,
        )

    # Her access

    def suspend(self, person_id: str, *, suspended: bool) -> None:
        """Shuts her out, or lets her in again. Raises `Invalid`."""
        person = self._person(person_id)
        wish = SuspendUser(person_id=person_id, base_version=person.version or 0, suspended=suspended)
        title = "Suspension" if suspended else "Rétablissement"
        self._wish(person, wish, title, rules.acts(self.scene(), person).suspend)

    def remove(self, person_id: str) -> None:
        """Takes all her rights in the spaces that one administers. Raises `Invalid`."""
        person = self._person(person_id)
        wish = RemoveUser(person_id=person_id, base_version=person.version or 0)
        self._wish(person, wish, "Retrait de l’accès", rules.acts(self.scene(), person).remove)

    def invite_again(self, person_id: str) -> None:
        """A new link. Raises `Invalid`."""
        person = self._person(person_id)
        wish = InviteAgain(person_id=person_id)
        self._wish(person, wish, "Nouvelle invitation", rules.acts(self.scene(), person).invite_again)

    def _person(self, person_id: str) -> Person:
        person = self.scene().by_id.get(person_id)
        if person is None:
            raise Invalid([Complaint("person_id", _GONE)])
        return person

    def _wish(self, person: Person, wish: Wish, title: str, why_not: str, draft: str = "") -> None:
        if why_not:
            raise Invalid([Complaint("person_id", why_not)])
        with self._writing() as db:
            self._outbox.add(
                wish,
                lane=_lane(person.person_id),
                topics=[TOPIC],
                title=f"{title}\u00a0: {person.name}",
                hold=True,
                db=db,
            )
            if draft:
                drop(db, draft)

    # Rights

    def kept_edits(self) -> Edits:
        """The cells that were changed and are not sent, as they were left."""
        return planning.undrafted(self._edits.draft(RIGHTS_DRAFT))

    def keep_edits(self, edits: Mapping[Cell, str]) -> None:
        self._edits.keep_draft(planning.drafted(edits))

    def stuck_cells(self) -> frozenset[Cell]:
        """The cells of changes that were refused, or met other ground: nothing of them was done."""
        scene = self.scene()
        stuck = [each.wish for each in scene.waiting if each.state in STUCK]
        found = (planning.edits_of(scene, wish) for wish in stuck if isinstance(wish, ChangeRights))
        return frozenset(cell for edits in found for cell in edits)

    def idle_cells(self, edits: Mapping[Cell, str]) -> frozenset[Cell]:
        """Those that stand by now as they are wanted, or concern nobody any more."""
        return planning.idle(self.scene(), edits)

    def plan(self, edits: Mapping[Cell, str]) -> Plan:
        """What they come to now: shown before `change`."""
        return planning.plan(self.scene(), edits)

    def change(self, plan: Plan) -> str:
        """One wish for all that is possible of it; the cells that were kept go. Answers the wish's identifier. Raises
        `Invalid`."""
        made = planning.wish(self.scene(), plan)
        if isinstance(made, str):
            raise Invalid([Complaint("rights", made)])
        if not made.changes:
            raise Invalid([Complaint("rights", "Il n’y a rien à changer.")])
        names = [person.name for person in plan.people]
        who = names[0] if len(names) == 1 else f"{len(names)}\u00a0personnes"
        lane = _lane(plan.people[0].person_id) if len(names) == 1 else _MANY
        with self._writing() as db:
            wish_id = self._outbox.add(
                made, lane=lane, topics=[TOPIC], title=f"Changement de droits\u00a0: {who}", hold=True, db=db
            )
            drop(db, RIGHTS_DRAFT)
        return wish_id

    def copy_rights(self, source_id: str, target_ids: tuple[str, ...]) -> Edits:
        """The cells that make the rights of the targets those of the source."""
        scene = self.scene()
        source, edits = scene.by_id.get(source_id), Edits()
        for target_id in target_ids:
            target = scene.by_id.get(target_id)
            if source is not None and target is not None and target is not source:
                edits |= planning.copied(scene, source, target)
        return edits

    # Taking back

    def take_back(self, wish_id: str) -> bool:
        """« Annuler l’envoi »: what was sent is a draft again. False when it has left already."""
        with self._writing() as db:
            wish = self._outbox.take_back(wish_id, db)
        if wish is not None:
            self._redraft(wish)
        return wish is not None

    def edit_refused(self, wish_id: str) -> Wish | None:
        """« Reprendre », for a wish refused, in conflict or parked: its cells, or what was typed, are a draft again, to
        be looked at on the ground of now."""
        with self._writing() as db:
            wishes = self._outbox.remove(db, wish_id)
        if not wishes:
            return None
        self._redraft(wishes[0])
        return wishes[0]

    def _redraft(self, wish: Wish) -> None:
        match wish:
            case ChangeRights():
                self.keep_edits(planning.edits_of(self.scene(), wish) | self.kept_edits())
            case InviteUser():
                self.keep_draft(inviting.draft_of(self.scene(), wish))
            case CorrectUser():
                self.keep_draft(
                    Draft(
                        key=f"users:{wish.person_id}",
                        civility=wish.civility,
                        first_name=wish.first_name,
                        last_name=wish.last_name,
                        phone=wish.phone,
                        function=wish.function,
                    )
                )
            case _:
                return

    def retry(self, wish_id: str) -> None:
        """A parked wish is tried again."""
        self._outbox.retry(wish_id)

    def give_up(self, wish_id: str) -> None:
        self._outbox.give_up(wish_id)


def _lane(person_id: str) -> str:
    return f"user:{person_id}"
