"""The sides of the roster measurement."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from python_calamine import CalamineWorkbook

from peixun.kernel import bulk, citizen_number, clock, imports
from peixun.kernel.tables.writer import Column, Sheet, write_workbook
from peixun.people.importing.members.rows import FIELDS
from peixun.people.models import Identity, Membership, Organisation, Person
from peixun.people.operations.enrolment import IDENTITY_COLUMNS, PERSON_COLUMNS
from peixun.people.operations.organisations import NewOrganisation, found_organisations
from peixun.people.operations.roster import MEMBERSHIP_COLUMNS
from peixun.people.queries.scope import system_actor

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马胡朱郭何林罗高梁郑谢宋唐许邓韩冯曹"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂国建华文玉志红春海庆生祥福成东林山河清月宁安"
TO_A_BRANCH, BRANCHES_TO_A_TOWN = 23, 50
DATES = frozenset({"birth", "joined", "full", "lost_on"})
ROOT = NewOrganisation("R", "中共测试市委员会", "committee", "city", "", date(1949, 10, 1))
SYSTEM = system_actor()


def run(*, rows: int, rounds: int) -> dict[str, float]:
    """Seconds of each side, the best of some rounds."""
    call_command("migrate", verbosity=0)
    codes = _found(rows // TO_A_BRANCH + 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        columns = [Column(f.column, kind="date" if f.name in DATES else "text") for f in FIELDS]
        write_workbook(path, sheets=[Sheet("党员", columns, _roster(rows, codes))])
        sides: dict[str, Callable[[], Any]] = {
            "read": lambda: _read(path),
            "insert": lambda: None,
            "insert_flat": lambda: None,
            "import": lambda: _import(path, new=rows),
            "again": lambda: _import(path, new=0),
        }
        best: dict[str, float] = {}
        for _ in range(rounds):
            _clear()
            values = _read(path)[1:]
            sides["insert_flat"] = lambda values=values: _insert_flat(values)
            prepared = _prepare(values)
            sides["insert"] = lambda prepared=prepared: _insert(prepared)
            for name in ("read", "insert_flat", "insert", "import", "again"):
                if name == "import":
                    _clear()
                    values.clear()
                    for rows_of_table in prepared:
                        rows_of_table.clear()
                begun = time.perf_counter()
                sides[name]()
                best[name] = min(best.get(name, 1e9), time.perf_counter() - begun)
    return best


def _found(branches: int) -> list[str]:
    tree = [ROOT]
    codes = []
    for number in range(branches):
        if number % BRANCHES_TO_A_TOWN == 0:
            town = f"T{number // BRANCHES_TO_A_TOWN:04d}"
            tree.append(NewOrganisation(town, f"中共{town}镇委员会", "committee", "township", "R", ROOT.founded_on))
        codes.append(f"B{number:05d}")
        tree.append(
            NewOrganisation(codes[-1], f"中共第{number}村支部委员会", "branch", "grassroots", town, ROOT.founded_on)
        )
    found_organisations(tree, by=SYSTEM, at=datetime.now(UTC))
    return codes


def _roster(rows: int, codes: list[str]) -> Iterator[list[Any]]:
    """Invented members, every number another one with a valid check digit."""
    chance = random.Random(7)  # noqa: S311 - a roster that is the same each time
    first = date(1935, 1, 1).toordinal()
    for index in range(rows):
        birth = date.fromordinal(first + index % 20_000)
        number = citizen_number.make(region="620402", birth=birth, sequence=index // 20_000)
        joined = date.fromordinal(birth.toordinal() + 366 * 20 + index % 3000)
        lost = index % 211 == 0
        yield [
            chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2)))),
            number,
            codes[index // TO_A_BRANCH],
            "女" if index // 20_000 % 2 == 0 else "男",
            "汉族" if index % 29 else "回族",
            birth,
            ("小学", "初中", "高中", "大学专科", "大学本科")[index % 5],
            "正式党员",
            joined,
            date.fromordinal(joined.toordinal() + 365),
            ("村民", "教师", "公务员", "工人")[index % 4],
            f"139{index:08d}",
            f"0943-8{index % 1_000_000:06d}" if index % 3 == 0 else "",
            f"测试市某县某镇第{index // TO_A_BRANCH}村{index % TO_A_BRANCH + 1}号",
            "正常",
            "是" if lost else "否",
            date(2016, 5, 1) if lost else "",
            "是" if index % 97 == 0 else "否",
            "广东省深圳市" if index % 97 == 0 else "",
        ]


def _read(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def _prepare(values: list[list[Any]]) -> tuple[list[Any], list[Any], list[Any]]:
    """What plain SQL would write, ready-made, with numbers as they are."""
    names = [f.name for f in FIELDS]
    at = {name: names.index(name) for name in names}
    places = dict(Organisation.objects.values_list("code", "pk"))
    persons, identities, memberships = [], [], []
    for pk, row in enumerate(values, start=1):
        number, phone = row[at["number"]], row[at["phone"]]
        persons.append(
            (
                pk,
                row[0],
                "zhangsan",
                "zs",
                "m",
                row[at["birth"]],
                *(row[at[n]] for n in ("ethnicity", "education", "occupation")),
                "",
                row[at["joined"]],
                row[at["full"]],
            )
        )
        hashed = f"{number}".encode()[:16].ljust(16) + pk.to_bytes(4, "big")
        identities.append(
            (
                pk,
                b"0" * 16,
                1,
                number.encode(),
                phone.encode(),
                None,
                row[at["address"]].encode(),
                hashed,
                number[-4:].encode() * 4,
                phone.encode().ljust(16),
                phone[-4:].encode() * 4,
            )
        )
        memberships.append((pk, places[row[at["branch"]]], "full", row[at["joined"]], None, ""))
    return persons, identities, memberships


@transaction.atomic
def _insert(prepared: tuple[list[Any], list[Any], list[Any]]) -> None:
    persons, identities, memberships = prepared
    bulk.insert(Person, ("id", *PERSON_COLUMNS), persons)
    bulk.insert(Identity, IDENTITY_COLUMNS, identities)
    bulk.insert(Membership, MEMBERSHIP_COLUMNS, memberships)


def _insert_flat(values: list[list[Any]]) -> None:
    columns = ", ".join(f"c{i} text" for i in range(len(FIELDS)))
    one = f"({', '.join(['%s'] * len(FIELDS))})"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_flat (id integer PRIMARY KEY, {columns})")
        names = ", ".join(f"c{i}" for i in range(len(FIELDS)))
        done = 0
        for chunk in bulk.chunks(values, 1500):
            rows = ", ".join(["(%s, " + one[1:]] * len(chunk))
            flat = [
                v
                for pk, row in enumerate(chunk, start=done)
                for v in (pk, *(c.isoformat() if isinstance(c, date) else c for c in row))
            ]
            cursor.execute(f"INSERT INTO bench_flat (id, {names}) VALUES {rows}", flat)
            done += len(chunk)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_flat")


def _clear() -> None:
    with connection.cursor() as cursor:
        for table in ("people_statusperiod", "people_membership", "people_identity", "people_person"):
            cursor.execute(f"DELETE FROM {table}")


def _import(path: Path, *, new: int) -> None:
    members = imports.importer("members")
    plan = imports.plan_file(members, path, actor=SYSTEM, today=clock.today())
    assert (plan.bad, plan.new) == (0, new), (plan.bad, plan.new, list(plan.problems())[:3])
    imports.apply_plan(members, plan, by=SYSTEM, at=datetime.now(UTC))
