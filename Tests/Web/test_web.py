"""What people do with the pages of `varve serve`, in a real browser.

    python test_web.py VARVE [NAME…]        executes all tests, or those whose names have one of the words in them
"""

import os
import shutil
import sys
import tempfile
import time
import urllib.request

import stores
from browser import Faults, Recording, Server, browser, until

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
        context.set_default_timeout(8000)
        page = context.new_page()
        page.faults = Faults()
        page.faults.listen(page)
        page.goto(server.address + path)
        return page

    def close(self, page):
        page.context.close()
        assert not page.faults, page.faults


# ---- From an empty store to a shared link


@test
def an_empty_store_says_what_to_type_and_shows_the_first_run_by_itself(world):
    store = world.path("empty.db")
    with Server(world.command, store) as server:
        page = world.page(server)
        assert "Nothing is recorded yet" in page.inner_text("main")
        assert f"varve run --store empty.db" in page.inner_text("main")
        page.wait_for_timeout(500)
        stores.logged(world.command, store, runs=1, steps=10)
        page.wait_for_selector("tr[data-run]")
        assert "resnet-64-0" in page.inner_text("table")
        world.close(page)


@test
def the_best_run_of_a_sweep_is_a_click_away(world):
    best = stores.varve(
        world.command, "runs", "--store", world.path("demo.db"), "--sort", "-metrics.val_accuracy", "--limit", 1,
        "--columns", "number", "--format", "csv",
    ).split()[1]
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server)
        page.click("thead >> text=val_accuracy")
        assert page.get_attribute("tbody tr", "data-run") == best
        assert page.locator("th[aria-sort=descending]").inner_text().startswith("val_accuracy")
        world.close(page)


@test
def why_one_variant_is_better_is_told_with_its_interval_and_a_link_shows_it_to_others(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server)
        page.fill("[name=group]", "configuration")
        page.click("text=Apply")
        for name in ["plain", "batchnorm"]:
            page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True)).locator("input").check()
        page.click("#actions >> text=Compare")
        page.wait_for_selector("svg.interval")
        text = page.inner_text("#answer")
        assert "differ only in architecture" in text and "20 seeds, paired" in text
        assert "◆ different" in text and "Growth across depth" in text
        page.locator("figure").first.scroll_into_view_if_needed()
        page.locator("figure svg").first.wait_for()
        other = world.page(server, page.url.removeprefix(server.address))
        assert other.inner_text("#answer") == text
        world.close(other)
        world.close(page)


@test
def a_slider_shows_the_depth_profile_at_another_step(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server, "/compare?group=plain&group=batchnorm")
        page.locator("[data-range]").fill("0")
        until(lambda: "at step 0" in page.inner_text("#answer"), 3, "the comparison at step 0")
        assert "step=0" in page.evaluate("location.href")
        page.goto(server.address + "/runs/2")
        page.locator("[data-range]").fill("10")
        until(lambda: "at step 10" in page.inner_text("#profile"), 3, "the profile at step 10")
        assert page.locator("[data-range]").evaluate("e => e.isConnected && e.value") == "10"
        world.close(page)


@test
def when_a_run_diverged_stands_on_its_page(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server)
        page.click("text=Failed or killed")
        page.click("tbody >> text=too fast")
        assert "Not finite from step 180" in page.inner_text(".notice.bad")
        world.close(page)


@test
def what_a_layers_variance_did_over_the_runs(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server, "/history?layer=residual5&filter=architecture+=+'plain'")
        page.wait_for_selector("figure svg")
        assert "20 finished runs" in page.inner_text("#answer")
        page.locator("figure svg [data-tip], figure svg .mark").first.wait_for(state="attached")
        page.fill("[name=group_by]", "day")
        page.click("text=Show")
        assert "first run" in page.inner_text("thead")
        world.close(page)


@test
def a_filter_that_cannot_be_read_shows_the_place_under_the_text(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server)
        page.fill("#filter", "seed < 3 AND archtecture = 'plain'")
        page.press("#filter", "Enter")
        lines = page.inner_text(".caret").split("\n")
        assert lines[0].index("archtecture") == lines[1].index("^")
        assert "Did you mean architecture?" in page.inner_text(".fault")
        assert page.input_value("#filter") == "seed < 3 AND archtecture = 'plain'"
        page.fill("#filter", "seed < 3 AND architecture = 'plain'")
        page.press("#filter", "Enter")
        assert page.locator("tbody tr").count() == 3
        world.close(page)


@test
def columns_pages_and_downloads_are_kept_in_the_address(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server, "/?limit=25&columns=number,params.width,variance.residual5")
        assert "width" in page.inner_text("thead") and "residual5" in page.inner_text("thead")
        first = page.get_attribute("tbody tr", "data-run")
        page.click("text=Next")
        assert page.get_attribute("tbody tr", "data-run") == str(int(first) - 25)
        assert "26 – 50" in page.inner_text(".pager")
        page.click("summary:text('Columns')")
        page.uncheck("[name=column][value='params.width']")
        page.click(".panel >> text=Show")
        assert "width" not in page.inner_text("thead")
        with page.expect_download() as download:
            page.click("text=CSV")
        lines = open(download.value.path()).read().split("\n")
        assert lines[0] == "number,variance.residual5" and len(lines) == 67 + 2
        world.close(page)


@test
def curves_are_zoomed_by_dragging_and_smoothed_beside_the_raw_line(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server, "/runs/63", height=1200)
        figure = page.locator("figure[data-zoom] svg").first
        figure.wait_for()
        box = figure.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 150)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 150, steps=4)
        page.mouse.up()
        until(lambda: "from=" in page.evaluate("location.href"), 3, "the zoom")
        until(lambda: figure.locator("[data-steps]").get_attribute("data-steps").split()[2] != "0", 4, "the picture")
        page.locator("[name=smooth]").fill("0.8")
        page.locator("figure .thin").first.wait_for(state="attached")
        page.select_option("[name=axis]", "log")
        until(lambda: "axis=log" in page.evaluate("location.href"), 4, "the axis in the address")
        page.click("text=Whole run")
        until(lambda: figure.locator("[data-steps]").get_attribute("data-steps").split()[2] == "0", 4, "the whole run")
        world.close(page)


@test
def a_million_points_are_a_small_picture(world):
    store = world.path("long.db")
    if not os.path.exists(store):
        rows = [{"begin": {"name": "long", "seed": 0}}]
        rows += [{"step": step, "loss": 100.0 if step == 123_456 else 1.0} for step in range(200_000)]
        stores.varve(world.command, "log", "--store", store, text=stores.lines(*rows, {"end": "finished"}))
    with Server(world.command, store) as server:
        address = f"{server.address}/pictures/curves.svg?name=loss&run=1&width=800"
        picture = urllib.request.urlopen(address).read()
        assert len(picture) < 100_000 and b"100.0" in picture


# ---- Live


@test
def a_run_recorded_by_another_process_grows_on_the_page_within_a_second(world):
    store = world.copy("demo.db")
    with Server(world.command, store) as server:
        page = world.page(server)
        page.locator("#live:not([hidden])").wait_for()
        recording = Recording(world.command, store)
        recording.write({"step": 0, "metrics": {"loss": 2.5}, "variances": {"block": 1.0}})
        # A row is committed half a second after it came at the latest; the page has a second from there.
        until(lambda: "growing" in page.inner_text("#runs"), 1.7, "the run in the list")
        page.click("text=growing")
        page.locator("#live:not([hidden])").wait_for()
        assert "running" in page.inner_text("#head")
        for step in range(1, 4):
            recording.write({"step": step, "metrics": {"loss": 2.5 - step / 4}, "variances": {"block": 1.0 + step}})
            wanted = f"{2.5 - step / 4:.3f}" if step != 2 else "2"
            took = until(lambda: wanted in page.inner_text("#metrics"), 1.7, f"loss {wanted}")
            print(f"    shown after {took:.2f} s")
        recording.end()
        until(lambda: "finished" in page.inner_text("#head"), 2, "the end")
        world.close(page)


@test
def a_run_that_dies_shows_it(world):
    store = world.copy("demo.db")
    with Server(world.command, store) as server:
        recording = Recording(world.command, store)
        recording.write({"step": 0, "loss": 2.5})
        page = world.page(server)
        until(lambda: "running" in page.inner_text("#runs"), 3, "the running run")
        recording.kill()
        until(lambda: "killed" in page.inner_text("#runs"), 3, "the death")
        world.close(page)


@test
def tabs_share_one_stream_and_the_page_survives_a_restart_of_the_server(world):
    store = world.copy("demo.db")
    server = Server(world.command, store)
    page = world.page(server)
    page.locator("#live:not([hidden])").wait_for()
    other = page.context.new_page()
    other.goto(server.address + "/runs/1")
    recording = Recording(world.command, store)
    until(lambda: "growing" in page.inner_text("#runs"), 3, "the run")
    port = server.port
    server.stop()
    until(lambda: "no connection" in page.inner_text("#live"), 5, "the word that the server is away")
    recording.write({"step": 7, "loss": 1.5})
    server = Server(world.command, store, port=port)
    with server:
        until(lambda: page.inner_text("#live") == "live", 12, "the connection")
        until(lambda: "1.500" in page.inner_text("#runs"), 3, "what came meanwhile")
        recording.end()
        world.close(page)


# ---- Changes


@test
def tags_and_notes_are_edited_and_runs_deleted_and_restored(world):
    store = world.copy("demo.db")
    with Server(world.command, store) as server:
        page = world.page(server, "/runs/3")
        page.click("text=Write a note")
        page.fill("dialog textarea", "a <b>note</b>")
        page.click("dialog >> text=Save")
        until(lambda: "a <b>note</b>" in page.inner_text("#note"), 2, "the note")
        page.click("text=Add a tag")
        page.fill("dialog [name=key]", "verdict")
        page.fill("dialog [name=value]", "good")
        page.click("dialog >> text=Save")
        until(lambda: "verdict" in page.inner_text("#tags"), 2, "the tag")
        page.click("[aria-label='Remove tag verdict']")
        until(lambda: "verdict" not in page.inner_text("#tags"), 2, "the tag's removal")
        page.goto(server.address + "/?filter=number+IN+(1,2)")
        page.check("#every")
        page.click("#actions >> text=Delete")
        until(lambda: page.locator("tbody tr").count() == 0, 4, "the removal")
        page.click("text=Undo")
        until(lambda: page.locator("tbody tr").count() == 2, 3, "the return")
        world.close(page)


@test
def a_server_that_only_reads_has_no_controls_that_change(world):
    with Server(world.command, world.path("demo.db"), "--read-only") as server:
        page = world.page(server, "/runs/3")
        page.wait_for_selector("html.js")
        assert page.locator("button:visible", has_text="Delete").count() == 0
        assert page.locator("button:visible", has_text="Add a tag").count() == 0
        world.close(page)


# ---- Hostile names


@test
def names_that_are_markup_stay_text_on_every_page(world):
    with Server(world.command, world.path("hostile.db")) as server:
        page = world.page(server)
        name = page.locator("tbody .name a").first.inner_text()
        assert name.startswith("<img src=x onerror=")
        group = "group=" + urllib.request.quote(f"architecture = '{stores.HOSTILE.replace(chr(39), chr(39) * 2)}'")
        paths = PAGES + [
            "/runs/1", "/diff?a=1&b=2", "/curves?run=1&run=2", f"/compare?{group}&group=1", f"/curves?{group}",
            "/?columns=all", "/?group=experiment", "/sql?query=SELECT+*+FROM+run_params",
            "/?filter=%3Cscript%3Ewindow.hurt=1%3C/script%3E", "/runs/%3Cscript%3Ewindow.hurt=1%3C%2Fscript%3E",
            "/?columns=%22%3E%3Cimg+src=x+onerror=window.hurt=1%3E", "/?ignore=%3Cimg+src=x%3E",
        ]
        for path in paths:
            page.goto(server.address + path)
            page.wait_for_timeout(250)
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            page.evaluate(
                """() => { for (const place of [...document.querySelectorAll('figure svg .hit, figure svg .mark')].slice(0, 3))
                    place.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: 9, clientY: 9 })); }"""
            )
            assert page.evaluate("window.hurt") is None, path
            assert page.locator("main img[src=x], main script").count() == 0, path
        world.close(page)


@test
def odd_values_and_thousands_of_params_are_shown(world):
    with Server(world.command, world.path("odd.db")) as server:
        page = world.page(server, "/?columns=number,metrics.loss,metrics.score,metrics.`läng/größe 学習 🎯`,metrics.tiny")
        text = page.inner_text("tbody")
        assert "NaN" in text and "∞" in text and "−∞" in text
        page.goto(server.address + "/runs/1")
        assert "1,460 more params" in page.inner_text("main").replace("\u202f", ",")
        page.goto(server.address + "/columns?find=option_14")
        assert page.locator("[name=column]").count() == 100
        page.goto(server.address + "/?columns=params.*")
        assert "more columns not shown" in page.inner_text("main")
        world.close(page)


# ---- Everyone


@test
def the_keyboard_is_enough(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "filter"
        page.keyboard.type("seed = 0 AND steps = 50")
        page.keyboard.press("Enter")
        page.wait_for_url("**filter=**")
        page.locator("tbody input").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Shift+ArrowDown")
        assert page.inner_text("#chosen") == "3 selected"
        for _ in range(40):
            if page.evaluate("document.activeElement.textContent") == "Compare" and page.evaluate("document.activeElement.tagName") == "BUTTON":
                break
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/compare?**")
        assert "no spread" in page.inner_text("#answer") or "one run a side" in page.inner_text("#answer")
        world.close(page)


@test
def a_click_with_shift_chooses_all_between(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server)
        page.locator("#live:not([hidden])").wait_for()
        page.locator("tbody input").nth(1).click()
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        page.wait_for_timeout(400)
        page.locator("tbody input").nth(5).click(modifiers=["Shift"])
        assert page.inner_text("#chosen") == "5 selected"
        assert page.locator("#actions >> text=Diff").is_disabled()
        page.click("#actions >> text=Curves")
        assert page.url.count("run=") == 5
        page.wait_for_selector("figure svg")
        world.close(page)


@test
def small_and_large_windows_light_and_dark_never_scroll_sideways(world):
    with Server(world.command, world.path("demo.db")) as server:
        paths = PAGES + ["/runs/1", "/runs/67", "/diff?a=1&b=2", "/compare?group=plain&group=batchnorm", "/runs/999", "/nowhere"]
        for width, scheme in [(360, "light"), (360, "dark"), (3840, "dark")]:
            page = world.page(server, width=width, scheme=scheme)
            for path in paths:
                page.goto(server.address + path)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
                shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
                assert (int(shade[4:].split(",")[0]) < 60) == (scheme == "dark"), shade
            world.close(page)


@test
def everything_has_a_name_for_those_who_do_not_see_it(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server, height=3000)
        for path in PAGES + ["/runs/1", "/compare?group=plain&group=batchnorm"]:
            page.goto(server.address + path)
            page.wait_for_timeout(300)
            nameless = page.evaluate(
                """() => [...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea, main button, main a, figure')]
                    .filter((e) => e.checkVisibility())
                    .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim() || e.title))
                    .map((e) => e.outerHTML.slice(0, 120))"""
            )
            assert not nameless, (path, nameless)
            assert page.evaluate("[...document.querySelectorAll('main table thead')].every((e) => e.querySelector('th[scope=col]'))"), path
            assert page.locator("h1").count() == 1, path
        world.close(page)


@test
def without_the_script_everything_but_live_zoom_and_sliders_works(world):
    with Server(world.command, world.path("demo.db")) as server:
        page = world.page(server, "/?filter=seed+<+2+AND+steps+=+50", script=False)
        for place in (0, 1):
            page.locator("tbody input").nth(place).check()
        page.click("#actions >> text=Compare")
        page.wait_for_url("**/compare?**")
        page.goto(server.address + "/compare?group=plain&group=batchnorm&step=3")
        assert "at step 3" in page.inner_text("#answer")
        assert page.locator("figure img").first.evaluate("e => e.complete && e.naturalWidth > 0")
        page.goto(server.address + "/runs/1")
        assert page.locator("figure img").count() >= 3
        assert page.locator("button:visible", has_text="Delete").count() == 0
        page.goto(server.address + "/sql?query=SELECT+count(*)+AS+runs+FROM+run_list")
        assert "67" in page.inner_text("table")
        world.close(page)


@test
def what_is_not_there_has_a_page_that_says_what_to_do(world):
    store = world.copy("demo.db")
    stores.varve(world.command, "delete", 5, "--store", store)
    with Server(world.command, store) as server:
        page = world.page(server)
        for path, words in [
            ("/runs/999", "The list of runs says which there are"),
            ("/nowhere", "There is nothing at this address"),
            ("/?filter=seed+=+12345", "No run fits the filter"),
            ("/runs/5", "This run was deleted"),
            ("/?deleted=1", "Deleted runs"),
            ("/compare?group=resnet20&group=plain", "Take the first of them"),
            ("/compare?group=nothing&group=plain", "has no finished run"),
            ("/sql?query=DELETE+FROM+runs", "SQL"),
            ("/curves?name=nothing", "there is no metric and no layer"),
            ("/history?metric=nothing", "there is no metric"),
        ]:
            page.goto(server.address + path)
            assert words in page.inner_text("main"), (path, page.inner_text("main")[:500])
            assert store.rsplit("/", 1)[0] not in page.content(), path
        world.close(page)


def main():
    command, words = sys.argv[1], sys.argv[2:]
    chosen = [one for one in TESTS if not words or any(word in one.__name__ for word in words)]
    folder = tempfile.mkdtemp(prefix="varve-web-")
    failed = []
    try:
        stores.everything(command, os.path.join(folder, "demo.db"))
        stores.hostile(command, os.path.join(folder, "hostile.db"))
        stores.odd(command, os.path.join(folder, "odd.db"))
        with browser() as chromium:
            world = World(command, chromium, folder)
            for one in chosen:
                begun = time.monotonic()
                try:
                    one(world)
                    word = "passed"
                except Exception as error:  # noqa: BLE001: every fault is told, and the others are looked for
                    failed.append(one.__name__)
                    word = f"FAILED: {type(error).__name__}: {error}"
                print(f"{one.__name__.replace('_', ' ')}: {word} ({time.monotonic() - begun:.1f} s)", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(chosen) - len(failed)} of {len(chosen)} passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
