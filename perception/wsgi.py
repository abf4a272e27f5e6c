"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perception.settings")
application = get_wsgi_application()
# Django imports the views at the first request. Here it is done at once: gunicorn loads this module once and then
# forks, so its processes share the memory, the first visitor does not wait, and a broken import stops the start.
get_resolver().url_patterns  # noqa: B018
