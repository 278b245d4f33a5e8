"""What the pages of users work with: handed to them once, by the window."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.services.users import Journal, Users
from desktop.views.contact.desk import Desk as Office


@dataclass(frozen=True, slots=True)
class Desk:
    """`office` is what all pages of an account share; `become` opens « Devenir administrateur »."""

    users: Users
    journal: Journal
    office: Office
    become: Callable[[], None]

    def labels(self) -> dict[str, str]:
        """Of the rights, by code."""
        return self.office.portfolio.right_labels()
