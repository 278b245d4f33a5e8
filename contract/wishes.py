"""All that a person may wish of the portal, as one closed union (`PUT /v1/wishes/{wish_id}`).

The identifier is made at the click and names the wish for ever: the portal carries it out once and answers the same
outcome to every repetition.
"""

from contract.allowances import RequestExport
from contract.contact import MarkRead, OpenRequest, SendMessage
from contract.leave import AnnounceReturn, CompleteLeave, DeclareLeave, ProlongLeave, WithdrawLeave
from contract.users import ChangeRights, CorrectUser, InviteAgain, InviteUser, RemoveUser, SuspendUser

Wish = (
    OpenRequest
    | SendMessage
    | MarkRead
    | DeclareLeave
    | ProlongLeave
    | AnnounceReturn
    | CompleteLeave
    | WithdrawLeave
    | RequestExport
    | InviteUser
    | ChangeRights
    | CorrectUser
    | SuspendUser
    | RemoveUser
    | InviteAgain
)
