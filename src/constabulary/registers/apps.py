"""Tells Django about the registers."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """The registers as a Django app without pages."""

    name = "constabulary.registers"
    label = "registers"
    verbose_name = "Registers"
    default_auto_field = "django.db.models.BigAutoField"
