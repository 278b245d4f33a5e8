"""The OpenAPI 3.1 document, put together from what each handler says of itself and from the structs of the contract.

A handler carries its `Operation` in `opt`; one without is refused when the document is made.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Literal

import msgspec
from litestar.handlers import HTTPRouteHandler

from contract.wire import Id, Problem, ProblemKind, Sha256
from portal.problems import SAYINGS

OPERATION: Final = "operation"
PROBLEM_JSON: Final = "application/problem+json"
_REF: Final = "#/components/schemas/{name}"
_EVERYWHERE: Final = (ProblemKind.FAULT,)
_SIGNED_IN: Final = (ProblemKind.SIGN_IN, ProblemKind.SIGN_IN_AGAIN)
_WITH_BODY: Final = (ProblemKind.INVALID, ProblemKind.TOO_LARGE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: what it says, the contract's type of its JSON body, or the media type of other bytes."""

    says: str
    body: Any = None
    media: str | None = None
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A header that the operation reads, or what it reads of the address behind the question mark."""

    name: str
    says: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False
    place: str = "header"
    """Or `query`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """All that a handler may be asked and may answer. `asks` is the contract's type of the JSON body, or a media type;
    `refuses` the problems beside those that every operation has."""

    name: str
    summary: str
    answers: Mapping[int, Answer]
    asks: Any = None
    refuses: tuple[ProblemKind, ...] = ()
    signed_in: bool = True
    headers: tuple[Parameter, ...] = ()

    def problems(self) -> dict[int, list[ProblemKind]]:
        """Every kind of problem it may answer, by status."""
        kinds = [*_EVERYWHERE, *self.refuses]
        kinds += _SIGNED_IN if self.signed_in else ()
        kinds += _WITH_BODY if self.asks is not None else ()
        found: dict[int, list[ProblemKind]] = {}
        for kind in sorted(set(kinds)):
            found.setdefault(SAYINGS[kind].status, []).append(kind)
        found.setdefault(503, []).append(ProblemKind.BUSY)
        if self.asks is not None:
            found.setdefault(400, []).append(ProblemKind.INVALID)
        return found


def told(operation: Operation) -> dict[str, Any]:
    """What a handler hands to `opt`."""
    return {OPERATION: operation}


def document(handlers: Iterable[HTTPRouteHandler]) -> dict[str, Any]:
    """The whole document, ready to be encoded. Raises `LookupError` for a handler without its `Operation`."""
    found = [(path, handler, _operation(handler)) for handler in handlers for path in handler.paths]
    types = [Problem]
    for _, _, operation in found:
        types += [answer.body for answer in operation.answers.values() if answer.body is not None]
        if operation.asks is not None and not isinstance(operation.asks, str):
            types.append(operation.asks)
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    names = dict(zip(map(repr, types), schemas, strict=True))
    addresses: dict[str, dict[str, Any]] = {}
    for path, handler, operation in sorted(found, key=lambda item: item[0]):
        spelled = re.sub(r":[a-z]+\}", "}", path)
        for method in sorted(handler.http_methods):
            addresses.setdefault(spelled, {})[method.lower()] = _told(spelled, method, operation, names)
    return _shorten(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Volet portal",
                "version": "1",
                "description": "What an insurer's portal answers to the HR clerk's client.",
                "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
            },
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}],
            "paths": addresses,
            "components": {
                "schemas": components,
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _operation(handler: HTTPRouteHandler) -> Operation:
    operation = handler.opt.get(OPERATION)
    if not isinstance(operation, Operation):
        raise LookupError(f"{handler} does not say what it answers")
    return operation


def _told(path: str, method: str, operation: Operation, names: Mapping[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {str(status): _good(answer, names) for status, answer in operation.answers.items()}
    for status, kinds in operation.problems().items():
        answers[str(status)] = _bad(status, kinds, with_body=method != "HEAD")
    spoken: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [_in_path(name) for name in re.findall(r"\{([a-z0-9_]+)\}", path)]
        + [_in_header(parameter) for parameter in operation.headers],
        "responses": dict(sorted(answers.items())),
    }
    if not operation.signed_in:
        spoken["security"] = []
    if isinstance(operation.asks, str):
        spoken["requestBody"] = {"required": False, "content": {operation.asks: {"schema": {}}}}
    elif operation.asks is not None:
        schema = names[repr(operation.asks)]
        spoken["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return spoken


def _good(answer: Answer, names: Mapping[str, Any]) -> dict[str, Any]:
    spoken: dict[str, Any] = {"description": answer.says}
    if answer.headers:
        spoken["headers"] = {name: {"schema": {"type": "string"}} for name in answer.headers}
    if answer.body is not None:
        spoken["content"] = {"application/json": {"schema": names[repr(answer.body)]}}
    elif answer.media is not None:
        spoken["content"] = {answer.media: {"schema": {}}}
    return spoken


def _bad(status: int, kinds: list[ProblemKind], *, with_body: bool) -> dict[str, Any]:
    spoken: dict[str, Any] = {
        "description": f"{HTTPStatus(status).phrase}: " + ", ".join(f"`{kind}`" for kind in kinds)
    }
    if with_body:
        spoken["content"] = {PROBLEM_JSON: {"schema": {"$ref": _REF.format(name="Problem")}}}
    return spoken


_IN_PATHS: Final[Mapping[str, Any]] = {"sha256": Sha256, "format": Literal["pdf", "csv", "xlsx"]}
"""What stands in an address and is no identifier."""


def _in_path(name: str) -> dict[str, Any]:
    schema = msgspec.json.schema(_IN_PATHS.get(name, Id))
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_header(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.says,
        "schema": dict(parameter.schema),
    }


def _shorten(spoken: dict[str, Any]) -> dict[str, Any]:
    """Gives the generic structs short names: `Outcome`, not one with all its records."""
    text = msgspec.json.encode(spoken).decode()
    for name in sorted(spoken["components"]["schemas"], key=len, reverse=True):
        short = name.split("_", 1)[0]
        if short != name:
            text = text.replace(name, short)
    shortened: dict[str, Any] = msgspec.json.decode(text)
    return shortened
