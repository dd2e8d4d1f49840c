"""Scans: taken in by their content, kept until 30 days after the decision, each opening noted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.utils.translation import gettext as _

from peixun.claims.models import Claim, Scan, scan_folder
from peixun.claims.operations.steps import ClaimRefused
from peixun.claims.rules import KEPT, MOST_SCANS, SCAN_LIMIT, ScanKind, scan_kind
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor

STRAY_AFTER = timedelta(days=1)


def check_scans(contents: Sequence[bytes], *, there: int = 0) -> list[ScanKind]:
    """The kind of each scan beside those that are there.

    Raises ClaimRefused for too many, too large, and anything but pictures and PDF.
    """
    if there + len(contents) > MOST_SCANS:
        raise ClaimRefused(_("最多附 %(most)s 份材料") % {"most": MOST_SCANS})
    kinds = []
    for number, content in enumerate(contents, start=1):
        if len(content) > SCAN_LIMIT:
            raise ClaimRefused(_("第 %(number)s 份材料超过 5 MB，请拍小一些再附上") % {"number": number})
        kind = scan_kind(content)
        if kind is None:
            raise ClaimRefused(
                _("第 %(number)s 份材料不是完整的照片（JPG、PNG）或 PDF，请重新拍照或扫描") % {"number": number}
            )
        kinds.append(kind)
    return kinds


def keep_scans(claim: Claim, contents: Sequence[bytes], kinds: Sequence[ScanKind]) -> list[Scan]:
    """Write scans beside those that are there; the caller removes the files when its transaction fails."""
    folder = scan_folder()
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    first = claim.scans.count() + 1
    for number, (content, kind) in enumerate(zip(contents, kinds, strict=True), start=first):
        scan = Scan(claim=claim, number=number, key=uuid4().hex, kind=kind, size=len(content))
        made.append(scan)
        scan.path.write_bytes(content)
    return Scan.objects.bulk_create(made)


def note_opened(scan: Scan, *, by: Actor, at: datetime) -> None:
    """This operation will note who opened a scan of a person."""
    audit.record(
        by=by,
        at=at,
        action="open_scan",
        subject="person",
        subject_id=scan.claim.person_id,
        organisation_id=scan.claim.branch_id,
        claim=scan.claim_id,
    )


def expire_scans(*, at: datetime) -> int:
    """This operation will delete scans 30 days after the decision, and files that no claim knows; how many went."""
    old = Scan.objects.filter(claim__decided_at__lt=at - KEPT, deleted_at__isnull=True)
    count = 0
    for scan in old:
        scan.path.unlink(missing_ok=True)
        count += Scan.objects.filter(pk=scan.pk).update(deleted_at=at)
    return count + _remove_strays(at)


def _remove_strays(at: datetime) -> int:
    # A process that ended between the file and its transaction leaves a file that nobody could open or delete.
    folder = scan_folder()
    known = set(Scan.objects.filter(deleted_at__isnull=True).values_list("key", flat=True))
    count = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if path.name not in known and written < at - STRAY_AFTER:
            path.unlink(missing_ok=True)
            count += 1
    return count
