"""The users of the spaces that one administers, and what is wished of their rights."""

from desktop.services.users.journal import Journal
from desktop.services.users.planning import Cell, Edits, Line, PersonPlan, Plan
from desktop.services.users.rows import (
    GIVE,
    NEW,
    RIGHTS_DRAFT,
    WITHDRAW,
    Acts,
    Colleague,
    Counts,
    Delivery,
    Draft,
    Entries,
    Entry,
    Filter,
    Held,
    Listing,
    Pill,
    Query,
    Reason,
    UserRow,
    UserSheet,
)
from desktop.services.users.scene import Person, Place, Scene
from desktop.services.users.subject import Users

__all__ = [
    "GIVE",
    "NEW",
    "RIGHTS_DRAFT",
    "WITHDRAW",
    "Acts",
    "Cell",
    "Colleague",
    "Counts",
    "Delivery",
    "Draft",
    "Edits",
    "Entries",
    "Entry",
    "Filter",
    "Held",
    "Journal",
    "Line",
    "Listing",
    "Person",
    "PersonPlan",
    "Pill",
    "Place",
    "Plan",
    "Query",
    "Reason",
    "Scene",
    "UserRow",
    "UserSheet",
    "Users",
]
