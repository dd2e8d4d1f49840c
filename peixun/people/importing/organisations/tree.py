"""Whether rows and what stands make one tree: one root, no cycle, every parent known and able to be one."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from peixun.kernel.imports import Intake, rows_named
from peixun.people.importing.organisations.rows import CODE, KIND, PARENT, OrganisationRow
from peixun.people.models import MEMBER_KINDS, Membership, Organisation
from peixun.people.queries.scope import Actor, Permission

OUT_OF_SCOPE = "不在您的管理范围内"


class TreeCheck:
    """Checks rows against each other and against what stands, again and again until no row falls any more.

    A row that falls can take others with it: a branch whose committee was refused has no parent.
    """

    def __init__(
        self, intake: Intake, rows: dict[str, OrganisationRow], standing: dict[str, Organisation], *, actor: Actor
    ) -> None:
        self.intake = intake
        self.rows = rows
        self.standing = standing
        self.unreadable: set[str] = set()
        """Codes of rows that couldn't even be read: their children aren't told that no such parent exists."""
        self._keys = {organisation.pk: key for key, organisation in standing.items()}
        self._root = next((key for key, o in standing.items() if o.parent_id is None), None)
        self._paths = None if actor.is_system else actor.paths(Permission.IMPORT)

    def run(self, today: date) -> None:
        """Refuse every row that doesn't fit."""
        self._check_roots()
        self._check_dates(today)
        while True:
            before = len(list(self.good()))
            self._check_parents()
            self._check_kinds(today)
            self._check_cycles()
            self._check_scope()
            if len(list(self.good())) == before:
                return

    def good(self) -> Iterator[OrganisationRow]:
        """Rows that nothing speaks against so far."""
        return (row for row in self.rows.values() if not row.draft.bad)

    def parent_key(self, key: str) -> str | None:
        """The parent that an organisation will have: as its good row says, else as it stands. None for the root."""
        row = self.rows.get(key)
        if row is not None and not row.draft.bad:
            return row.parent_key or None
        organisation = self.standing.get(key)
        return self._keys[organisation.parent_id] if organisation and organisation.parent_id else None

    def kind(self, key: str) -> str:
        """The kind that an organisation will have; "" when it won't exist."""
        row = self.rows.get(key)
        if row is not None and not row.draft.bad:
            return str(row["kind"])
        organisation = self.standing.get(key)
        return organisation.kind if organisation else ""

    def _check_roots(self) -> None:
        tops = [row for row in self.good() if not row.parent_key]
        fresh = [row for row in tops if row.standing is None]
        for row in tops:
            if row.standing is not None and row.standing.parent_id is not None:
                self.intake.refuse(row.draft, PARENT, _("没有填写上级党组织代码，而它现在有上级"))
        if self._root is not None:
            name = self.standing[self._root].name
            reason = _("没有填写上级党组织代码，而最高党组织已经有了：%(name)s") % {"name": name}
            self.intake.refuse_all([row.draft for row in fresh], PARENT, reason)
        elif len(fresh) > 1:
            where = rows_named(row.draft for row in fresh)
            reason = _("只能有一个没有上级的党组织，文件里有 %(count)s 个（%(rows)s）") % {
                "count": len(fresh),
                "rows": where,
            }
            self.intake.refuse_all([row.draft for row in fresh], PARENT, reason)

    def _check_dates(self, today: date) -> None:
        for row in self.good():
            if row["founded"] is not None and row["founded"] > today:
                self.intake.refuse(row.draft, "成立日期", _("成立日期在将来"))
            if row.standing is not None and row.standing.closed_on is not None:
                self.intake.refuse(
                    row.draft, CODE, _("这个党组织已于 %(day)s 撤销") % {"day": row.standing.closed_on.isoformat()}
                )

    def _check_parents(self) -> None:
        refused = {key for key, row in self.rows.items() if row.draft.bad}
        refused |= self.unreadable
        for row in self.good():
            key = row.parent_key
            if not key:
                continue
            above = self.standing.get(key)
            if key == row.key:
                self.intake.refuse(row.draft, PARENT, _("上级党组织不能是它自己"))
            elif above is not None and above.closed_on is not None:
                self.intake.refuse(row.draft, PARENT, _("上级党组织“%(name)s”已经撤销") % {"name": above.name})
            elif above is None and key in refused:
                self.intake.refuse(row.draft, PARENT, _("上级党组织所在的那一行有问题，改好后再导入"))
            elif above is None and key not in self.rows:
                self.intake.refuse(
                    row.draft, PARENT, _("上级党组织代码 %(code)s 不存在") % {"code": row.draft["parent"]}
                )

    def _check_kinds(self, today: date) -> None:
        children: dict[str, list[str]] = defaultdict(list)
        for key in self.standing.keys() | self.rows.keys():
            above = self.parent_key(key)
            if above is not None and self.kind(key):
                children[above].append(key)
        for above, below in children.items():
            if self.kind(above) not in MEMBER_KINDS:
                continue
            told = [self.rows[key] for key in below if key in self.rows and not self.rows[key].draft.bad]
            for row in told:
                self.intake.refuse(row.draft, PARENT, _("上级是党支部，党支部下不能再设党组织"))
            if len(told) < len(below) and above in self.rows and not self.rows[above].draft.bad:
                self.intake.refuse(self.rows[above].draft, KIND, _("下面还有党组织，不能改为党支部"))
        self._check_members(today)

    def _check_members(self, today: date) -> None:
        no_longer = [
            row
            for row in self.good()
            if row.standing is not None and row.standing.holds_members and row["kind"] not in MEMBER_KINDS
        ]
        if not no_longer:
            return
        ids = [row.standing.pk for row in no_longer if row.standing]
        full = set(Membership.objects.on(today).filter(organisation__in=ids).values_list("organisation_id", flat=True))
        for row in no_longer:
            if row.standing and row.standing.pk in full:
                self.intake.refuse(row.draft, KIND, _("还有党员在这个党支部，先转出党员再改组织类别"))

    def _check_cycles(self) -> None:
        settled: set[str] = set()
        for start in list(self.rows):
            line: list[str] = []
            seen: set[str] = set()
            key: str | None = start
            while key is not None and key not in settled and key not in seen:
                line.append(key)
                seen.add(key)
                key = self.parent_key(key)
            if key is not None and key in seen:
                self._refuse_cycle(line[line.index(key) :])
            settled.update(line)

    def _refuse_cycle(self, cycle: list[str]) -> None:
        told = [self.rows[key].draft for key in cycle if key in self.rows and not self.rows[key].draft.bad]
        reason = _("上下级关系成环（%(rows)s）") % {"rows": rows_named(told)}
        self.intake.refuse_all(told, PARENT, reason)

    def _check_scope(self) -> None:
        if self._paths is None:
            return
        inside: dict[str, bool] = {}
        for row in list(self.good()):
            if not self._may_write(row, inside):
                self.intake.refuse(row.draft, CODE, _(OUT_OF_SCOPE))

    def _may_write(self, row: OrganisationRow, inside: dict[str, bool]) -> bool:
        if row.standing is not None:
            if not self._inside(row.key, inside):
                return False
            above = self._keys.get(row.standing.parent_id or 0, "")
            if row.parent_key == above:
                return True
        return bool(row.parent_key) and self._inside(row.parent_key, inside)

    def _inside(self, key: str, inside: dict[str, bool]) -> bool:
        """Whether an organisation, or the nearest one above it that stands already, is in the actor's scope."""
        line = []
        at: str | None = key
        while at is not None and at not in inside and at not in self.standing:
            line.append(at)
            at = self.parent_key(at)
        if at is None:
            answer = False
        elif at in inside:
            answer = inside[at]
        else:
            path = self.standing[at].path
            answer = inside[at] = any(path.startswith(prefix) for prefix in self._paths or ())
        for passed in line:
            inside[passed] = answer
        return answer
