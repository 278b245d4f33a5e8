"""The page that a link of a mail leads to. The secret stands behind the # and is never sent: the page hands it on to
Volet, or shows it to be copied, and spends nothing. Nothing on it comes from elsewhere."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from litestar import get
from litestar.handlers import HTTPRouteHandler

from portal.answers import Reply
from portal.letters import PAGE


def routes() -> Sequence[HTTPRouteHandler]:
    page = Path(__file__).with_name("link.html").read_text(encoding="utf-8")
    headers = {"Content-Security-Policy": policy(page), "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
    body = page.encode()

    @get(PAGE)
    async def link_page() -> Reply:
        return Reply(200, body, headers, "text/html; charset=utf-8")

    return (link_page,)


def policy(page: str) -> str:
    """Only the style and the script that the page holds itself, by their sums."""
    allowed = {
        f"{tag}-src": " ".join(
            f"'sha256-{_sum(text)}'" for text in re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        )
        for tag in ("style", "script")
    }
    sources = "; ".join(f"{name} {sums}" for name, sums in allowed.items())
    return f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _sum(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()
