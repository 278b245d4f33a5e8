"""What the person wants of her allowances: an export of the former space; and what she has seen of it."""

from collections.abc import Sequence
from typing import Final

from contract import limits
from contract.allowances import ExportFormat, RequestExport
from contract.identity import new_id
from desktop.services.allowances.reading import Reading
from desktop.services.allowances.rows import FORMATS, NotAskable

TOPIC: Final = "allowances"


class Wishing(Reading):
    def ask_export(self, space_ids: Sequence[str], kind: str = "csv") -> str:
        """« Exporter mes dossiers initiés dans l’ancien espace client », in one of `FORMATS`; answers the export's
        identifier. Raises `NotAskable`."""
        wanted = tuple(sorted(set(space_ids) & self.spaces()))
        if not wanted:
            raise NotAskable("Aucun de vos espaces ne vous donne accès aux indemnités journalières.")
        if len(wanted) > limits.SPACES_PER_EXPORT:
            raise NotAskable(
                f"Un export porte sur {limits.SPACES_PER_EXPORT}\u00a0espaces au plus\u00a0: choisissez une entreprise."
            )
        if kind not in FORMATS:
            raise ValueError(kind)
        wish = RequestExport(export_id=new_id(), space_ids=wanted, format=ExportFormat(kind))
        self._outbox.add(
            wish,
            lane=f"export:{wish.export_id}",
            topics=[TOPIC],
            title="Export des dossiers de l’ancien espace client",
            about=self._about(wanted),
        )
        return wish.export_id

    def _about(self, space_ids: Sequence[str]) -> str:
        marks = ",".join("?" * len(space_ids))
        rows = self._store.query(
            f"SELECT DISTINCT company FROM named_spaces WHERE space_id IN ({marks})", tuple(space_ids)
        )
        names = sorted(str(company) for (company,) in rows if company)
        return names[0] if len(names) == 1 else f"{len(names)}\u00a0entreprises"

    def give_up(self, wish_id: str) -> None:
        """An export that was refused, or waits, is not asked for after all."""
        self._outbox.give_up(wish_id)

    def heard(self, export_ids: Sequence[str]) -> None:
        """The person has been told what became of these."""
        with self._store.write(TOPIC) as db:
            db.executemany(
                "INSERT OR IGNORE INTO export_notices (export_id) VALUES (?)", [(id_,) for id_ in export_ids]
            )

    def keep_statement(self, transfer_id: str, kind: str, sha256: str, size: int) -> None:
        """A statement has come to the shelf. From any thread."""
        with self._store.write(TOPIC) as db:
            db.execute(
                "INSERT OR REPLACE INTO statements (transfer_id, format, sha256, size) VALUES (?, ?, ?, ?)",
                (transfer_id, kind, sha256, size),
            )
