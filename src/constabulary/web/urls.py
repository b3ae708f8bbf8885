"""The addresses of the site: every module in `pages/` is read, and what it declares is served."""

from __future__ import annotations

import importlib
import pkgutil

from django.urls import URLPattern, URLResolver, include, path

from constabulary.web import api, page, pages

for _module in sorted(pkgutil.iter_modules(pages.__path__), key=lambda module: module.name):
    importlib.import_module(f"{pages.__name__}.{_module.name}")

urlpatterns: list[URLPattern | URLResolver] = [
    *page.url_patterns(),
    path("api/", include((api.url_patterns(), "api"))),
]

handler400 = "constabulary.web.errors.bad_request"
handler403 = "constabulary.web.errors.forbidden"
handler404 = "constabulary.web.errors.not_found"
handler500 = "constabulary.web.errors.fault"
