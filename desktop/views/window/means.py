"""What the window works with: handed to it once, by the application."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QClipboard

from desktop.services.allowances import Allowances
from desktop.services.leave import Leave
from desktop.services.problems import Problem
from desktop.services.sync import Sync
from desktop.services.users import Journal, Users
from desktop.views.allowances.desk import Desk as AllowancesDesk
from desktop.views.contact.desk import Desk
from desktop.views.later import Later
from desktop.views.signin import Credentials
from desktop.views.waiting import Doing, WaitingPage
from desktop.views.window.account import Own


@dataclass(frozen=True, slots=True)
class Means:
    """What the window works with beside the desk of the pages. `allowances` makes the desk of « Arrêts et IJ », whose
    leaves are `leaves` and whose payments are `payments`, and `waiting` the page « En attente »; `sign_in` runs on the
    errands' thread and raises `Problem`; `sign_out` begins the way out; `meet` takes a problem that fills the window;
    `own` is what the account menu does about the account; `address` is the portal's."""

    desk: Desk
    allowances: Callable[[], AllowancesDesk]
    leaves: Leave
    payments: Allowances
    users: Users
    journal: Journal
    waiting: Callable[[Doing], WaitingPage]
    sync: Sync
    errands: Later
    clipboard: QClipboard
    own: Own
    address: str
    version: str
    sign_in: Callable[[Credentials], None]
    sign_out: Callable[[], None]
    meet: Callable[[Problem], None]
