"""Runs that grow, die and are changed while somebody looks."""

import sqlite3
import threading
import urllib.error
import urllib.request

import stores
from browser import Recording, Server, until
from world import test


@test
def a_run_recorded_by_another_process_grows_on_the_page(world):
    store = world.copy("demo.db")
    with Server(world.command, store) as server:
        page = world.page(server)
        page.locator("#live:not([hidden])").wait_for()
        recording = Recording(world.command, store)
        recording.write({"step": 0, "metrics": {"loss": 2.5}, "variances": {"block": 1.0}})
        # How soon is measured by Benchmarks/server.py.
        until(lambda: "growing" in page.inner_text("#runs"), "the run in the list")
        page.click("text=growing")
        page.locator("#live:not([hidden])").wait_for()
        assert "running" in page.inner_text("#head")
        for step in range(1, 4):
            recording.write({"step": step, "metrics": {"loss": 2.5 - step / 4}, "variances": {"block": 1.0 + step}})
            wanted = f"{2.5 - step / 4:.3f}" if step != 2 else "2"
            took = until(lambda: wanted in page.inner_text("#metrics"), f"loss {wanted}")
            print(f"    shown after {took:.2f} s")
        recording.end()
        until(lambda: "finished" in page.inner_text("#head"), "the end")
        world.close(page)


@test
def eight_runs_at_once_grow_on_the_page_and_on_its_curves(world):
    store = world.copy("demo.db")
    with Server(world.command, store) as server:
        page = world.page(server, "/?filter=architecture+=+'live'&columns=number,name,metrics.loss&sort=number")
        page.locator("#live:not([hidden])").wait_for()
        recordings = [Recording(world.command, store, name=f"recorder {number}") for number in range(8)]
        slowest = 0
        for step in range(4):
            values = [round(8 - step + number / 16, 4) for number in range(8)]
            for recording, value in zip(recordings, values):
                recording.write({"step": step, "metrics": {"loss": value}})
            wanted = [f"{value:#.4g}" if value % 1 else f"{value:.0f}" for value in values]
            slowest = max(slowest, until(lambda: all(word in page.inner_text("#selection") for word in wanted), f"{wanted}"))
        print(f"    all eight shown after {slowest:.2f} s at most")
        page.check("#every")
        page.click("#actions >> text=Curves")
        page.locator("figure svg").first.wait_for()
        before = page.locator("figure svg").first.inner_html()
        for recording in recordings:
            recording.write({"step": 9, "metrics": {"loss": 0.5}})
        until(lambda: page.locator("figure svg").first.inner_html() != before, "the curves")
        for recording in recordings:
            recording.end()
        world.close(page)


@test
def a_run_that_dies_shows_it(world):
    store = world.copy("demo.db")
    with Server(world.command, store) as server:
        recording = Recording(world.command, store)
        recording.write({"step": 0, "loss": 2.5})
        page = world.page(server)
        until(lambda: "running" in page.inner_text("#runs"), "the running run")
        recording.kill()
        until(lambda: "killed" in page.inner_text("#runs"), "the death")
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
    until(lambda: "growing" in page.inner_text("#runs"), "the run")
    port = server.port
    server.stop()
    until(lambda: "no connection" in page.inner_text("#live"), "the word that the server is away")
    recording.write({"step": 7, "loss": 1.5})
    server = Server(world.command, store, port=port)
    with server:
        until(lambda: page.inner_text("#live") == "live", "the connection")
        until(lambda: "1.500" in page.inner_text("#runs"), "what came meanwhile")
        recording.end()
        world.close(page)


@test
def edits_of_finished_runs_by_others_are_shown_in_every_tab(world):
    store = world.copy("demo.db")

    def varve(*words):
        stores.varve(world.command, *words, "--store", store)

    with Server(world.command, store) as server:
        page = world.page(server, "/?columns=number,name&filter=number+<+9")
        page.locator("#live:not([hidden])").wait_for()
        other = page.context.new_page()
        page.faults.listen(other)
        other.goto(server.address + "/runs/3")
        other.wait_for_selector("html.js")
        varve("note", 3, "a second look")
        until(lambda: "a second look" in other.inner_text("#note"), "the note")
        until(lambda: "a second look" in page.inner_text("#runs"), "the note in the list")
        varve("edit", 3, "--name", "the other one")
        until(lambda: "the other one" in other.inner_text("h1"), "the name")
        until(lambda: "the other one" in page.inner_text("#runs"), "the name in the list")
        varve("delete", 3)
        until(lambda: "This run was deleted" in other.inner_text("main"), "the removal")
        until(lambda: page.locator("tr[data-run='3']").count() == 0, "the removal from the list")
        # Who listened for both goes away.
        page.close()
        varve("restore", 3)
        until(lambda: "This run was deleted" not in other.inner_text("main"), "the return")
        other.context.close()
        assert not page.faults, page.faults


# ---- Changes


@test
def tags_and_notes_are_edited_and_runs_deleted_and_restored(world):
    store = world.copy("demo.db")
    with Server(world.command, store) as server:
        page = world.page(server, "/runs/3")
        page.click("text=Write a note")
        page.fill("dialog textarea", "a <b>note</b>")
        page.click("dialog >> text=Save")
        until(lambda: "a <b>note</b>" in page.inner_text("#note"), "the note")
        page.click("text=Add a tag")
        page.fill("dialog [name=key]", "verdict")
        page.fill("dialog [name=value]", "good")
        page.click("dialog >> text=Save")
        until(lambda: "verdict" in page.inner_text("#tags"), "the tag")
        page.click("[aria-label='Remove tag verdict']")
        until(lambda: "verdict" not in page.inner_text("#tags"), "the tag's removal")
        page.goto(server.address + "/?filter=number+IN+(1,2)")
        page.check("#every")
        page.click("#actions >> text=Delete")
        until(lambda: page.locator("tbody tr").count() == 0, "the removal")
        page.click("text=Undo")
        until(lambda: page.locator("tbody tr").count() == 2, "the return")
        world.close(page)


@test
def a_run_gets_another_name_and_another_experiment(world):
    store = world.copy("demo.db")
    with Server(world.command, store) as server:
        page = world.page(server, "/runs/3")
        page.click("text=Rename or move…")
        assert page.input_value("dialog [name=experiment]") == "Default"
        page.fill("dialog [name=name]", "the <b>best</b>")
        page.fill("dialog [name=experiment]", "Final")
        page.click("dialog >> text=Save")
        until(lambda: "the <b>best</b>" in page.inner_text("h1"), "the name")
        assert "Final" in page.inner_text("#facts") and page.title().startswith("the <b>best</b>")
        page.click("text=Rename or move…")
        page.fill("dialog [name=experiment]", "")
        page.click("dialog >> text=Save")
        assert page.locator("dialog [name=experiment]:invalid").count() == 1
        page.keyboard.press("Escape")
        page.goto(server.address + "/?filter=number+IN+(1,2)")
        page.check("#every")
        page.click("#actions >> text=Experiment…")
        page.fill("dialog [name=experiment]", "Final")
        page.click("dialog >> text=Save")
        page.wait_for_selector("text=Moved 2 runs")
        page.goto(server.address + "/?filter=experiment+=+'Final'")
        assert page.locator("tbody tr").count() == 3
        world.close(page)


@test
def a_server_that_only_reads_has_no_controls_that_change(world):
    with Server(world.command, world.path("demo.db"), "--read-only") as server:
        page = world.page(server, "/runs/3")
        page.wait_for_selector("html.js")
        assert page.locator("button:visible", has_text="Delete").count() == 0
        assert page.locator("button:visible", has_text="Add a tag").count() == 0
        assert page.locator("button:visible", has_text="Rename").count() == 0
        world.close(page)


@test
def a_store_that_another_process_has_to_itself_says_so_and_comes_back(world):
    store = world.copy("demo.db")
    other = sqlite3.connect(store, isolation_level=None)
    # With a write-ahead log nobody waits who reads.
    other.execute("PRAGMA journal_mode = DELETE")
    with Server(world.command, store, "--read-only") as server:
        page = world.page(server, "/runs/1")
        page.set_default_timeout(20000)
        other.execute("BEGIN EXCLUSIVE")
        said = []

        def ask():
            try:
                urllib.request.urlopen(server.address + "/api/v1/runs?limit=1")
            except urllib.error.HTTPError as error:
                said.extend([error.code, error.headers["Retry-After"], error.headers["Content-Type"]])

        asking = threading.Thread(target=ask)
        asking.start()
        page.goto(server.address + "/")
        assert page.inner_text("h1") == "The store is busy" and "locked by another process" in page.inner_text("main")
        asking.join()
        assert said == [503, "1", "application/problem+json"], said
        other.execute("ROLLBACK")
        page.wait_for_selector("tr[data-run]")
        world.close(page)
    other.close()
