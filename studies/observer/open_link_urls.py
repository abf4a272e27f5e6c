"""The addresses of open links. Their names are those of the observer's pages, so that the same templates find them."""

from django.urls import path

from studies.observer import open_link_pages

app_name = "observer"
urlpatterns = [
    path("<str:token>/", open_link_pages.welcome, name="welcome"),
    path("<str:token>/data/", open_link_pages.data, name="data"),
]
