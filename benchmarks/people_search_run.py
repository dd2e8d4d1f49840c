"""The city that is searched, and what is asked of it."""

import random
import time
from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks.people_search import DAY, NOW
from peixun.coverage.operations import rebuild
from peixun.kernel.citizen_number import make
from peixun.kernel.pinyin import full_pinyin, initials
from peixun.people.models import Account, Grant, Organisation
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.organisations import NewOrganisation, found_organisations
from peixun.people.queries.scope import Actor, GrantedRole, system_actor
from peixun.people.queries.search import find_persons, read_question

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马胡朱郭何林罗高梁郑谢宋唐许邓韩冯曹"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂国建华文玉志红春海庆生祥福成东林山河清月宁安"
FOUNDED = date(1990, 1, 1)
COUNTIES, TOWNS, TO_A_BRANCH = 6, 13, 22
SYSTEM = system_actor()
Taken = dict[tuple[str, str], list[float]]


def _tree(branches: int) -> list[NewOrganisation]:
    tree = [NewOrganisation("6204", "市委", "committee", "city", "", FOUNDED)]
    for county in range(COUNTIES):
        tree.append(NewOrganisation(f"C{county}", f"第{county}县委", "committee", "county", "6204", FOUNDED))
        tree.extend(
            NewOrganisation(
                f"C{county}T{town:02d}", f"{county}{town}镇党委", "committee", "township", f"C{county}", FOUNDED
            )
            for town in range(TOWNS)
        )
    tree.extend(
        NewOrganisation(
            f"B{n:05d}",
            f"第{n}村党支部",
            "branch",
            "grassroots",
            f"C{n % COUNTIES}T{n // COUNTIES % TOWNS:02d}",
            FOUNDED,
            sector="village",
        )
        for n in range(branches)
    )
    return tree


def _name(chance: random.Random, given: int) -> str:
    return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=given))


def load(members: int) -> dict[str, str]:
    """A city with so many members; the paths of the city, a township and a branch."""
    call_command("migrate", verbosity=0)
    chance = random.Random(7)  # noqa: S311 - invented people
    branches = max(1, members // TO_A_BRANCH)
    ids = found_organisations(_tree(branches), by=SYSTEM, at=NOW)
    enrol(
        [
            NewPerson(
                name=_name(chance, chance.choice((1, 2, 2))),
                citizen_number=make(
                    region=f"6204{n // 800000:02d}", birth=date.fromordinal(705000 + n % 800), sequence=n // 800 % 1000
                ),
                phone=f"13{n * 7919 % 10**9:09d}",
                organisation_id=ids[f"B{n % branches:05d}"],
                member_since=date(2010, 1, 1),
            )
            for n in range(members)
        ],
        by=SYSTEM,
        at=NOW,
    )
    rebuild(DAY.year)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does within a minute
    found = Organisation.objects.in_bulk(["6204", "C0T00", "B00000"], field_name="code")
    return {name: found[code].path for name, code in (("city", "6204"), ("township", "C0T00"), ("branch", "B00000"))}


def questions(count: int) -> dict[str, list[str]]:
    """What people type, by kind."""
    chance = random.Random(11)  # noqa: S311
    names = [_name(chance, 2) for _ in range(count)]
    return {
        "name": names,
        "surname": [name[0] for name in names],
        "given name": [name[1:] for name in names],
        "pinyin": [full_pinyin(name) for name in names],
        "initials": [initials(name) for name in names],
        "one letter": [full_pinyin(name)[0] for name in names],
        "last four": [f"{chance.randrange(10000):04d}" for _ in names],
        "phone": [f"13{chance.randrange(10**9):09d}" for _ in names],
        "nobody": [f"龘{name[1:]}" for name in names],
    }


def measure(paths: dict[str, str], count: int) -> Taken:
    """Milliseconds of each question by scope and kind, the first page and the next."""
    taken: Taken = {}
    for scope, path in paths.items():
        place = Organisation.objects.get(path=path)
        actor = Actor(1, None, "", (GrantedRole("office", place.pk, path),))
        for kind, typed in questions(count).items():
            numbers = taken.setdefault((scope, kind), [])
            for text in typed:
                question = read_question(text)
                started = time.perf_counter()
                page = find_persons(actor, question, day=DAY)
                numbers.append((time.perf_counter() - started) * 1000)
                if page.cursor:
                    started = time.perf_counter()
                    find_persons(actor, question, day=DAY, cursor=page.cursor)
                    numbers.append((time.perf_counter() - started) * 1000)
    return taken


def through_the_web(count: int) -> list[float]:
    """Milliseconds of the whole page, as the city's office."""
    settings.ALLOWED_HOSTS = ["testserver"]
    account = Account.objects.create_account(login="bench")
    city = Organisation.objects.get(code="6204")
    Grant.objects.create(account=account, role="office", organisation=city, since=FOUNDED)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    taken = []
    for text in [t for kind, typed in questions(count).items() for t in typed if kind != "phone"]:
        started = time.perf_counter()
        answer = client.get("/search/", {"q": text})
        taken.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200
    return taken
