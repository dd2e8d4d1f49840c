"""Scans: only pictures and PDF by their content, for few eyes, for a limited time."""

import os
import zlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from peixun.claims import operations
from peixun.claims.models import Claim, Scan, scan_folder
from peixun.claims.operations import ClaimRefused, Filing
from peixun.claims.rules import SCAN_LIMIT, ScanKind, scan_kind
from peixun.people.models import Account, AuditEntry
from peixun.people.queries.scope import actor_of
from tests.factories.world import NOW, account
from tests.home.conftest import signed_in

pytestmark = pytest.mark.django_db
DAY = date(2018, 6, 5)
PDF = b"%PDF-1.4\n1 0 obj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 40 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + zlib.compress(b"x" * 50) + b"IEND\xaeB`\x82"
HOSTILE = {
    "page.png": b"<html><script>alert(1)</script></html>",
    "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "files.pdf": b"PK\x03\x04" + b"\0" * 40,
    "half.jpg": JPEG[:-2],
    "none.jpg": b" ",
}


@pytest.fixture
def world(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    account("member", person=world.person(1))
    account("secretary", role="secretary", organisation=world.organisation("T11a"), person=world.person(0))
    account("office", role="office", organisation=world.organisation("T11"))
    account("auditor", role="auditor", organisation=world.organisation("C1"))
    account("elsewhere", role="office", organisation=world.organisation("T12"))
    return world


def browser(login):
    return signed_in(Account.objects.get(login=login))


def file(world, *scans):
    by = actor_of(Account.objects.get(login="member"), day=DAY)
    filing = Filing(world.person(1), Decimal(2), DAY, title="主题党日")
    return operations.file(filing, scans=scans, today=date(2018, 6, 30), by=by, at=NOW)


def stored():
    return [path.name for path in scan_folder().iterdir()] if scan_folder().is_dir() else []


def test_kinds_are_told_by_content():
    assert [scan_kind(c) for c in (JPEG, PNG, PDF)] == [ScanKind.JPEG, ScanKind.PNG, ScanKind.PDF]
    assert {scan_kind(content) for content in HOSTILE.values()} == {None}


@pytest.mark.parametrize("name", [*HOSTILE, "large.pdf"])
def test_hostile_uploads_are_refused_in_words_and_leave_nothing(world, name):
    content = HOSTILE.get(name) or b"%PDF-1.4" + b"\0" * (SCAN_LIMIT + 2**20) + b"%%EOF"
    upload = SimpleUploadedFile(name, content, content_type="image/png")
    body = {"on": "2018-06-05", "activity": "other", "activity_kind": "theme_day", "title": "主题党日", "hours": "2"}
    response = browser("member").post("/claims/new/", {**body, "scan": [upload]})
    assert response.status_code == 422
    assert ("超过 5 MB" if name == "large.pdf" else "不是完整的照片") in response.content.decode()
    assert (Claim.objects.count(), Scan.objects.count(), stored()) == (0, 0, [])


def test_a_member_uploads_up_to_three_and_a_fourth_is_refused(world):
    claim = file(world, JPEG, PNG, PDF)
    assert list(claim.scans.values_list("kind", flat=True)) == ["jpg", "png", "pdf"]
    assert len(stored()) == 3
    with pytest.raises(ClaimRefused, match="最多附 3 份"):
        file(world, PDF, PDF, PDF, PDF)


def test_a_claim_that_is_refused_leaves_no_file(world):
    file(world, PDF)
    with pytest.raises(ClaimRefused, match="正在办理"):
        file(world, JPEG)
    assert len(stored()) == 1


def test_scans_are_attachments_for_few_eyes_and_each_opening_is_noted(world):
    claim = file(world, PNG)
    address = f"/claims/{claim.pk}/scan/1/"
    for login in ("member", "secretary", "office"):
        response = browser(login).get(address)
        assert b"".join(response.streaming_content) == PNG
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Type"] == "image/png"
    for login in ("auditor", "elsewhere"):
        assert browser(login).get(address).status_code == 404
    opened = AuditEntry.objects.filter(action="open_scan", subject="person", subject_id=str(claim.person_id))
    assert opened.filter(organisation=claim.branch).count() == 3
    assert browser("member").get(f"/claims/{claim.pk}/scan/2/").status_code == 404


def test_scans_go_thirty_days_after_the_decision_and_strays_after_a_day(world):
    claim = file(world, PNG)
    by = actor_of(Account.objects.get(login="secretary"), day=DAY)
    operations.refuse(claim, words="没有来", by=by, at=NOW)
    known = scan_folder() / claim.scans.get().key
    stray = scan_folder() / "stray"
    stray.write_bytes(PNG)
    for path in (known, stray):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert operations.expire_scans(at=NOW + timedelta(hours=23)) == 0
    assert operations.expire_scans(at=NOW + timedelta(days=30)) == 1
    assert (known.exists(), stray.exists()) == (True, False)
    assert operations.expire_scans(at=NOW + timedelta(days=31)) == 1
    assert stored() == []
    assert claim.scans.get().deleted_at == NOW + timedelta(days=31)
    assert browser("member").get(f"/claims/{claim.pk}/scan/1/").status_code == 404
