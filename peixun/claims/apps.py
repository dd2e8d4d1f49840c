"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig

from peixun.kernel import guards, periodic

HOUR = 3600
ERASED_ONLY = guards.Guard(
    name="guard_claims_claimstep_words",
    table="claims_claimstep",
    sqlite="""
        CREATE TRIGGER guard_claims_claimstep_words BEFORE UPDATE ON claims_claimstep
        WHEN NEW.words <> '' OR NEW.id IS NOT OLD.id OR NEW.claim_id IS NOT OLD.claim_id OR NEW.at IS NOT OLD.at
            OR NEW.by_id IS NOT OLD.by_id OR NEW.verb IS NOT OLD.verb
        BEGIN SELECT RAISE(ABORT, 'claims_claimstep is append-only'); END""",
    postgresql="""
        CREATE TRIGGER guard_claims_claimstep_words BEFORE UPDATE ON claims_claimstep FOR EACH ROW
        WHEN (NEW.words <> '' OR (NEW.id, NEW.claim_id, NEW.at, NEW.by_id, NEW.verb)
            IS DISTINCT FROM (OLD.id, OLD.claim_id, OLD.at, OLD.by_id, OLD.verb))
        EXECUTE FUNCTION peixun_append_only()""",
)


class ClaimsConfig(AppConfig):
    name = "peixun.claims"

    def ready(self) -> None:
        """Keep a claim's history, delete old scans, tell people, say what waits."""
        from peixun.claims.messages import KINDS  # noqa: PLC0415 - waits until the models are loaded
        from peixun.claims.queries.standing import ANSWER, DECIDE  # noqa: PLC0415
        from peixun.claims.queries.waiting import waiting_to_answer, waiting_to_decide  # noqa: PLC0415
        from peixun.notices import kinds, waiting  # noqa: PLC0415

        # The history only grows; of a step nothing can change but that its words are erased.
        guards.register(
            *(g for g in guards.append_only("claims_claimstep") if not g.name.endswith("_update")), ERASED_ONLY
        )
        from peixun.claims.operations import erase_claims  # noqa: PLC0415 - models load after the apps
        from peixun.people import hooks  # noqa: PLC0415

        hooks.erased.register(erase_claims)
        periodic.register("old scans", every=HOUR, run=_expire)
        kinds.register(*KINDS)
        waiting.register("claims to answer", waiting_to_answer, permission=ANSWER)
        waiting.register("claims to decide", waiting_to_decide, permission=DECIDE)


def _expire() -> int:
    from peixun.claims.operations import expire_scans  # noqa: PLC0415 - models load after the apps

    return expire_scans(at=datetime.now(UTC))
