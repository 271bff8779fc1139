"""From an empty store to a shared link: what people come for."""

import os
import urllib.request

import stores
from browser import Server, until
from world import test


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
        until(lambda: "at step 0" in page.inner_text("#answer"), "the comparison at step 0")
        assert "step=0" in page.evaluate("location.href")
        page.goto(server.address + "/runs/2")
        page.locator("[data-range]").fill("10")
        until(lambda: "at step 10" in page.inner_text("#profile"), "the profile at step 10")
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
        page.locator("#live:not([hidden])").wait_for()
        figure = page.locator("figure[data-zoom] svg").first
        figure.wait_for()
        box = figure.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 150)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 150, steps=4)
        page.mouse.up()
        until(lambda: "from=" in page.evaluate("location.href"), "the zoom")
        until(lambda: figure.locator("[data-steps]").get_attribute("data-steps").split()[2] != "0", "the picture")
        page.locator("[name=smooth]").fill("0.8")
        page.locator("figure .thin").first.wait_for(state="attached")
        page.select_option("[name=axis]", "log")
        until(lambda: "axis=log" in page.evaluate("location.href"), "the axis in the address")
        page.click("text=Whole run")
        until(lambda: figure.locator("[data-steps]").get_attribute("data-steps").split()[2] == "0", "the whole run")
        world.close(page)


@test
def what_most_of_the_chosen_runs_have_is_drawn_first(world):
    store = world.path("wide.db")
    for seed, names in enumerate([["loss"], ["loss"], [f"unit/{number}" for number in range(40)] + ["loss"]]):
        rows = [{"step": step, "metrics": dict.fromkeys(names, 1.0 + step)} for step in range(3)]
        stores.varve(
            world.command, "log", "--store", store, text=stores.lines({"begin": {"seed": seed}}, *rows, {"end": "finished"})
        )
    with Server(world.command, store) as server:
        page = world.page(server)
        page.check("#every")
        page.click("#actions >> text=Curves")
        page.wait_for_selector("figure svg")
        assert page.locator(".card h3").first.inner_text() == "loss"
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
