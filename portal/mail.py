"""Mail: written in the transaction that wants it, sent afterwards."""

import msgspec
from sqlalchemy import insert

from contract.identity import new_id
from portal.database import Transaction
from portal.tables import mails


class Telling(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a letter is told with; which of it is used is the letter's matter."""

    first_name: str = ""
    secret: str = ""
    code: str = ""
    by: str = ""
    company: str = ""
    spaces: int = 0


def post(tx: Transaction, kind: str, recipient: str, telling: Telling) -> None:
    """Has a letter of this kind sent once the transaction is committed; to nobody when there is no recipient."""
    tx.db.execute(
        insert(mails).values(
            mail_id=new_id(),
            kind=kind,
            recipient=recipient,
            payload=msgspec.json.encode(telling).decode() if recipient else "",
            created_at=tx.now,
            next_at=tx.now if recipient else None,
            tries=0,
        )
    )
    tx.posted = True
