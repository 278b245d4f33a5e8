"""What one can ask the insurer about. The themes are data, in `catalogue.json` beside this file."""

from hashlib import sha256
from importlib.resources import files

import msgspec

from contract.catalogue import Catalogue, ThemeRecord, TopicRecord
from portal.leave.terms import Terms, terms


class Themes:
    """The catalogue, as it goes out (`body`, `etag`) and by topic code; and the terms of leaves."""

    def __init__(self, catalogue: Catalogue, leaves: Terms) -> None:
        self.catalogue = catalogue
        self.leaves = leaves
        self.body = msgspec.json.encode(catalogue)
        self.etag = f'"{sha256(self.body).hexdigest()[:16]}"'
        self._topics = {topic.code: (theme, topic) for theme in catalogue.themes for topic in theme.topics}

    def topic(self, code: str) -> tuple[ThemeRecord, TopicRecord] | None:
        """The topic of this code, with its theme."""
        return self._topics.get(code)


def themes() -> Themes:
    """The themes of this portal."""
    text = (files("portal") / "catalogue.json").read_bytes()
    return Themes(msgspec.json.decode(text, type=Catalogue), terms())
