"""Posts: taken up and left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from peixun.kernel import bulk
from peixun.people import hooks
from peixun.people.models import Post
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_organisations
from peixun.people.queries.scope import Actor


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to take up; `title` is one of `PostTitle`."""

    person_id: int
    organisation_id: int
    title: str
    since: date
    until: date | None = None
    rank: str = ""


@transaction.atomic
def appoint(posts: Sequence[NewPost], *, by: Actor, at: datetime) -> int:
    """This operation will record posts and return how many were new; those that are known are passed over.

    The database refuses a second secretary of the same organisation (IntegrityError).
    """
    written = bulk.insert(
        Post,
        ("person", "organisation", "title", "rank", "since", "until"),
        [(p.person_id, p.organisation_id, p.title, p.rank, p.since, p.until) for p in posts],
        returning=("person",),
    )
    place = place_of_organisations({p.organisation_id for p in posts})
    audit.record(by=by, at=at, action="appoint", subject="post", organisation_id=place, count=len(written))
    hooks.changed.fire({p.person_id for p in posts})
    return len(written)


@transaction.atomic
def end_posts(posts: Sequence[Post], *, on: date, by: Actor, at: datetime) -> None:
    """This operation will end posts on a day, the first day on which they are no longer held.

    Raises ValueError when a post begins on that day or later.
    """
    if any(post.since >= on for post in posts):
        raise ValueError("a post can't end before it began")
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(until=on)
    audit.record_all(
        (audit.Act(post.pk, post.organisation_id, {"on": on.isoformat()}) for post in posts),
        by=by,
        at=at,
        action="leave",
        subject="post",
    )
    hooks.changed.fire({post.person_id for post in posts})
