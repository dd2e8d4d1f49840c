"""Addresses of the room."""

from django.urls import path

from peixun.notices.views import messages, preferences, tasks

app_name = "notices"
urlpatterns = [
    path("tasks/", tasks.tasks, name="tasks"),
    path("messages/", messages.index, name="index"),
    path("messages/read/", messages.read_all, name="read-all"),
    path("messages/<int:message_id>/", messages.message, name="message"),
    path("messages/<int:message_id>/read/", messages.read, name="read"),
    path("messages/<int:message_id>/event.ics", messages.event, name="event"),
    path("messages/preferences/", preferences.preferences, name="preferences"),
    path("messages/calendar/", preferences.renew_feed, name="renew-feed"),
    path("messages/calendar/<str:token>.ics", preferences.feed, name="feed"),
    path("messages/slips/<str:code>/", tasks.slips, name="slips"),
]
