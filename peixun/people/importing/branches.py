"""Which organisation a row means: by code or by full name, never by a guess."""

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from peixun.kernel.cells import CellError, match_key
from peixun.people.models import MEMBER_KINDS, Organisation
from peixun.people.queries.scope import Actor, Permission

OUT_OF_SCOPE = "不在您的管理范围内"


class OrganisationFinder:
    """Finds organisations as rows name them; answers are kept, since rows repeat them."""

    def __init__(self, actor: Actor) -> None:
        self.by_id: dict[int, Organisation] = {}
        self._by_code: dict[str, Organisation] = {}
        self._by_name: dict[str, list[Organisation]] = defaultdict(list)
        self._paths = [""] if actor.is_system else actor.paths(Permission.IMPORT)
        self._answers: dict[tuple[str, bool], Organisation | CellError] = {}
        for organisation in Organisation.objects.only(
            "id", "code", "name", "kind", "path", "founded_on", "closed_on", "parent"
        ):
            self.by_id[organisation.pk] = organisation
            self._by_code[match_key(organisation.code)] = organisation
            self._by_name[match_key(organisation.name)].append(organisation)

    def in_scope(self, organisation_id: int) -> bool:
        """Whether the actor may import into an organisation."""
        path = self.by_id[organisation_id].path
        return any(path.startswith(prefix) for prefix in self._paths)

    def branch(self, text: str) -> Organisation:
        """The branch that a row names by code or by full name, in the actor's scope. Raises CellError."""
        return _open(self._answer(text, branch=True), None)

    def by_code(self, text: str, *, on: date | None = None) -> Organisation:
        """The organisation with a code, in the actor's scope, that is open (on a day, if given). Raises CellError."""
        found = self._answer(text, branch=False)
        return _open(found, on)

    def _answer(self, text: str, *, branch: bool) -> Organisation:
        key = (text, branch)
        if key not in self._answers:
            try:
                self._answers[key] = self._branch(text) if branch else self._code(text)
            except CellError as error:
                self._answers[key] = error
        answer = self._answers[key]
        if isinstance(answer, CellError):
            raise CellError(answer.reason)
        return answer

    def _code(self, text: str) -> Organisation:
        found = self._by_code.get(match_key(text))
        if found is None:
            raise CellError(_("没有代码为“%(text)s”的党组织") % {"text": text[:40]})
        return self._usable(found)

    def _branch(self, text: str) -> Organisation:
        key = match_key(text)
        found = self._by_code.get(key) or self._named(key, text)
        if found.kind not in MEMBER_KINDS:
            raise CellError(_("“%(name)s”不是党支部，党员只能在党支部") % {"name": found.name})
        return self._usable(found)

    def _named(self, key: str, text: str) -> Organisation:
        named = self._by_name.get(key, [])
        able = [o for o in named if o.kind in MEMBER_KINDS and o.closed_on is None] or named
        # Whoever imports for a county means a branch of the county: others of that name can't be meant.
        near = [o for o in able if self.in_scope(o.pk)] or able
        if not near:
            raise CellError(_("没有名为或代码为“%(text)s”的党支部，请填写全称或代码") % {"text": text[:60]})
        if len(near) > 1:
            codes = "、".join(o.code for o in near[:5])
            raise CellError(
                _("有 %(count)s 个党支部叫这个名字，请改填代码：%(codes)s") % {"count": len(near), "codes": codes}
            )
        return near[0]

    def _usable(self, found: Organisation) -> Organisation:
        if not self.in_scope(found.pk):
            raise CellError(_(OUT_OF_SCOPE))
        return found


def _open(found: Organisation, on: date | None) -> Organisation:
    if found.closed_on is not None and (on is None or on >= found.closed_on):
        raise CellError(_("这个党组织已于 %(day)s 撤销") % {"day": found.closed_on.isoformat()})
    return found
