"""Addresses of the room."""

from django.urls import path

from peixun.reports.views import figures, papers

app_name = "reports"
urlpatterns = [
    path("", papers.index, name="index"),
    path("<str:code>/<int:year>/", papers.work, name="work"),
    path("<str:code>/<int:year>/report.docx", papers.work_docx, name="work-docx"),
    path("<str:code>/<int:year>/figures.json", papers.work_figures, name="work-figures"),
    path("<str:code>/<int:year>/table.xlsx", papers.table, name="table"),
    path("<str:code>/<int:year>/figure/<str:key>/", figures.figure, name="figure"),
]
