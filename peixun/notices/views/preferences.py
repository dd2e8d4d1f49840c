"""How one wants one's messages, and the address of one's own calendar."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peixun.notices import operations
from peixun.notices.forms import PreferenceForm
from peixun.notices.models import Feed
from peixun.notices.queries.calendar import feed_file, feed_of
from peixun.notices.queries.inbox import preference
from peixun.notices.views.common import account_id, base
from peixun.notices.views.messages import CALENDAR


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: Any) -> HttpResponse:
    """Quiet hours, language, weekday, muted kinds."""
    reader = account_id(request)
    typed = request.POST if request.method == "POST" else None
    form = PreferenceForm(typed, wanted=preference(reader), reader=request.actor)
    if request.method == "POST" and form.is_valid():
        operations.save_preference(form.cleaned_data, by=request.actor, at=timezone.now())
        messages.success(request, _("消息设置已保存。"))
        return redirect("notices:preferences")
    context = {"base": base(request), "form": form, "feed": Feed.objects.filter(account=reader).first()}
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def renew_feed(request: Any) -> HttpResponse:
    """A new secret address, shown in the answer to the form and never again."""
    account_id(request)
    if request.POST.get("verb") == "stop":
        operations.stop_feed(by=request.actor, at=timezone.now())
        messages.success(request, _("日历订阅已停用，原来的地址不能再用。"))
        return redirect("notices:preferences")
    token = operations.renew_feed(by=request.actor, at=timezone.now())
    url = request.build_absolute_uri(reverse("notices:feed", args=[token]))
    return render(request, "notices/feed.html", {"base": base(request), "url": url})


@login_not_required
@never_cache
@require_safe
def feed(request: Any, token: str) -> HttpResponse:
    """The calendar behind a secret address: whoever has the address may read it, calendars can't sign in."""
    found = feed_of(token)
    if found is None:
        raise Http404("no such calendar")
    return HttpResponse(feed_file(found.account_id, at=timezone.now()), content_type=CALENDAR)
