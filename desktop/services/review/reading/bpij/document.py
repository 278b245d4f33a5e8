"""Following a BPIJ document element by element, without ever holding it as a tree.

Elements outside a line (`Declare`, `Caisse`, `Assure`…) are followed one by one. Inside a line only the ends of its
fields are listened to, which is nearly twice as quick, and the texts of many lines become numbers and dates together.
A document type is refused, so there is no entity to expand.
"""

import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final
from xml.parsers import expat

import polars as pl

from desktop.services.problems import Remedy
from desktop.services.review.reading.bpij import texts
from desktop.services.review.whole import Rejected, Unreadable

MOST_LINES: Final = 2_000_000
"""Lines and control totals of one file."""
MOST_REJECTED: Final = 100_000
DEEPEST: Final = 32
_PART: Final = 1024 * 1024
_BATCH: Final = 50_000
_ENDLESS: Final = 2 * 1024 * 1024
"""Bytes of one line, of one mark or of one text, which no person's file comes near."""
_RAW: Final = 400

_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "Declare": ("Identite",),
    "Caisse": ("CodeCPAM", "Libelle", "JComptable"),
    "Assure": ("NIR", "Nom", "Prenom"),
    "Assurance": ("CodeNature",),
}
"""The groups around a line, and those of their fields that its line takes."""
_LEVELS: Final = {"Declarant": "sender", "Declare": "company", "Assure": "person"}
_LINES: Final[Mapping[str, tuple[str, ...]]] = {"Prestation": texts.FIELDS, "Indu": ("Numero", "Montant")}
_LIKE_LINES: Final = frozenset(name.casefold() for name in _LINES)
"""However they are written, and of whatever space: what looks like a line is never passed over in silence."""
_KNOWN: Final = frozenset(
    {"BPIJ", "Declarant", "Identification", "Temps", "RaisonSociale", "Cumul", "Montant"}
    | set(_MEMBERS)
    | {name for members in _MEMBERS.values() for name in members}
)
_TWO_TOTALS: Final = "?"
_MOST_NAMES: Final = 10_000
_MOST_ATTRIBUTES: Final = 2 * MOST_LINES
_ENTANGLED: Final = "Dans ce fichier XML, une prestation en contient une autre\u00a0: ce n’est pas un BPIJ entier."
_AGAIN: Final = "Téléchargez-le de nouveau, puis réessayez."


@dataclass(frozen=True, slots=True)
class Stated:
    """A `Cumul`: of which level and name, and of the lines from number `first` + 1 to `last`, in cents."""

    level: str
    name: str
    first: int
    last: int
    cents: int


@dataclass(slots=True)
class _Element:
    """One that is open, outside lines: its own fields so far, and how many lines there were before it."""

    name: str
    first: int
    number: int = 0
    around: int = 0
    fields: dict[str, str] = field(default_factory=dict)


class Document:
    """What the parser tells, sorted as it comes: batches of lines, and the groups around them.

    Each line remembers the numbers of its groups in `places`; group 0 of each sort is the one that is not told. Fields
    of a group may stand behind its lines.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.count = 0
        self.rejected: list[Rejected] = []
        self.stated: list[Stated] = []
        self.batches: list[pl.DataFrame] = []
        self.groups = {name: [_untold(name)] for name in _MEMBERS}
        self.places = {name: array("I") for name in _MEMBERS}
        self.dues: dict[int, str] = {}
        self._inside = dict.fromkeys(_MEMBERS, 0)
        self._open: list[_Element] = []
        self._pieces: list[str] = []
        self._header: dict[str, str] = {}
        self._strange: set[str] = set()
        self._space = ""
        self._strangers: set[str] = set()
        self._forms: dict[str, tuple[dict[str, str | None], itemgetter[tuple[str | None, ...]]]] = {}
        self._fields: dict[str, str | None] = {}
        self._within = ""
        self._began = -1
        self._twice = False
        self._attributes = 0
        self._encoding = "utf-8"
        self._texts: list[tuple[str | None, ...]] = []
        self._starts: list[int] = []
        self._doubled: set[int] = set()
        self._astray: set[int] = set()
        self._parser = expat.ParserCreate()

    def follow(self, encoding: str) -> None:
        """Parses it all. Raises `Unreadable`; what was read until then is of no worth."""
        self._encoding = encoding
        parser = self._parser = expat.ParserCreate(encoding, "}")
        parser.buffer_text = True
        parser.buffer_size = 65536
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = self._root
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pieces.append
        view = memoryview(self.data)
        try:
            for start in range(0, len(view), _PART):
                part = view[start : start + _PART]
                parser.Parse(part)
                self._bound(start + len(part), part.tobytes())
            parser.Parse(b"", True)  # noqa: FBT003 (the parser takes it by place only)
        except expat.ExpatError as error:
            raise Unreadable(_broken(error), detail=expat.ErrorString(error.code)) from error
        finally:  # the parser and this hold each other
            self._parser = expat.ParserCreate()
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
        self._flush()

    def notes(self) -> tuple[str, ...]:
        """French sentences on the message, and on what of it has no place in a line."""
        told = []
        number, moment = self._header.get("Identification", ""), self._header.get("Temps", "")
        if number:
            day = "/".join(reversed(moment[:10].split("-")))
            told.append(f"Message n°\u202f{number[:60]}{f' du {day}' if moment else ''}.")
        if self._strange:
            told.append(f"Éléments sans colonne ici\u00a0: {', '.join(sorted(self._strange))}.")
        return tuple(told)

    # Outside lines

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition("}")
        if local != "BPIJ" and attributes.get("Nature") != "BPIJ":
            raise Unreadable(
                f"Ce fichier XML n’est pas un BPIJ (il commence par «\u00a0{local[:40]}\u00a0»)\u00a0: "
                "donnez le fichier de données, ou le ZIP tel que vous l’avez reçu.",
                Remedy.EDIT,
            )
        self._space = f"{space}}}" if space else ""
        for each, names in _LINES.items():
            own = [self._space + one for one in names]
            self._forms[self._space + each] = (dict.fromkeys(own), itemgetter(*own))
        self._open.append(_Element("BPIJ", 0))
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._pieces.clear()
        if name not in self._forms and name.rpartition("}")[2].casefold() in _LIKE_LINES:
            self._forms[name] = self._forms[f"{self._space}Prestation"]
            self._strangers.add(name)
        if name in self._forms:
            self._within, self._fields = name, self._forms[name][0].copy()
            self._began = self._parser.CurrentByteIndex
            self._parser.StartElementHandler = None
            self._parser.EndElementHandler = self._field
            return
        if len(self._open) >= DEEPEST:
            raise Unreadable(f"Ce fichier XML est imbriqué sur plus de {DEEPEST} niveaux\u00a0: ce n’est pas un BPIJ.")
        local = self._local(name)
        element = _Element(local, self.count)
        if local in _MEMBERS:
            element.number, element.around = len(self.groups[local]), self._inside[local]
            self.groups[local].append(_untold(local))
            self._inside[local] = element.number
        elif local not in _KNOWN:
            self._see(local)
        self._open.append(element)

    def _end(self, name: str) -> None:
        element = self._open.pop()
        if element.name != self._local(name):
            raise Unreadable(_ENTANGLED)
        text = self._text().strip()
        above = self._open[-1].fields if self._open else {}
        if element.name in _MEMBERS:
            self._leave(element)
        if element.name in _LEVELS:
            self._state(element)
        elif element.name == "Cumul":
            told = element.fields.get("Montant", "")
            if above.setdefault("Cumul", told) != told:
                above["Cumul"] = _TWO_TOTALS
        elif element.name == "BPIJ":
            self._header = element.fields
        elif element.name not in _MEMBERS and above.setdefault(element.name, text) != text:
            self._see(f"{element.name} (donné deux fois)")

    def _leave(self, element: _Element) -> None:
        """Keeps a group, unless nothing refers to it."""
        groups = self.groups[element.name]
        self._inside[element.name] = element.around
        if element.first == self.count and element.number == len(groups) - 1:
            groups.pop()
        else:
            groups[element.number] = tuple(element.fields.get(name, "") for name in _MEMBERS[element.name])

    def _state(self, element: _Element) -> None:
        if "Cumul" not in element.fields:
            return
        told = element.fields["Cumul"]
        if not told:
            return
        cents = texts.cents(told)
        names = (element.fields.get(name, "") for name in ("RaisonSociale", "Identite", "Nom", "Prenom"))
        named = " ".join(name for name in names if name)
        if cents is None:  # a sum that cannot be held against the lines is one that does not come out
            named = f"{named}, {'deux totaux différents' if told == _TWO_TOTALS else 'total illisible'}".removeprefix(
                ", "
            )
            cents = 0
        self.stated.append(Stated(_LEVELS[element.name], named, element.first, self.count, cents))
        self._count()

    def _see(self, name: str) -> None:
        if len(self._strange) < 20:
            self._strange.add(name[:60])

    def _local(self, name: str) -> str:
        """The name in the document's own space; one of another space is not mistaken for it."""
        name = name.removeprefix(self._space)
        return name if "}" not in name else f"{name.rpartition('}')[2]} (autre espace)"

    def _text(self) -> str:
        pieces = self._pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        return text

    # Inside a line

    def _field(self, name: str) -> None:
        """The end of an element inside a line. Called ten times a line: nothing here that need not be."""
        pieces = self._pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        fields = self._fields
        if name in fields:
            if fields[name] is not None:
                self._twice = True
            fields[name] = text
        elif name == self._within:
            self._finish(name)
        elif name in self._forms:
            raise Unreadable(_ENTANGLED)
        else:
            self._see(self._local(name))

    def _finish(self, name: str) -> None:
        self.count += 1
        found = self._forms[name][1](self._fields)
        if len(found) == len(texts.FIELDS):
            self._texts.append(found)
        else:
            self.dues[self.count] = (found[0] or "").strip()
            self._texts.append((*(None,) * (len(texts.FIELDS) - 1), found[1]))
        self._starts.append(self._began)
        for group, place in self.places.items():
            place.append(self._inside[group])
        if self._twice:
            self._doubled.add(self.count)
        if name in self._strangers:
            self._astray.add(self.count)
        self._twice, self._began = False, -1
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._count()
        if len(self._texts) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        """Turns the texts gathered into a batch of typed columns."""
        if not self._texts:
            return
        first = self.count - len(self._texts) + 1
        batch = texts.typed(self._texts, first, self._doubled, self.dues.keys(), self._astray)
        for number, reason in batch.filter(pl.col("reason").is_not_null()).select("line", "reason").iter_rows():
            if len(self.rejected) >= MOST_REJECTED:
                raise Unreadable(f"Plus de cent mille lignes de ce fichier sont illisibles. {_AGAIN}")
            self.rejected.append(Rejected(number, reason, self._raw(self._starts[number - first])))
        self.batches.append(batch)
        self._texts, self._starts = [], []
        self._doubled.clear()
        self._astray.clear()

    def _raw(self, start: int) -> str:
        text = self.data[start : start + 4 * _RAW].decode(self._encoding, errors="replace")
        end = re.search(r"(?i)</[^<>]*?(?:Prestation|Indu)\s*>", text)
        text = re.sub(r"\s+", " ", text[: end.end()] if end else text)
        return text if len(text) <= _RAW else f"{text[:_RAW]}…"

    # Limits

    def _count(self) -> None:
        if self.count + len(self.stated) > MOST_LINES:
            raise Unreadable(
                "Ce fichier compte plus de deux millions de lignes\u00a0: demandez-le en plusieurs périodes."
            )

    def _bound(self, position: int, part: bytes) -> None:
        """Between two parts: no text, mark or line may go on for ever, and the parser keeps each name it has met."""
        self._attributes += part.count(b"=")
        if (
            sum(map(len, self._pieces)) > _ENDLESS
            or position - self._parser.CurrentByteIndex > _ENDLESS
            or (self._began >= 0 and position - self._began > _ENDLESS)
            or len(self._parser.intern) > _MOST_NAMES
            or self._attributes > _MOST_ATTRIBUTES
        ):
            raise Unreadable(f"Ce fichier XML contient des éléments démesurés\u00a0: ce n’est pas un BPIJ. {_AGAIN}")


def _untold(group: str) -> tuple[str, ...]:
    return ("",) * len(_MEMBERS[group])


def _refuse(*_: object) -> None:
    raise Unreadable(
        f"Ce fichier XML définit ses propres règles (DTD), ce qu’un BPIJ ne fait pas\u00a0: il n’est pas lu. {_AGAIN}"
    )


def _broken(error: expat.ExpatError) -> str:
    place = f"à la ligne {error.lineno}" if error.lineno > 1 else f"au caractère {error.offset + 1}"
    return f"Ce fichier XML est abîmé ou incomplet {place}\u00a0: téléchargez-le de nouveau, puis réessayez."
