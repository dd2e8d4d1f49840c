"""Addresses of the room."""

from django.urls import path

from peixun.reports.views import figures, issued, papers, schedules, statistics, texts

app_name = "reports"
urlpatterns = [
    path("", papers.index, name="index"),
    path("issued/", issued.index, name="issued-index"),
    path("issued/<int:report_id>/", issued.version, name="issued"),
    path("issued/<int:report_id>/report.docx", issued.document, name="issued-docx"),
    path("issued/<int:report_id>/now/", issued.now, name="issued-now"),
    path("schedules/", schedules.index, name="schedules"),
    path("schedules/new/<str:code>/", schedules.new, name="schedule-new"),
    path("schedules/<int:schedule_id>/pause/", schedules.pause, name="schedule-pause"),
    path("schedules/<int:schedule_id>/resume/", schedules.resume, name="schedule-resume"),
    path("schedules/<int:schedule_id>/delete/", schedules.delete, name="schedule-delete"),
    path("schedules/files/<int:file_id>/", schedules.download_file, name="scheduled-file"),
    path("<str:code>/<int:year>/issue/", issued.issue, name="issue"),
    path("<str:code>/<int:year>/", papers.work, name="work"),
    path("<str:code>/<int:year>/report.docx", papers.work_docx, name="work-docx"),
    path("<str:code>/<int:year>/figures.json", papers.work_figures, name="work-figures"),
    path("<str:code>/<int:year>/table.xlsx", papers.table, name="table"),
    path("<str:code>/<int:year>/bulletin/", texts.bulletin, name="bulletin"),
    path("<str:code>/<int:year>/bulletin.docx", texts.bulletin_docx, name="bulletin-docx"),
    path("<str:code>/<int:year>/notice/", texts.notice, name="notice"),
    path("<str:code>/<int:year>/notice.docx", texts.notice_docx, name="notice-docx"),
    path("<str:code>/<int:year>/statistics/", statistics.page, name="statistics"),
    path("<str:code>/<int:year>/statistics.xlsx", statistics.sheet, name="statistics-sheet"),
    path("<str:code>/<int:year>/figure/<str:key>/", figures.figure, name="figure"),
]
