"""Who lives in the town, as both sides know her."""

from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "trois-chevaux-bleus"


@dataclass(frozen=True, slots=True)
class Resident:
    person_id: str
    email: str
    name: str
