# Fixtures of common use; those of one subject live in its own test file.
import os
import re

import pytest
from hypothesis import settings

from tests.chromium import launch_options

# A busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Whatever opens a browser is a browser test, so that `-m "not browser"` leaves none behind."""
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker("browser")


def pytest_sessionfinish(session):
    """A skipped test proves nothing: it fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def pages_of_other_settings_are_forgotten():
    """Pages are kept in tests as on a site, where settings never change while it runs."""
    from django.test.signals import setting_changed

    from publications.site import kept_pages

    def forget(**kwargs):
        kept_pages.forget()

    forget()
    setting_changed.connect(forget)
    yield
    setting_changed.disconnect(forget)


@pytest.fixture(scope="session")
def browser(django_db_setup):
    """One Chromium for each test process."""
    from django.db import connection
    from playwright.sync_api import expect, sync_playwright

    from tests.browsing import MOST_WAITING

    migrated_rows = getattr(connection, "_test_serialized_contents", None)
    # Playwright keeps an event loop in this thread, where Django would then refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=MOST_WAITING)
    with sync_playwright() as playwright:
        if migrated_rows:
            # Under that loop `connection` is another object, which must know what migrations had made.
            connection._test_serialized_contents = migrated_rows
        chromium = playwright.chromium.launch(**launch_options())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, live_server, django_db_serialized_rollback):
    """A fresh page, 1280 pixels wide, on a running site whose database holds what migrations put there.

    Addresses may be relative: page.goto("/topics/").
    """
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


# Readers' pages fade into each other, and not into the admin, nor where the browser is too busy: it tells both as errors
# of the page.
ABOUT_FADING = re.compile(r"ViewTransition|^Transition was (aborted|skipped)")


@pytest.fixture
def complaints(page, live_server):
    """What the browser's console said, and every request that left the site."""
    heard = []

    def hear(words):
        if not ABOUT_FADING.search(words):
            heard.append(words)

    page.on("console", lambda said: hear(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: hear(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith(live_server.url) else heard.append(sent.url))
    return heard
