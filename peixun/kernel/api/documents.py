"""The OpenAPI document for machines, and a plain page of it for people: no script, nothing from elsewhere."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from peixun.kernel.api.problems import (
    CONFLICT,
    INVALID,
    KINDS,
    MEDIA_TYPE,
    NOT_FOUND,
    NOT_PERMITTED,
    TOO_MANY,
    UNAUTHORIZED,
    URN,
    ProblemKind,
)

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "enum": [kind.type for kind in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
WRITING = (NOT_PERMITTED, CONFLICT)
EVERYWHERE = (UNAUTHORIZED, NOT_FOUND, INVALID, TOO_MANY)


def told(title: Any, note: Any) -> dict[str, Any]:
    """What the documents say of an endpoint; both are translated when they are read, not when they are declared."""
    return {"summary": title, "description": note}


def with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the problems that every operation may answer with."""
    document["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in document["paths"].values():
        for operation in operations.values():
            writes = "requestBody" in operation
            for kind in (*EVERYWHERE, *(WRITING if writes else ())):
                operation["responses"].setdefault(kind.status, _response(kind))
            if writes:
                operation.setdefault("parameters", []).append(KEY)
    return document


def _response(kind: ProblemKind) -> dict[str, Any]:
    return {"description": kind.title, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, or a member of a body or an answer; members of objects within it are `inner`."""

    name: str
    kind: str
    required: bool
    note: str = ""
    inner: list["Value"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    title: str
    note: str
    parameters: list[Value]
    body: list[Value]
    answer: list[Value]


class DocumentsPage(DocsBase):
    """The page at `/docs`."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The endpoints by room, with parameters, bodies, answers and problems."""
        document: dict[str, Any] = api.get_openapi_schema(path_params=kwargs)
        groups: dict[str, list[Endpoint]] = {}
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                endpoint = _endpoint(document, path, method.upper(), operation)
                groups.setdefault(operation["tags"][0], []).append(endpoint)
        context = {
            "api": api,
            "groups": groups,
            "problems": KINDS,
            "urn": URN,
            "openapi_url": self.get_openapi_url(api, kwargs),
        }
        return render(request, "peixun/api.html", context)


def _endpoint(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Endpoint:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    done: dict[str, Any] = next(
        (r for status, r in operation["responses"].items() if str(status).startswith("2")), {"content": {}}
    )
    answered = done.get("content", {}).get("application/json", {}).get("schema")
    return Endpoint(
        operation["operationId"],
        method,
        path,
        operation["summary"],
        operation.get("description", ""),
        [
            Value(p["name"], _kind(document, p["schema"]), p.get("required", False), p["schema"].get("description", ""))
            for p in operation.get("parameters", [])
        ],
        _members(document, body),
        _members(document, answered),
    )


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _options(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    schema = _resolved(document, schema)
    several = schema.get("anyOf") or schema.get("allOf") or [schema]
    return [_resolved(document, one) for one in several]


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    return " | ".join(dict.fromkeys(_one_kind(document, one) for one in _options(document, schema)))


def _one_kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(document, schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type", "object"))


def _members(document: dict[str, Any], schema: dict[str, Any] | None) -> list[Value]:
    found: list[Value] = []
    for one in _options(document, schema) if schema else []:
        if one.get("type") == "array":
            found += _members(document, one.get("items"))
        required = one.get("required", ())
        for name, member in one.get("properties", {}).items():
            kind, note = _kind(document, member), member.get("description", "")
            found.append(Value(name, kind, name in required, note, _members(document, member)))
    return found
