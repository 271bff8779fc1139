"""Hostile and odd names, the keyboard, small and large windows, no script, and what is not there."""

import urllib.request

import stores
from browser import Server
from world import PAGES, test


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
