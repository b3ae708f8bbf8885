"""The Django settings that pages need, on top of those of the registers."""

from __future__ import annotations

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""The names under which the site answers; any other Host header is refused (DNS rebinding)."""

UPLOAD_LIMIT_BYTES = 4 * 1024**3
"""The largest upload taken by the page (bytes); larger files go through `constabulary import`."""


def pages(installed_apps: list[str]) -> dict[str, object]:
    """Return the settings of the pages.

    Parameters
    ----------
    installed_apps
        The apps of the registers, which the pages' apps join.
    """
    return {
        "ALLOWED_HOSTS": list(LOOPBACK_HOSTS),
        "ROOT_URLCONF": "constabulary.web.urls",
        "INSTALLED_APPS": [
            *installed_apps,
            "constabulary.web.apps.WebConfig",
            "django.contrib.staticfiles",
        ],
        "MIDDLEWARE": [
            "constabulary.web.headers.Headers",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            # Around what tells the length of a body.
            "constabulary.web.without_body.WithoutBody",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "constabulary.web.gate.Gate",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "builtins": [
                        "constabulary.web.templatetags.govuk",
                        "constabulary.web.templatetags.rooms",
                        "django.templatetags.static",
                    ]
                },
            }
        ],
        "STATIC_URL": "/static/",
        # Straight from the installed package: no collecting step, the same in a checkout and from a wheel.
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_MAX_AGE": 300,
        "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.TemporaryFileUploadHandler"],
        "DATA_UPLOAD_MAX_NUMBER_FILES": 5_000,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_FAILURE_VIEW": "constabulary.web.errors.forged",
        "USE_THOUSAND_SEPARATOR": False,
        "LOGGING_CONFIG": "logging.config.dictConfig",
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"place": {"()": "constabulary.web.log.PlaceFormatter"}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "place", "level": "ERROR"}
            },
            "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
        },
    }
