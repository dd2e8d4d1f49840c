"""Where an act belongs in the tree: the lowest organisation that holds all that it touched."""

from collections.abc import Collection, Iterable

from peixun.kernel import bulk
from peixun.people.models import Account, Grant, Membership, Organisation

LAST_SQL = "SELECT m.organisation_id, m.person_id, m.since FROM people_membership m WHERE {ids}"


def place_of_paths(paths: Iterable[str]) -> int | None:
    """The id of the lowest organisation above all of these paths, itself included; None without any, or above all.

    A path is made of the ids of the line, so nothing is asked.
    """
    known = sorted(path for path in paths if path)
    if not known:
        return None
    shared = ""
    for one, other in zip(known[0].split("/"), known[-1].split("/"), strict=False):
        if not one or one != other:
            break
        shared = one
    return int(shared) if shared else None


def place_of_organisations(ids: Collection[int]) -> int | None:
    """The lowest organisation that holds all of these. One query a few thousand; none for one organisation alone."""
    wanted = set(ids)
    if len(wanted) == 1:
        return next(iter(wanted))
    paths: set[str] = set()
    for chunk in bulk.chunks(wanted, 5000):
        paths.update(Organisation.objects.filter(pk__in=chunk).order_by().values_list("path", flat=True))
    return place_of_paths(paths)


def place_of_persons(ids: Collection[int]) -> int | None:
    """The lowest organisation that holds the branches of these persons: to which they belong, or belonged last."""
    last: dict[int, tuple[str, int]] = {}
    for rows in bulk.select(LAST_SQL, "m.person_id", ids):
        for organisation, person, since in rows:
            last[person] = max(last.get(person, ("", 0)), (str(since), organisation))
    return place_of_organisations({organisation for _since, organisation in last.values()})


def place_of_account(account_id: int | None) -> int | None:
    """Where an account stands: the lowest organisation that holds its roles, else its person's branch."""
    if account_id is None:
        return None
    paths = list(Grant.objects.filter(account=account_id).values_list("organisation__path", flat=True))
    if paths:
        return place_of_paths(paths)
    person = Account.objects.filter(pk=account_id).values("person")
    last = Membership.objects.filter(person__in=person).order_by("-since").first()
    return last.organisation_id if last is not None else None
