"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig

from peixun.kernel import guards, periodic

ONE_MEMBERSHIP = guards.Guard(
    name="guard_membership_no_overlap",
    table="people_membership",
    sqlite="""
        CREATE TRIGGER guard_membership_no_overlap BEFORE INSERT ON people_membership
        WHEN EXISTS (SELECT 1 FROM people_membership m WHERE m.person_id = NEW.person_id
            AND m.since < COALESCE(NEW.until, '9999-12-31') AND NEW.since < COALESCE(m.until, '9999-12-31'))
        BEGIN SELECT RAISE(ABORT, 'a person belongs to one branch at a time'); END""",
    postgresql="""
        CREATE EXTENSION IF NOT EXISTS btree_gist;
        ALTER TABLE people_membership ADD CONSTRAINT guard_membership_no_overlap
        EXCLUDE USING gist (person_id WITH =, daterange(since, until) WITH &&)""",
)
ONE_MEMBERSHIP_UPDATE = guards.Guard(
    name="guard_membership_no_overlap_update",
    table="people_membership",
    sqlite="""
        CREATE TRIGGER guard_membership_no_overlap_update BEFORE UPDATE ON people_membership
        WHEN EXISTS (SELECT 1 FROM people_membership m WHERE m.person_id = NEW.person_id AND m.id <> NEW.id
            AND m.since < COALESCE(NEW.until, '9999-12-31') AND NEW.since < COALESCE(m.until, '9999-12-31'))
        BEGIN SELECT RAISE(ABORT, 'a person belongs to one branch at a time'); END""",
    postgresql="",  # the exclusion constraint holds for updates too
)


class PeopleConfig(AppConfig):
    name = "peixun.people"

    def ready(self) -> None:
        """Register what the database itself has to hold, and the files that the room takes in."""
        from peixun.people import importing  # noqa: PLC0415 - waits until the models are loaded

        importing.register()
        guards.register(ONE_MEMBERSHIP, ONE_MEMBERSHIP_UPDATE, *guards.append_only("people_auditentry"))
        periodic.register("kept answers", every=3600, run=_forget_answers)
        periodic.register("sessions", every=3600, run=_forget_sessions)


def _forget_answers() -> int:
    from peixun.people.operations.answers import forget_answers  # noqa: PLC0415 - models load after the apps

    return forget_answers(at=datetime.now(UTC))


def _forget_sessions() -> int:
    from peixun.people.operations.sessions import forget_sessions  # noqa: PLC0415 - models load after the apps

    return forget_sessions(at=datetime.now(UTC))
