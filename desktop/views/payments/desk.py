"""What the pages of payments work with: handed to them once, by the window."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.services.allowances import Allowances
from desktop.views.contact.desk import Desk as Office


@dataclass(frozen=True, slots=True)
class Desk:
    """`office` is what all pages of an account share. `review` opens a file in the review of files: its name, and what
    gives its bytes, called on the review's thread."""

    allowances: Allowances
    office: Office
    review: Callable[[str, Callable[[], bytes]], None]
