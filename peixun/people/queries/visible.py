"""Whose records an actor may see: persons who belong, or once belonged, to a branch within the actor's subtrees."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from peixun.people.models import Membership, Organisation, Person, PersonAlias
from peixun.people.queries.scope import Actor, Permission


def belonging(paths: Collection[str]) -> Q:
    """The condition on memberships that their branch lies in one of these subtrees today."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(organisation__path__startswith=path)
    return condition


def covers_everything(paths: Collection[str]) -> bool:
    """Whether these subtrees are the whole installation, with those who belong to no branch."""
    root = Organisation.objects.filter(parent__isnull=True).values_list("path", flat=True).first()
    return root is not None and any(root.startswith(path) for path in paths)


def may_see_person(actor: Actor, person_id: int, permission: Permission = Permission.SEE_PEOPLE) -> bool:
    """Whether an actor has a permission on a person, through any branch that the person or an alias belonged to."""
    paths = actor.paths(permission)
    if not paths:
        return False
    if covers_everything(paths):
        return True
    ids = [person_id, *PersonAlias.objects.filter(person=person_id).values_list("alias_id", flat=True)]
    return Membership.objects.filter(belonging(paths), person__in=ids).exists()


def main_record(person_id: int) -> int:
    """The person that a record was merged into, or the record itself."""
    merged = PersonAlias.objects.filter(alias=person_id).values_list("person_id", flat=True).first()
    return person_id if merged is None else merged


def one_person(person_id: int) -> tuple[int, ...]:
    """A person's record with those that were merged into it."""
    main = main_record(person_id)
    return (main, *PersonAlias.objects.filter(person=main).values_list("alias_id", flat=True))


def visible_persons(actor: Actor, permission: Permission) -> QuerySet[Person]:
    """The persons on whom an actor has a permission."""
    paths = actor.paths(permission)
    if covers_everything(paths):
        return Person.objects.all()
    return Person.objects.filter(Exists(Membership.objects.filter(belonging(paths), person=OuterRef("pk"))))
