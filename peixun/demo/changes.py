"""What changed on the roll: departures and transfers of both years; in 2018 also new members and secretaries, members
lost and found again, exemptions, and a township merged into another. All of it before coverage is worked out."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from peixun.demo.city import City
from peixun.demo.people import JOINING_IN_2018, NEVER, Member, Population
from peixun.demo.units import Unit
from peixun.people.models import Organisation, Post, StatusPeriod
from peixun.people.operations.enrolment import enrol
from peixun.people.operations.memberships import NewStatus, end_memberships, end_status, set_statuses
from peixun.people.operations.organisation_ends import merge_organisations
from peixun.people.operations.posts import NewPost, appoint, end_posts

End = tuple[int, date, str, int | None]

TRANSFERS_2017, TRANSFERS_2018 = 260, 380
LEFT_IN_2018 = 340
LOST, FOUND, FLOATING, EXEMPT = 150, 30, 2400, 720
NEW_SECRETARIES = 0.07
NEW_SECRETARY_DAYS = (date(2018, 1, 22), date(2018, 3, 12), date(2018, 4, 9), date(2018, 5, 21))
MERGED_ON = date(2018, 4, 1)
EXEMPTIONS = (
    ("长期患病，行动不便", "所在党委"),
    ("年老体弱，不能参加集中学习", "所在党委"),
    ("长期外派，单位另行组织学习", "县委组织部"),
)


class Changes:
    """Makes the changes through the people's room; every change is noted in the generator's own words as well."""

    def __init__(self, city: City, population: Population) -> None:
        self.city = city
        self.population = population
        self.rng = city.rng
        everybody = [m for m in city.members() if not m.posts and m.full]
        self.rng.shuffle(everybody)
        self.plain = iter(everybody)
        self.merged = self._pair()
        closing = {self._organ(self.merged[0])} if self.merged else set()
        self.branches = [unit for unit in city.units if unit.holds_members and unit not in closing]

    def make_2017(self) -> None:
        """Departures and transfers within 2017; on its last day everybody on the roll is due."""
        ends = self._departures(self.city.size.left_in_2017, date(2017, 1, 10), date(2017, 12, 20))
        ends += self._transfers(self.city.size.free(TRANSFERS_2017), date(2017, 3, 1), date(2017, 11, 25))
        end_memberships(ends, by=self.city.by, at=self.city.at)

    def make_2018(self) -> None:
        """What changed from January to June 2018."""
        self._merge()
        self._joiners()
        ends = self._departures(self.city.size.free(LEFT_IN_2018), date(2018, 1, 5), date(2018, 6, 25))
        ends += self._transfers(self.city.size.free(TRANSFERS_2018), date(2018, 1, 15), date(2018, 6, 22))
        end_memberships(ends, by=self.city.by, at=self.city.at)
        self._statuses()
        self._new_secretaries()

    def _between(self, first: date, last: date) -> int:
        return self.rng.randint(first.toordinal(), last.toordinal())

    def _departures(self, count: int, first: date, last: date) -> list[End]:
        ends: list[End] = []
        for member in self._take(count, lambda m: True):
            member.until = self._between(first, last)
            age = (member.until - member.born) / 365.25
            member.why = "died" if self.rng.random() < (0.92 if age > 55 else 0.5) else "left"
            ends.append((member.id, date.fromordinal(member.until), member.why, None))
        return ends

    def _transfers(self, count: int, first: date, last: date) -> list[End]:
        ends: list[End] = []
        for member in self._take(count, lambda m: m.since < first.toordinal()):
            target = self.rng.choice(self.branches)
            if target is not member.unit:
                day = self._between(first, last)
                member.moves.append((target, day))
                ends.append((member.id, date.fromordinal(day), "transferred", target.id))
        return ends

    def _take(self, count: int, suits: Callable[[Member], bool]) -> list[Member]:
        """The next members without a post, each taken once, so that nobody changes twice."""
        taken: list[Member] = []
        for member in self.plain:
            if not member.moves and suits(member):
                taken.append(member)
            if len(taken) == count:
                break
        return taken

    def _joiners(self) -> None:
        """New members on probation."""
        made = [
            self.population.joiner(self.rng.choice(self.branches)) for _ in range(self.city.size.free(JOINING_IN_2018))
        ]
        ids = enrol([person for _, person in made], by=self.city.by, at=self.city.at)
        for (member, _), pk in zip(made, ids, strict=True):
            member.id = pk
            self.city.rosters[member.unit].append(member)

    def _statuses(self) -> None:
        """Floating members stay due; lost and exempt ones don't, and none of these begins before 2018."""
        size, statuses = self.city.size, []
        for member in self._take(size.free(FLOATING), lambda m: "village" in m.unit.group):
            since = self._between(date(2017, 2, 10), date(2018, 5, 31))
            if since > member.since:
                statuses.append(NewStatus(member.id, "floating", date.fromordinal(since), reason="外出务工"))
                member.zeal *= 0.85
        lost = self._take(size.free(LOST), lambda m: True)
        for member in lost:
            since = self._between(date(2018, 1, 8), date(2018, 4, 30))
            statuses.append(NewStatus(member.id, "lost", date.fromordinal(since), reason="长期联系不上"))
        for member in self._take(size.free(EXEMPT), lambda m: m.born < date(1948, 1, 1).toordinal()):
            reason, approved_by = self.rng.choice(EXEMPTIONS)
            from_day = date.fromordinal(self._between(date(2018, 1, 2), date(2018, 3, 31)))
            statuses.append(NewStatus(member.id, "exempt", from_day, None, reason, approved_by))
        set_statuses(statuses, by=self.city.by, at=self.city.at)
        found = lost[: size.free(FOUND)]
        rows = StatusPeriod.objects.filter(person__in=[m.id for m in found], kind="lost")
        for row in rows:
            on = date.fromordinal(self._between(date(2018, 5, 7), date(2018, 6, 20)))
            end_status(row, on=on, by=self.city.by, at=self.city.at)
        for member in lost[len(found) :]:
            member.lost = True

    def _new_secretaries(self) -> None:
        """Some branches got a new secretary, who was on its committee before."""
        changed: dict[date, list[Unit]] = defaultdict(list)
        for unit in self.city.cadre.current:
            if unit.holds_members and self.rng.random() < NEW_SECRETARIES:
                changed[self.rng.choice(NEW_SECRETARY_DAYS)].append(unit)
        posts: list[NewPost] = []
        for day in sorted(changed):
            rows = Post.objects.filter(
                organisation__in=[unit.id for unit in changed[day]], title="secretary", until__isnull=True
            )
            end_posts(list(rows), on=day, by=self.city.by, at=self.city.at)
            for unit in changed[day]:
                member = self._successor(unit)
                if member is not None:
                    self.city.cadre.current[unit] = member
                    posts.append(NewPost(member.id, unit.id, "secretary", day, rank=member.rank))
        appoint(posts, by=self.city.by, at=self.city.at)

    def _successor(self, unit: Unit) -> Member | None:
        old = self.city.cadre.secretaries[unit]
        roster = self.city.rosters[unit]
        able = [
            m for m in roster if m is not old and m.full and m.until == NEVER and not m.secretary_of and not m.moves
        ]
        on_committee = [m for m in able if m.committee]
        return next(iter(on_committee or able), None)

    def _merge(self) -> None:
        """The last township of a county is merged into the one before it, its organ's branch into the other's."""
        if self.merged is None:
            return
        gone, kept = self.merged
        for old, new in ((self._organ(gone), self._organ(kept)), (gone, kept)):
            merge_organisations(
                Organisation.objects.get(pk=old.id),
                Organisation.objects.get(pk=new.id),
                on=MERGED_ON,
                by=self.city.by,
                at=self.city.at,
            )
            self.city.cadre.current.pop(old, None)
            for member in self.city.rosters.get(old, ()):
                if not member.moves and member.until > MERGED_ON.toordinal():
                    member.moves.append((new, MERGED_ON.toordinal()))

    def _pair(self) -> tuple[Unit, Unit] | None:
        townships = [unit for unit in self.city.units if unit.group == "township"]
        for gone, kept in reversed(list(zip(townships[1:], townships, strict=False))):
            if gone.region == kept.region == MERGING_COUNTY or len(townships) == 2:
                return gone, kept
        return None

    def _organ(self, township: Unit) -> Unit:
        return next(unit for unit in township.branches if unit.group == "township_organ")


MERGING_COUNTY = "620422"
