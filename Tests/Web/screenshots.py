"""Takes the two pictures of README from a store that it makes.

    python screenshots.py VARVE FOLDER
"""

import os
import sys
import tempfile

import stores
from browser import Server, browser


def main():
    command, folder = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as place:
        store = os.path.join(place, "varve.db")
        stores.everything(command, store)
        with Server(command, store) as server, browser() as chromium:
            page = chromium.new_context(viewport={"width": 1360, "height": 850}).new_page()
            for name, path in [
                ("web-runs.png", "/?sort=-metrics.val_accuracy&limit=25"),
                ("web-compare.png", "/compare?group=plain&group=batchnorm"),
            ]:
                page.goto(server.address + path)
                page.wait_for_timeout(1500)
                page.screenshot(path=os.path.join(folder, name))


if __name__ == "__main__":
    main()
