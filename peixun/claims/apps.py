"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig

from peixun.kernel import guards, periodic

HOUR = 3600


class ClaimsConfig(AppConfig):
    name = "peixun.claims"

    def ready(self) -> None:
        """Keep a claim's history, delete old scans, tell people, say what waits."""
        from peixun.claims.messages import KINDS  # noqa: PLC0415 - waits until the models are loaded
        from peixun.claims.queries.standing import ANSWER, DECIDE  # noqa: PLC0415
        from peixun.claims.queries.waiting import waiting_to_answer, waiting_to_decide  # noqa: PLC0415
        from peixun.notices import kinds, waiting  # noqa: PLC0415

        guards.register(*guards.append_only("claims_claimstep"))
        periodic.register("old scans", every=HOUR, run=_expire)
        kinds.register(*KINDS)
        waiting.register("claims to answer", waiting_to_answer, permission=ANSWER)
        waiting.register("claims to decide", waiting_to_decide, permission=DECIDE)


def _expire() -> int:
    from peixun.claims.operations import expire_scans  # noqa: PLC0415 - models load after the apps

    return expire_scans(at=datetime.now(UTC))
