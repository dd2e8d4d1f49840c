"""Which person a row means, and whether they were a member on its days."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from peixun.kernel import bulk
from peixun.kernel.cells import CellError, match_key
from peixun.kernel.dated import holds
from peixun.kernel.imports import Intake
from peixun.ledger.importing.rows import DATE, NAME, NUMBER, CreditRow
from peixun.people.importing.branches import OUT_OF_SCOPE, OrganisationFinder
from peixun.people.importing.persons import persons_by_lookup
from peixun.people.models import Membership, Person, PersonAlias
from peixun.people.sealed_box import lookup


class Belonging(NamedTuple):
    """A dated membership."""

    since: date
    until: date | None
    organisation_id: int


class PersonFinder:
    """Finds persons by citizen number, or by name within the organiser's subtree, and checks their memberships."""

    def __init__(self, intake: Intake, rows: Collection[CreditRow], finder: OrganisationFinder) -> None:
        self._intake = intake
        self._finder = finder
        self._alias = dict(PersonAlias.objects.values_list("alias_id", "person_id"))
        self._names: dict[int, str] = {}
        self._named: dict[str, set[int]] = defaultdict(set)
        self._belonging: dict[int, list[Belonging]] = defaultdict(list)
        numbers = {row.draft["number"].number for row in rows if row.draft["number"] is not None}
        self._lookups = {number: lookup("citizen", number) for number in numbers}
        self._ids = persons_by_lookup(set(self._lookups.values()))
        told = {self._ids.get(hashed, 0) for hashed in self._lookups.values()}
        self._load_named({row.draft["name"] for row in rows if row.draft["number"] is None})
        self._load(told | {pk for same in self._named.values() for pk in same})

    def find(self, row: CreditRow) -> None:
        """Set the row's person, or refuse the row."""
        try:
            row.person_id = self._by_number(row) if row.draft["number"] is not None else self._by_name(row)
        except CellError as error:
            self._intake.refuse(row.draft, NUMBER, error.reason)
            return
        if row.person_id:
            self._check_days(row)

    def _by_number(self, row: CreditRow) -> int:
        person_id = self._ids.get(self._lookups[row.draft["number"].number])
        if person_id is None:
            raise CellError(_("没有登记过这个公民身份号码"))
        if match_key(self._names[person_id]) != match_key(row.draft["name"]):
            self._intake.refuse(row.draft, NAME, _("姓名与公民身份号码登记的不一致"))
            return 0
        return person_id

    def _by_name(self, row: CreditRow) -> int:
        day = row.parts[-1][0]
        path = self._finder.by_id[row.organiser_id].path
        found = {
            pk
            for pk in self._named.get(row.draft["name"], ())
            if (place := self._place(pk, day)) is not None and self._finder.by_id[place].path.startswith(path)
        }
        if not found:
            raise CellError(_("没有填写公民身份号码，而组织单位之下没有叫这个名字的党员"))
        if len(found) > 1:
            reason = _("组织单位之下有 %(count)s 个人叫这个名字，请填写公民身份号码") % {"count": len(found)}
            raise CellError(reason)
        return found.pop()

    def _check_days(self, row: CreditRow) -> None:
        for day, _part, _quarters in row.parts:
            place = self._place(row.person_id, day)
            if place is None:
                reason = _("%(day)s 此人没有组织关系") % {"day": day.isoformat()}
                self._intake.refuse(row.draft, DATE, reason)
            elif not self._finder.in_scope(place):
                self._intake.refuse(row.draft, NUMBER, _(OUT_OF_SCOPE))

    def _place(self, person_id: int, day: date) -> int | None:
        for since, until, place in self._belonging.get(person_id, ()):
            if holds(since, until, day):
                return place
        return None

    def _load_named(self, names: Collection[str]) -> None:
        for chunk in bulk.chunks(names, 500):
            for pk, name in Person.objects.filter(name__in=chunk).values_list("pk", "name"):
                self._named[name].add(self._alias.get(pk, pk))

    def _load(self, ids: Collection[int]) -> None:
        family: dict[int, int] = {pk: pk for pk in ids}
        family |= {alias: person for alias, person in self._alias.items() if person in family}
        for chunk in bulk.chunks(family, 5000):
            self._names.update(Person.objects.filter(pk__in=chunk).values_list("pk", "name"))
            rows = Membership.objects.filter(person__in=chunk)
            for person_id, since, until, place in rows.values_list("person_id", "since", "until", "organisation_id"):
                self._belonging[family[person_id]].append(Belonging(since, until, place))
