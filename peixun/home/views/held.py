"""A member's own data: what is held, who opened it, and all of it to take along."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peixun.coverage.queries.learning import stages
from peixun.home.links import address
from peixun.home.queries.held import AT_MOST, credits_held, openings
from peixun.home.queries.own_file import as_json, as_workbook, own_tables
from peixun.home.views.own import own_id
from peixun.kernel import clock
from peixun.people.models import Person
from peixun.people.operations.opening import take_along
from peixun.people.queries.numbers import masked_numbers
from peixun.people.queries.visible import one_person


@require_safe
def data(request: Any) -> HttpResponse:
    """What is held about me, and who opened it."""
    ids = one_person(own_id(request))
    person = get_object_or_404(Person, pk=ids[0])
    seen = openings(ids)
    context = {
        "person": person,
        "numbers": masked_numbers(person.pk),
        "may_open": True,
        "stages": stages(person, day=clock.today()),
        "credits": credits_held(ids).count(),
        "record_url": address("coverage:record", person.pk),
        "openings": seen,
        "cut": len(seen) == AT_MOST,
    }
    return render(request, "home/data.html", context)


@require_POST
def take(request: Any) -> HttpResponse | FileResponse:
    """Everything that is held about me as one file, with full numbers; recorded."""
    person_id, now = own_id(request), datetime.now(UTC)
    secrets = take_along(by=request.actor, at=now, day=clock.today())
    tables = own_tables(one_person(person_id), secrets)
    file, ending = BytesIO(), "json"
    if request.POST.get("format") == "xlsx":
        ending = "xlsx"
        as_workbook(file, tables)
    else:
        file.write(as_json(tables, at=now))
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename=f"{_('我的数据')}.{ending}")
    answer["Cache-Control"] = "no-store"
    return answer
