"""Addresses of the room."""

from django.urls import path

from peixun.rulebook.views import audiences, drafts, packs, trials

app_name = "rulebook"
urlpatterns = [
    path("", drafts.index, name="index"),
    path("drafts/<int:draft_id>/", drafts.draft, name="draft"),
    path("drafts/<int:draft_id>/try/", drafts.try_out, name="try"),
    path("drafts/<int:draft_id>/publish/", drafts.publish, name="publish"),
    path("drafts/<int:draft_id>/drop/", drafts.drop, name="drop"),
    path("trials/<int:trial_id>/", trials.trial, name="trial"),
    path("trials/<int:trial_id>/progress/", trials.progress, name="progress"),
    path("trials/<int:trial_id>/stop/", trials.stop, name="stop"),
    path("trials/<int:trial_id>/again/", trials.again, name="again"),
    path("packs/<slug:pack_kind>/<int:pack_id>/", packs.pack, name="pack"),
    path("packs/<slug:pack_kind>/<int:pack_id>/copy/", packs.copy, name="copy"),
    path("packs/<slug:pack_kind>/<int:pack_id>/withdraw/", packs.withdraw, name="withdraw"),
    path("audiences/", audiences.index, name="audiences"),
    path("audiences/new/", audiences.new, name="new-audience"),
    path("audiences/<slug:audience>/", audiences.edit, name="audience"),
    path("audiences/<slug:audience>/delete/", audiences.delete, name="delete-audience"),
]
