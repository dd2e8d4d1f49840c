"""Addresses of the room."""

from django.urls import path

from peixun.coverage.views import answer, entries, people, record, tasks, tree

app_name = "coverage"
urlpatterns = [
    path("", answer.index, name="index"),
    path("person/<int:person_id>/", record.record, name="record"),
    path("tasks/<str:code>/", tasks.tasks, name="tasks"),
    path("<str:code>/", answer.answer, name="answer"),
    path("<str:code>/tree/", tree.tree, name="tree"),
    path("<str:code>/people/", people.people, name="people"),
    path("<str:code>/people/export/", people.export, name="people-export"),
    path("<str:code>/entries/", entries.entries, name="entries"),
]
