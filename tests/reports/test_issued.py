"""Issued reports: frozen as they were, versions with the entries that made the difference."""

import zlib
from datetime import date
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from docx import Document

from peixun.coverage.operations import refresh
from peixun.kernel import guards
from peixun.ledger import operations as ledger
from peixun.ledger.models import CreditEntry
from peixun.people.models import AuditEntry, Person, PersonAlias
from peixun.people.operations.memberships import transfer
from peixun.people.queries.scope import OutOfScope, actor_of
from peixun.reports.models import IssuedReport
from peixun.reports.operations import IssueRefused, Wanted, compare_with_now, issue, issuing
from peixun.reports.queries import differences as difference_queries
from peixun.reports.queries.figures import Figures
from peixun.reports.queries.frozen_roll import unpacked
from peixun.reports.queries.issued import is_intact
from peixun.reports.queries.records import YearRecords
from tests.factories.world import NOW, SYSTEM, World, account, post

YEAR_END = date(2017, 12, 31)
SIGNED = date(2018, 6, 30)


def wanted(world: World, code: str = "R", note: str = "") -> Wanted:
    """The report of 2017."""
    return Wanted(world.organisation(code), 2017, YEAR_END, SIGNED, note)


def issued(world: World, code: str = "R") -> IssuedReport:
    """The next version, issued."""
    refresh()
    return issue(wanted(world, code), by=SYSTEM, at=NOW)


def values(world: World, code: str = "R") -> dict[str, tuple]:
    """Every figure that a version printed, counted afresh: value, numerator, denominator."""
    figures = Figures(YearRecords(world.organisation(code), 2017, YEAR_END))
    found = {}
    for key in (f["key"] for f in IssuedReport.objects.order_by("number").first().figures):
        figure = figures[key].figure
        found[key] = (figure.value, figure.numerator.value, figure.denominator and figure.denominator.value)
    return found


def text_of(report: IssuedReport) -> str:
    """All text of the file, tables too."""
    document = Document(BytesIO(bytes(report.document)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_a_late_credit_makes_version_2_that_names_it_and_exactly_the_figures_that_moved(city):
    first = issued(city)
    assert (first.number, first.previous, first.differences) == (1, None, {})
    before = values(city)
    late = post(city, city.persons[12], on=date(2017, 10, 9), hours=6, title="迟报的讲座")
    post(city, city.persons[12], on=date(2018, 2, 1), hours=6, title="下一年的讲座")
    second = issued(city)
    after = values(city)
    moved = {key for key in before if before[key] != after[key]}
    told = second.differences
    assert {f["key"] for f in told["figures"] if f["before"] is not None} == moved
    assert {"trained_total", "coverage_rate", "lecture_activities"} <= moved
    assert "members_total" not in moved
    assert [(e["entry"], e["activity"], e["hours"], e["reversed"]) for e in told["entries"]] == [
        (late.pk, "迟报的讲座", "6", False)
    ]
    trained = next(f for f in told["figures"] if f["key"] == "trained_total")
    assert (int(trained["after"]) - int(trained["before"]), trained["entries"]) == (1, 1)
    paper = text_of(second)
    assert "与第1版的差异" in paper
    assert f"第{late.pk}号" in paper
    assert "迟报的讲座" in paper
    assert city.person(12).name not in paper
    assert second.previous == first
    assert second.head in paper.replace(" ", "")


def test_a_reversal_is_named_too_and_what_came_and_went_is_not(city):
    entry = CreditEntry.objects.effective().get(person=city.persons[8])
    issued(city)
    passing = post(city, city.persons[13], on=date(2017, 4, 4), hours=2)
    ledger.reverse(passing, reason="登错", by=SYSTEM, at=NOW)
    reversal = ledger.reverse(entry, reason="重复", by=SYSTEM, at=NOW)
    told = issued(city).differences
    assert [(e["entry"], e["reversed"]) for e in told["entries"]] == [(reversal.pk, True)]
    systems = next(f for f in told["figures"] if f["key"] == "practice_systems")
    assert (systems["before"], systems["after"], systems["entries"]) == ("2", "0", 1)


def test_who_left_is_told_as_a_change_of_people(city):
    first = issued(city, "C1")
    transfer(city.person(8), on=date(2017, 11, 1), to=city.organisation("T21a"), by=SYSTEM, at=NOW)
    told = issued(city, "C1").differences
    figures = {f["key"]: (f["before"], f["after"], f["entries"]) for f in told["figures"]}
    assert figures["members_total"] == ("20", "19", 0)
    assert told["entries"] == []
    assert any(act["subject"] == "membership" for act in told["acts"])
    assert "人员变动等" in text_of(IssuedReport.objects.get(previous=first))


def test_each_person_of_the_change_has_one_reason(city):
    """Due and trained people after are those before and every reason added up, whatever happened between."""
    trained = CreditEntry.objects.effective().filter(happened_on__year=2017).values_list("person_id", flat=True)
    of_county = [pk for pk in city.persons[:20] if pk in set(trained)]
    untrained = [pk for pk in city.persons[:20] if pk not in set(trained)]
    issued(city, "C1")
    away = city.organisation("T21a")
    for pk in (of_county[0], untrained[0]):
        transfer(Person.objects.get(pk=pk), on=date(2017, 11, 1), to=away, by=SYSTEM, at=NOW)
    for index in (30, 31, 32):
        transfer(city.person(index), on=date(2017, 11, 1), to=city.organisation("T11a"), by=SYSTEM, at=NOW)
    for pk in (untrained[1], untrained[2], city.persons[31]):
        post(city, pk, on=date(2017, 10, 9), hours=2)
    for entry in CreditEntry.objects.effective().filter(person=of_county[1]):
        ledger.reverse(entry, reason="登错", by=SYSTEM, at=NOW)
    told = issued(city, "C1").differences
    moved = told["people"]
    figures = {f["key"]: int(f["after"]) - int(f["before"]) for f in told["figures"] if f["key"].endswith("s_total")}
    figures |= {f["key"]: int(f["after"]) - int(f["before"]) for f in told["figures"] if f["key"] == "trained_total"}
    assert (moved["arrived"], moved["left"], moved["merged"]) == (3, 2, 0)
    assert (moved["newly"], moved["no_longer"], moved["left_trained"]) == (2, 1, 1)
    assert figures["members_total"] == moved["arrived"] - moved["left"]
    assert figures["trained_total"] == (
        moved["newly"] - moved["no_longer"] + moved["arrived_trained"] - moved["left_trained"]
    )
    assert "人员：新进入应训范围" in text_of(IssuedReport.objects.get(number=2))


def test_a_merger_is_told_as_one(city):
    issued(city, "C1")
    PersonAlias.objects.create(alias_id=city.persons[14], person_id=city.persons[13], merged_at=NOW)
    moved = compare_with_now(IssuedReport.objects.get(), signed_on=SIGNED)["people"]
    assert (moved["left"], moved["merged"], moved["arrived"]) == (1, 1, 0)


def test_the_roll_is_kept_small_and_whole(city):
    report = issued(city)
    kept = unpacked(bytes(report.roll))
    year = YearRecords(city.root, 2017, YEAR_END)
    assert kept == {person: person in year.attended.covered for person in year.roll.due}
    assert any(kept.values())
    assert not all(kept.values())
    report.roll = packed_nobody()
    assert not is_intact(report)


def packed_nobody() -> bytes:
    """A roll of nobody."""
    return zlib.compress(b"")


def test_what_comes_in_while_drafting_is_in_the_version(city, monkeypatch):
    """Twice somebody posts while the draft is made: the third is made while nobody can, and counts everything."""
    real, drafts = issuing.compose_work_report, []

    def slow(*args: object, **more: object) -> object:
        made = real(*args, **more)
        drafts.append(made)
        if len(drafts) < 3:
            post(city, city.persons[12], on=date(2017, 10, 9), hours=1)
            refresh()
        return made

    monkeypatch.setattr(issuing, "compose_work_report", slow)
    report = issued(city)
    assert (len(drafts), report.sealed) == (3, CreditEntry.objects.count())
    before = {f["key"]: f["printed"] for f in report.figures}
    monkeypatch.undo()
    with pytest.raises(IssueRefused, match="没有变动"):
        issued(city)
    assert before["lecture_activities"] == str(
        Figures(YearRecords(city.root, 2017, YEAR_END))["lecture_activities"].figure.value
    )


def test_who_leaves_while_drafting_makes_it_anew(city, monkeypatch):
    real, drafts = issuing.compose_work_report, []

    def slow(*args: object, **more: object) -> object:
        made = real(*args, **more)
        drafts.append(made)
        if len(drafts) == 1:
            transfer(city.person(8), on=date(2017, 11, 1), to=city.organisation("T21a"), by=SYSTEM, at=NOW)
            refresh()
        return made

    monkeypatch.setattr(issuing, "compose_work_report", slow)
    report = issued(city, "C1")
    assert len(drafts) == 2
    assert {f["key"]: f["printed"] for f in report.figures}["members_total"] == "19"


def test_entries_beyond_the_list_are_counted(city, monkeypatch):
    monkeypatch.setattr(difference_queries, "LISTED", 2)
    first = issued(city)
    for i in range(3):
        post(city, city.persons[i], on=date(2017, 5, 20 + i), hours=2)
    told = compare_with_now(first, signed_on=SIGNED)
    assert (len(told["entries"]), told["entries_total"]) == (2, 3)


def test_nothing_changed_means_no_new_version(city):
    issued(city)
    with pytest.raises(IssueRefused, match="第 1 版"):
        issued(city)
    assert IssuedReport.objects.count() == 1


def test_what_was_issued_cannot_be_changed(city):
    report = issued(city)
    assert not [name for name in guards.missing() if "issuedreport" in name]
    for act in (lambda: IssuedReport.objects.update(note="x"), report.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert is_intact(IssuedReport.objects.get())


def test_a_forged_row_is_noticed(city):
    report = IssuedReport.objects.get(pk=issued(city).pk)
    assert is_intact(report)
    report.figures[0]["printed"] = "99"
    assert not is_intact(report)
    report = IssuedReport.objects.get(pk=report.pk)
    report.document = bytes(report.document) + b"x"
    assert not is_intact(report)


def test_everything_counted_lies_under_the_seal(city):
    post(city, city.persons[12], on=date(2017, 10, 9), hours=6)
    report = issued(city)
    assert report.sealed == CreditEntry.objects.count()
    assert "未封存记录（条）\n0" in text_of(report)


def test_the_same_version_is_never_there_twice(city):
    report = issued(city)
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedReport.objects.bulk_create([_copy(report)])


def _copy(report: IssuedReport) -> IssuedReport:
    twin = IssuedReport.objects.get(pk=report.pk)
    twin.pk = None
    return twin


def test_only_offices_issue_and_only_at_home(city):
    refresh()
    for role in ("leader", "auditor", "secretary", "administrator"):
        who = actor_of(account(role, role=role, organisation=city.root), day=SIGNED)
        with pytest.raises(OutOfScope):
            issue(wanted(city), by=who, at=NOW)
    county = actor_of(account("county", role="office", organisation=city.organisation("C1")), day=SIGNED)
    for code in ("R", "C2"):
        with pytest.raises(OutOfScope):
            issue(wanted(city, code), by=county, at=NOW)
    assert not IssuedReport.objects.exists()
    issue(wanted(city, "T11", note="送审"), by=county, at=NOW)
    assert AuditEntry.objects.get(action="issue").organisation == city.organisation("T11")


def test_no_query_grows_with_the_versions(city, django_assert_max_num_queries):
    report = issued(city)
    with django_assert_max_num_queries(80):
        compare_with_now(report, signed_on=SIGNED)
    assert connection.in_atomic_block
