"""The guard that refused every update of a step makes way for one that lets its words be erased."""

from django.db import migrations

DROP = {
    "sqlite": "DROP TRIGGER IF EXISTS guard_claims_claimstep_update",
    "postgresql": "DROP TRIGGER IF EXISTS guard_claims_claimstep_update ON claims_claimstep",
}


def drop_guard(_apps, schema_editor):
    """The new guard is set up after the migrations, with all others."""
    schema_editor.execute(DROP[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_asked_and_added")]
    operations = [migrations.RunPython(drop_guard, migrations.RunPython.noop)]
