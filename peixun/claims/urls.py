"""Addresses of the room."""

from django.urls import path

from peixun.claims.views import answering, filing, reading

app_name = "claims"
urlpatterns = [
    path("", reading.mine, name="mine"),
    path("inbox/", reading.inbox, name="inbox"),
    path("new/", filing.own_missing, name="new"),
    path("for/<int:person_id>/", filing.missing_of, name="new-for"),
    path("wrong/<int:entry_id>/", filing.wrong, name="wrong"),
    path("<int:claim_id>/", reading.claim, name="claim"),
    path("<int:claim_id>/answer/", answering.answer, name="answer"),
    path("<int:claim_id>/decide/", answering.decide, name="decide"),
    path("<int:claim_id>/own/", answering.own_step, name="own-step"),
    path("<int:claim_id>/scan/<int:number>/", reading.scan, name="scan"),
]
