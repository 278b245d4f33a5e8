"""Any file a clerk holds, by what it is and not by its name, to a read file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from desktop.services.problems import Remedy
from desktop.services.review.reading import bpij, printed, table, workbook
from desktop.services.review.reading.headings import Taught
from desktop.services.review.reading.source import Nature, Source, nature, unzipped
from desktop.services.review.whole import PrintedText, ReadFile, Unreadable

Progress = Callable[[float], None]
"""Told the share that is read, from 0 to 1, by the readers that can tell; what it raises ends the reading."""

_REFUSED: Final = MappingProxyType(
    {
        Nature.EMPTY: "Ce fichier est vide\u00a0: téléchargez-le de nouveau.",
        Nature.XLS: "Les anciens classeurs XLS ne sont pas lus\u00a0: enregistrez-le en XLSX, puis réessayez.",
        Nature.ODS: "Les classeurs ODS ne sont pas lus\u00a0: enregistrez-le en XLSX, puis réessayez.",
        Nature.LOCKED: "Ce classeur est protégé par un mot de passe\u00a0: ôtez la protection, puis réessayez.",
        Nature.UNKNOWN: "Ce fichier n’est ni un tableau, ni un BPIJ, ni un relevé\u00a0: vérifiez que c’est le bon.",
    }
)


def _silent(_share: float) -> None:
    pass


def read(
    source: Source,
    *,
    printed_text: PrintedText | None = None,
    taught: Mapping[str, Taught] = MappingProxyType({}),
    progress: Progress = _silent,
) -> ReadFile:
    """The file as its reader gives it. Without `printed_text` no PDF is read. Raises `Unreadable`, and `Unrecognised`
    for a table whose columns must be taught first."""
    what = nature(source)
    if what is Nature.ZIP:
        source = unzipped(source)
        what = nature(source)
    if what in _REFUSED:
        raise Unreadable(_REFUSED[what], Remedy.EDIT)
    if what is Nature.XML:
        return bpij.read(source)
    if what is Nature.XLSX:
        return workbook.read(source, taught=taught, progress=progress)
    if what is Nature.PDF:
        if printed_text is None:
            raise Unreadable("Les PDF ne peuvent pas être lus ici\u00a0: ouvrez ce fichier dans la fenêtre de Volet.")
        return printed.read(source, printed_text(source.data))
    return table.read(source, taught=taught, progress=progress)
