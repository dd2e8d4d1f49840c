"""Whom somebody means who signs in: a login, a mobile number, a citizen number, with a code also a name."""

from django.db.models import Q

from peixun.kernel.cells import clean_text
from peixun.people.models import Account, Identity, Person, PersonAlias
from peixun.people.queries.search import LONGEST, Asked, Question, read_question
from peixun.people.sealed_box import lookup

NOBODY = "?"
"""Begins the stand-in for a number that leads to nobody: no login begins with it."""
MOST_NAMED = 5000
_COLUMNS = {Asked.CITIZEN_NUMBER: ("citizen_lookup", "citizen"), Asked.PHONE: ("phone_lookup", "phone")}


def login_of(typed: str) -> str:
    """The login behind what was typed as one: itself, or that of the one person with this number.

    A number that nobody has, or that several people share, becomes a stand-in, so that no number goes on to where
    failed sign-ins are counted. It costs the same queries either way.
    """
    question = read_question(typed)
    if not question.is_personal:
        return typed
    people = _people(question)
    logins = list(Account.objects.filter(_belongs(people)).values_list("login", flat=True)[:2])
    if len(people) == 1 and len(logins) == 1:
        return logins[0]
    return veiled("login", typed)


def veiled(kind: str, typed: str) -> str:
    """A stand-in for what was typed, the same each time, from which it can't be read."""
    return NOBODY + lookup(kind, clean_text(typed)[:LONGEST]).hex()


def accounts_meant(typed: str) -> Q:
    """The condition on accounts that this login, number or name means one of them; a shared one means several."""
    question = read_question(typed)
    if question.is_personal:
        return _belongs(_people(question))
    text = clean_text(typed)[:LONGEST]
    # Their ids, not a subquery: both databases then take each side of the OR from its index.
    named = Person.objects.filter(name__in={text, text.replace(" ", "")}).values_list("pk", flat=True)
    return Q(login__in={text, text.lower()}) | Q(person__in=list(named[:MOST_NAMED])) if text else Q(pk__in=[])


def _people(question: Question) -> dict[int, set[int]]:
    """Who has a number: each with all their records."""
    column, kind = _COLUMNS[question.asked]
    found = Identity.objects.filter(**{column: lookup(kind, question.text)}).values_list("person", flat=True)
    records = set(found)
    asked = records or {0}  # nobody: asked all the same, so that it takes as long
    merged = PersonAlias.objects.filter(Q(alias__in=asked) | Q(person__in=asked)).values_list("alias", "person")
    owner = dict(merged)
    people: dict[int, set[int]] = {}
    for record in records | owner.keys():
        people.setdefault(owner.get(record, record), set()).update({record, owner.get(record, record)})
    return people


def _belongs(people: dict[int, set[int]]) -> Q:
    records = {record for known in people.values() for record in known}
    return Q(person__in=records or {0})
