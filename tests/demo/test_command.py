"""`peixun demo`: made once, kept afterwards, and never over other data."""

import io

import pytest
from django.core.management import CommandError, call_command

from peixun.ledger.models import CreditEntry


def run(**options: object) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("demo", scale=0.01, no_serve=True, stdout=out, **options)
    return out.getvalue()


def test_the_second_run_keeps_the_data_and_another_scale_is_refused(db):
    first = run()
    entries = CreditEntry.objects.count()
    assert entries > 0
    assert all(login in first for login in ("member", "secretary", "manager", "city", "admin"))
    assert "数据保留" in run()
    assert CreditEntry.objects.count() == entries
    with pytest.raises(CommandError) as refused:
        run(seed=5)
    assert refused.value.returncode == 2


def test_other_data_is_left_alone(world):
    with pytest.raises(CommandError) as refused:
        run()
    assert refused.value.returncode == 2
    assert "空库" in str(refused.value)
