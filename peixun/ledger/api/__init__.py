"""The room's part of the HTTP API: activities, credits and their reversals, the sealed head."""

from ninja import Router

from peixun.ledger.api import activities, credits, seals

__all__ = ["router"]

router = Router(tags=["台账"])
for topic in (activities, credits, seals):
    router.add_router("", topic.router)
