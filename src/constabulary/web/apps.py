"""Tells Django about the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages as a Django app without tables."""

    name = "constabulary.web"
    label = "web"
    verbose_name = "Pages"
