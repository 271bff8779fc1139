"""What all tests of the pages share: the stores, and pages that complain about nothing."""

import os
import time

import stores
from browser import Faults

PAGES = ["/", "/?group=configuration", "/columns", "/compare", "/curves", "/history", "/info", "/sql", "/diff"]
TESTS = []


def test(function):
    TESTS.append(function)
    return function


class World:
    """The stores, made once, and a page that complains about nothing."""

    def __init__(self, command, chromium, folder):
        self.command, self.chromium, self.folder = command, chromium, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def copy(self, name):
        """A copy of a store, to be changed."""
        target = self.path(f"{time.monotonic_ns()}.db")
        stores.varve(self.command, "backup", target, "--store", self.path(name))
        return target

    def page(self, server, path="/", width=1280, height=900, scheme="light", script=True):
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=script,
            accept_downloads=True,
        )
        context.set_default_timeout(30000)
        page = context.new_page()
        page.faults = Faults()
        page.faults.listen(page)
        page.goto(server.address + path)
        return page

    def close(self, page):
        page.context.close()
        assert not page.faults, page.faults
