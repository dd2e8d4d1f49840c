"""Addresses of the room."""

from django.urls import path

from peixun.coverage.views import answer, closings, compare, entries, months, people, record, tasks, tree

app_name = "coverage"
urlpatterns = [
    path("", answer.index, name="index"),
    path("person/<int:person_id>/", record.record, name="record"),
    path("closings/", closings.closings, name="closings"),
    path("closings/<int:closing_id>/", closings.closing, name="closing"),
    path("closings/<int:closing_id>/export/", closings.export, name="late-export"),
    path("closings/<int:closing_id>/reopen/", closings.reopen, name="reopen"),
    path("<str:code>/", answer.answer, name="answer"),
    path("<str:code>/tree/", tree.tree, name="tree"),
    path("<str:code>/tasks/", tasks.tasks, name="tasks"),
    path("<str:code>/people/", people.people, name="people"),
    path("<str:code>/people/export/", people.export, name="people-export"),
    path("<str:code>/compare/", compare.comparison, name="compare"),
    path("<str:code>/compare/export/", compare.export, name="compare-export"),
    path("<str:code>/months/", months.months, name="months"),
    path("<str:code>/months/export/", months.export, name="months-export"),
    path("<str:code>/close/", closings.close, name="close"),
    path("<str:code>/entries/", entries.entries, name="entries"),
]
