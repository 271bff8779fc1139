// What a page does beyond links and forms: pictures as wide as there is room, hover, zoom, sliders, live, changes.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const readOnly = document.body.dataset.readOnly !== undefined;

  // ---- Elements, always by text and never by markup

  const make = (name, attributes = {}, ...content) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
    element.append(...content);
    return element;
  };

  const toast = (text, action, perform) => {
    all(".toast").forEach((old) => old.remove());
    const box = make("div", { class: "toast", role: "status" }, text);
    if (action) {
      const button = make("button", { type: "button" }, action);
      button.addEventListener("click", () => { box.remove(); perform(); });
      box.append(button);
    }
    document.body.append(box);
    setTimeout(() => box.remove(), action ? 12000 : 6000);
  };

  /// Shows what only the script can do.
  const reveal = (within = document) => {
    for (const element of all("[hidden]", within)) {
      if (element.id === "live" || element.dataset.stays !== undefined) continue;
      if (element.dataset.writes !== undefined && readOnly) continue;
      if (element.dataset.action === "unzoom" && !new URLSearchParams(location.search).has("from")) continue;
      element.hidden = false;
    }
    for (const button of all("form[data-slider] .apply", within)) button.hidden = true;
  };

  // ---- Pictures

  const fetched = new AbortController();
  addEventListener("pagehide", () => fetched.abort());
  const latest = new WeakMap();

  const draw = async (figure) => {
    // On a large screen the page's text is larger, and so is that of its pictures.
    const size = parseFloat(getComputedStyle(root).fontSize) / 14;
    const width = Math.min(4000, Math.max(360, Math.round(figure.clientWidth / size)));
    const address = `${figure.dataset.plot}&width=${width}`;
    if (figure.dataset.drawn === address && figure.dataset.stale === undefined) return;
    const turn = (latest.get(figure) ?? 0) + 1;
    latest.set(figure, turn);
    const wait = setTimeout(() => figure.classList.add("loading"), 250);
    try {
      const answer = await fetch(address, { signal: fetched.signal, headers: { accept: "image/svg+xml" } });
      if (latest.get(figure) !== turn) return;
      if (!answer.ok) return say(figure, await reason(answer));
      const document_ = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
      const picture = document_.documentElement;
      if (latest.get(figure) !== turn || picture.nodeName !== "svg") return;
      // A style in a page is refused by its policy; the rules of all pictures are the same, and adopted once.
      for (const style of all("style", picture)) { adopt(style.textContent); style.remove(); }
      figure.replaceChildren(document.importNode(picture, true));
      figure.dataset.drawn = address;
      delete figure.dataset.stale;
    } catch (error) {
      if (error.name !== "AbortError") say(figure, "The server does not answer; the picture comes when it does.");
    } finally {
      clearTimeout(wait);
      figure.classList.remove("loading");
    }
  };

  const adopted = new Set();
  const adopt = (rules) => {
    if (adopted.has(rules)) return;
    adopted.add(rules);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets.push(sheet);
  };

  const say = (figure, text) => {
    if (figure.querySelector("svg")) return;
    figure.replaceChildren(make("p", { class: "said" }, text));
  };

  const reason = async (answer) => {
    try {
      const { detail } = await answer.json();
      return detail ? `${detail[0].toUpperCase()}${detail.slice(1)}.` : answer.statusText;
    } catch { return `The server says ${answer.status}.`; }
  };

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      entry.target.dataset.seen = entry.isIntersecting ? "1" : "";
      if (entry.isIntersecting) draw(entry.target);
    }
  }, { rootMargin: "300px" });
  const watchPictures = (within = document) => all("figure[data-plot]", within).forEach((figure) => seen.observe(figure));

  let width = innerWidth;
  let resized;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(resized);
    resized = setTimeout(() => all("figure[data-seen='1']").forEach(draw), 200);
  });

  // ---- Hover

  const tip = make("div", { class: "tip", hidden: "", "data-stays": "", "aria-hidden": "true" });
  document.body.append(tip);
  const silent = (svg) => {
    // The browser's own tips come late and cannot be read on a dark page.
    for (const title of all("title", svg)) {
      if (title.parentNode === svg) continue;
      title.parentNode.dataset.tip = title.textContent;
      title.remove();
    }
    svg.dataset.silent = "";
  };

  document.addEventListener("pointermove", (event) => {
    const svg = event.target.closest?.("figure svg");
    if (!svg) { tip.hidden = true; return; }
    if (svg.dataset.silent === undefined) silent(svg);
    const target = event.target.closest("[data-tip]");
    tip.hidden = !target;
    if (!target) return;
    tip.textContent = target.dataset.tip;
    const { offsetWidth: wide, offsetHeight: high } = tip;
    const x = event.clientX + 16 + wide > innerWidth ? event.clientX - wide - 12 : event.clientX + 16;
    tip.style.left = `${Math.max(4, x)}px`;
    tip.style.top = `${Math.max(4, Math.min(innerHeight - high - 4, event.clientY + 14))}px`;
  }, { passive: true });

  document.addEventListener("click", (event) => {
    const point = event.target.closest?.("figure svg [data-tip]");
    const run = point && !point.classList.contains("hit") && /^run (\d+)/.exec(point.dataset.tip);
    if (run && !event.target.closest("[data-zoom]")) location.href = `/runs/${run[1]}`;
  });

  // ---- Zoom: dragging over a curve chooses steps

  const steps = (figure) => {
    const group = figure.querySelector("[data-steps]");
    const svg = figure.querySelector("svg");
    if (!group || !svg) return null;
    const [left, right, first, last] = group.dataset.steps.split(" ").map(Number);
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return { left: left * scale, right: right * scale, first, last, box: svg.getBoundingClientRect() };
  };

  let drag = null;
  document.addEventListener("pointerdown", (event) => {
    const figure = event.target.closest?.("figure[data-zoom]");
    if (!figure || event.button !== 0 || event.pointerType === "touch") return;
    const place = steps(figure);
    if (!place || place.first === place.last) return;
    const mark = make("div", { class: "drag" });
    figure.append(mark);
    drag = { figure, place, mark, from: event.clientX - place.box.left };
    figure.setPointerCapture?.(event.pointerId);
    event.preventDefault();
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const { place, mark, from } = drag;
    const at = Math.max(place.left, Math.min(place.right, event.clientX - place.box.left));
    const [low, high] = [Math.min(at, from), Math.max(at, from)];
    mark.style.left = `${low}px`;
    mark.style.width = `${high - low}px`;
    mark.style.top = "0";
    mark.style.height = `${place.box.height}px`;
    drag.low = low;
    drag.high = high;
  });
  const endDrag = () => {
    if (!drag) return;
    const { place, mark, low, high } = drag;
    mark.remove();
    drag = null;
    if (low === undefined || high - low < 6) return;
    const step = (x) => Math.round(place.first + ((x - place.left) / (place.right - place.left)) * (place.last - place.first));
    const [from, to] = [Math.max(place.first, step(low)), Math.min(place.last, step(high))];
    if (to > from) zoom(from, to);
  };
  document.addEventListener("pointerup", endDrag);
  document.addEventListener("pointercancel", () => { drag?.mark.remove(); drag = null; });

  /// Puts values into the address and into all curves of the page.
  const setCurves = (values, isLasting = true) => {
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === "" || value === "0") address.searchParams.delete(name);
      else address.searchParams.set(name, value);
    }
    if (isLasting) history.pushState(null, "", address); else history.replaceState(null, "", address);
    applyCurves();
  };

  const applyCurves = () => {
    const asked = new URLSearchParams(location.search);
    const form = document.getElementById("curve-controls");
    const names = ["axis", "smooth", "from", "to"];
    for (const figure of all("figure[data-zoom]")) {
      const address = new URL(figure.dataset.plot, location.href);
      for (const name of names) {
        if (asked.get(name)) address.searchParams.set(name, asked.get(name)); else address.searchParams.delete(name);
      }
      figure.dataset.plot = address.pathname + address.search;
      if (figure.dataset.seen === "1") draw(figure);
    }
    if (!form) return;
    for (const name of names) if (form.elements[name]) form.elements[name].value = asked.get(name) ?? (name === "smooth" ? "0" : "");
    const output = form.querySelector("output");
    if (output) output.textContent = asked.get("smooth") ?? "0";
    const whole = form.querySelector("[data-action=unzoom]");
    if (whole) whole.hidden = !asked.has("from") && !asked.has("to");
  };

  const zoom = (from, to) => setCurves({ from, to });
  const controls = document.getElementById("curve-controls");
  if (controls) {
    let soon;
    controls.addEventListener("submit", (event) => { event.preventDefault(); take(true); });
    const take = (isLasting) => {
      const values = Object.fromEntries(["axis", "smooth", "from", "to"].map((name) => [name, controls.elements[name]?.value ?? ""]));
      setCurves(values, isLasting);
    };
    controls.addEventListener("input", (event) => {
      const output = controls.querySelector("output");
      if (event.target.name === "smooth" && output) output.textContent = event.target.value;
      clearTimeout(soon);
      soon = setTimeout(() => take(false), 180);
    });
  }
  addEventListener("popstate", () => { if (controls) applyCurves(); else location.reload(); });

  // ---- Parts of the page that are fetched again: live, and with another step

  // As the server sent them, so that what is as it was stays untouched.
  const sent = new Map(all("[data-live]").map((part) => [part.id, part.outerHTML]));
  /// What stands on a page: a section that a run did not have before needs more than new content.
  const shape = (page) => [...page.querySelectorAll("[data-live]")].map((part) => part.id).concat(page.querySelectorAll("figure").length).join(" ");
  const isBusy = () => document.querySelector("dialog[open]") || document.activeElement?.matches("textarea, input:not([type=checkbox]):not([type=range])");

  const refresh = async (address = location.href, only = null) => {
    const answer = await fetch(address, { headers: { accept: "text/html" }, signal: fetched.signal });
    if (!answer.ok && answer.status >= 500) throw new Error(answer.statusText);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (fresh.body.classList.contains("sign-in")) return location.reload();
    document.title = fresh.title;
    if (!only) document.body.dataset.version = fresh.body.dataset.version;
    if (shape(fresh) !== shape(document)) {
      if (!isBusy()) location.reload();
      return;
    }
    const parts = all("[data-live]").filter((part) => !only || only.includes(part.dataset.live));
    const chosen = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
    const focused = document.activeElement?.closest("[data-live]") ? focusMark(document.activeElement) : null;
    const known = new Set(all("#runs tr[data-run]").map((row) => row.dataset.run));
    for (const part of parts) {
      const other = fresh.getElementById(part.id);
      if (!other || other.outerHTML === sent.get(part.id)) continue;
      sent.set(part.id, other.outerHTML);
      const left = part.scrollLeft;
      const figure = part.querySelector("figure svg");
      const next = document.importNode(other, true);
      if (figure) keepPicture(part, next);
      part.replaceWith(next);
      next.scrollLeft = left;
      for (const box of all("tbody input[type=checkbox]", next)) box.checked = chosen.has(box.value);
      const folds = all("details", next);
      all("details", part).forEach((old, index) => { if (folds[index]) folds[index].open = old.open; });
      if (known.size) for (const row of all("tr[data-run]", next)) if (!known.has(row.dataset.run)) row.classList.add("fresh");
      reveal(next);
      watchPictures(next);
    }
    if (focused) document.querySelector(focused)?.focus({ preventScroll: true });
    growSlider(fresh);
    countChosen();
  };

  /// A run that goes on has more steps to choose from; who chose none sees the last one.
  const growSlider = (fresh) => {
    const form = document.querySelector("form[data-slider]");
    const other = fresh.querySelector("form[data-slider]");
    if (!form || !other) return;
    form.querySelector(".label").textContent = other.querySelector(".label").textContent;
    const isFollowing = !new URLSearchParams(location.search).has("step") && !form.contains(document.activeElement);
    for (const input of all("input[max]", form)) {
      input.max = other.elements.step.max;
      if (isFollowing) input.value = other.elements.step.value;
    }
  };

  /// What stands in the figure stays until the new picture is there.
  const keepPicture = (part, next) => {
    const figures = all("figure[data-plot]", next);
    all("figure[data-plot]", part).forEach((old, index) => {
      if (!figures[index]) return;
      figures[index].replaceChildren(...old.childNodes);
      if (figures[index].dataset.plot === old.dataset.plot && old.dataset.drawn) figures[index].dataset.drawn = old.dataset.drawn;
    });
  };

  const focusMark = (element) => {
    if (element.id) return `#${CSS.escape(element.id)}`;
    if (element.name && element.value) return `[name=${CSS.escape(element.name)}][value=${CSS.escape(element.value)}]`;
    const href = element.getAttribute("href");
    return href ? `a[href=${CSS.escape(href)}]` : null;
  };

  document.addEventListener("input", (event) => {
    if (event.target.dataset.range === undefined) return;
    const form = event.target.form;
    form.elements.step.value = event.target.value;
    chooseStep(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.form?.dataset.slider !== undefined && event.target.name === "step") chooseStep(event.target.form);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.slider === undefined) return;
    event.preventDefault();
    chooseStep(event.target);
  });
  let stepping;
  const chooseStep = (form) => {
    clearTimeout(stepping);
    const value = form.elements.step.value;
    stepping = setTimeout(() => {
      const address = new URL(location.href);
      if (value === "") address.searchParams.delete("step"); else address.searchParams.set("step", value);
      history.replaceState(null, "", address);
      const range = document.activeElement?.dataset?.range !== undefined;
      const handled = refresh(address, ["profile", "layers", "answer"]).then(() => {
        if (range) document.querySelector("[data-range]")?.focus({ preventScroll: true });
      });
      handled.catch(() => toast("The server does not answer."));
    }, 120);
  };

  // ---- Choosing runs

  let lastBox = null;  // The value of the box that was clicked last.
  const boxes = () => all("#selection tbody input[type=checkbox]");
  const countChosen = () => {
    const actions = document.getElementById("actions");
    if (!actions) return;
    const chosen = boxes().filter((box) => box.checked);
    actions.classList.toggle("shown", chosen.length > 0);
    actions.querySelector("output").textContent = `${chosen.length} selected`;
    for (const button of all("[formaction='/diff']", actions)) button.disabled = chosen.length !== 2;
    for (const button of all("[formaction='/compare']", actions)) button.disabled = chosen.length < 2;
    const every = document.getElementById("every");
    if (every) {
      every.checked = chosen.length > 0 && chosen.length === boxes().length;
      every.indeterminate = chosen.length > 0 && !every.checked;
    }
  };
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.id === "every") {
      for (const other of boxes()) other.checked = box.checked;
      return countChosen();
    }
    if (!box.matches?.("#selection tbody input[type=checkbox]")) return;
    const list = boxes();
    // By its value: a list that was fetched again has other boxes.
    const last = list.findIndex((other) => other.value === lastBox);
    if (event.shiftKey && last >= 0) {
      const [from, to] = [last, list.indexOf(box)].sort((a, b) => a - b);
      for (const other of list.slice(from, to + 1)) other.checked = box.checked;
    }
    lastBox = box.value;
    countChosen();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches?.("input:not([type=checkbox]):not([type=range]), textarea, select");
    if (event.key === "/" && !isTyping && document.getElementById("filter")) {
      event.preventDefault();
      document.getElementById("filter").focus();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "query") event.target.form.submit();
    const box = event.target;
    if (!box.matches?.("#selection tbody input[type=checkbox]")) return;
    const move = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const list = boxes();
    const next = list[list.indexOf(box) + move];
    if (!next) return;
    if (event.shiftKey) next.checked = box.checked = true;
    next.focus();
    lastBox = next.value;
    countChosen();
  });

  // ---- Changes

  const change = async (run, method, body, path = "") => {
    const answer = await fetch(`/api/v1/runs/${run}${path}`, {
      method, headers: body ? { "content-type": "application/json" } : {}, body: body ? JSON.stringify(body) : undefined,
    }).catch(() => { throw new Error("The server does not answer."); });
    if (!answer.ok) throw new Error(await reason(answer));
  };

  const changeAll = async (runs, perform, told) => {
    let done = 0;
    // Another process may have the store to itself for a while.
    const slow = setTimeout(() => toast("Waiting for the store: another process writes into it."), 1500);
    try {
      for (const run of runs) { await perform(run); clearTimeout(slow); done += 1; }
      toast(told(done), null);
    } catch (error) {
      toast(`${error.message}${done ? ` (${done} of ${runs.length} done)` : ""}`);
    } finally {
      clearTimeout(slow);
    }
    await refresh().catch(() => {});
    return done;
  };

  /// Asks for texts in a dialogue; nothing where it was closed.
  const ask = (title, fields, word = "Save") => new Promise((resolve) => {
    const form = make("form", { method: "dialog" }, make("h2", { id: "ask" }, title));
    const inputs = fields.map(({ name, label, value, isLong, isNeeded }) => {
      const input = make(isLong ? "textarea" : "input", { name, autocomplete: "off", required: isNeeded ? "" : null });
      if (!isLong) input.type = "text";
      input.value = value ?? "";
      form.append(make("label", {}, make("span", { class: "label" }, label), input));
      return input;
    });
    const cancel = make("button", { type: "button" }, "Cancel");
    const row = make("div", { class: "row" }, cancel, make("button", { class: "primary", value: "yes" }, word));
    form.append(row);
    const dialog = make("dialog", { "aria-labelledby": "ask" }, form);
    cancel.addEventListener("click", () => dialog.close(""));
    dialog.addEventListener("close", () => {
      const isSaved = dialog.returnValue === "yes";
      dialog.remove();
      resolve(isSaved ? Object.fromEntries(inputs.map((input) => [input.name, input.value])) : null);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(row.lastChild);
    });
    document.body.append(dialog);
    dialog.showModal();
    (inputs[0] ?? row.lastChild).focus();
  });

  const tagFields = [{ name: "key", label: "Key", isNeeded: true }, { name: "value", label: "Value" }];
  const experimentField = (value) => ({ name: "experiment", label: "Experiment; a new name makes one", value, isNeeded: true });

  const plural = (count) => (count === 1 ? "1 run" : `${count} runs`);

  const offerReturn = (count = Infinity) => {
    const { runs, at } = JSON.parse(sessionStorage.getItem("varve-deleted") ?? '{"runs":[],"at":0}');
    const deleted = runs.slice(0, count);
    if (!deleted.length || Date.now() - at > 10000) return sessionStorage.removeItem("varve-deleted");
    toast(`Deleted ${plural(deleted.length)}`, "Undo", () => {
      sessionStorage.removeItem("varve-deleted");
      changeAll(deleted, (run) => change(run, "POST", null, "/restore"), (n) => `Restored ${plural(n)}`);
    });
  };

  const actions = {
    clear: () => { for (const box of boxes()) box.checked = false; countChosen(); },
    unzoom: () => setCurves({ from: null, to: null }),
    "add-group": (button) => {
      const before = [...button.form.querySelectorAll("label")].filter((label) => label.querySelector("[name=group]")).pop();
      const copy = before.cloneNode(true);
      const input = copy.querySelector("input");
      input.value = "";
      const count = button.form.querySelectorAll("[name=group]").length;
      const label = copy.querySelector(".label");
      if (label.textContent !== "Group") label.textContent = String.fromCharCode(65 + Math.min(count, 25));
      before.after(copy);
      input.focus();
    },
    tag: async (_, runs) => {
      const given = await ask(`Tag ${plural(runs.length)}`, tagFields);
      if (!given) return;
      await changeAll(runs, (run) => change(run, "PATCH", { tags: { [given.key]: given.value } }), (n) => `Tagged ${plural(n)}`);
    },
    note: async (_, runs) => {
      const given = await ask(`Note for ${plural(runs.length)}`, [{ name: "note", label: "Takes the place of the notes there are", isLong: true }]);
      if (!given) return;
      await changeAll(runs, (run) => change(run, "PATCH", { note: given.note || null }), (n) => `Noted on ${plural(n)}`);
    },
    move: async (_, runs) => {
      const given = await ask(`Experiment of ${plural(runs.length)}`, [experimentField()]);
      if (!given) return;
      await changeAll(runs, (run) => change(run, "PATCH", given), (n) => `Moved ${plural(n)}`);
    },
    "edit-run": async (_, runs) => {
      const { name, experiment } = document.getElementById("head").dataset;
      const given = await ask("Name and experiment", [{ name: "name", label: "Name", value: name }, experimentField(experiment)]);
      if (!given) return;
      const edit = Object.fromEntries(Object.entries(given).filter(([key, value]) => value !== { name, experiment }[key]));
      if (Object.keys(edit).length) await changeAll(runs, (run) => change(run, "PATCH", edit), () => "Saved");
    },
    delete: async (_, runs) => {
      // The page may be loaded anew, as where nothing is left of a list: the way back is offered there too.
      sessionStorage.setItem("varve-deleted", JSON.stringify({ runs, at: Date.now() }));
      const done = await changeAll(runs, (run) => change(run, "DELETE"), (n) => `Deleted ${plural(n)}`);
      if (done && document.querySelector("article[data-run]")) return location.reload();
      offerReturn(done);
    },
    restore: async (_, runs) => {
      await changeAll(runs, (run) => change(run, "POST", null, "/restore"), (n) => `Restored ${plural(n)}`);
      if (document.querySelector("article[data-run]")) location.reload();
    },
    "edit-note": async (_, runs) => {
      const given = await ask("Note", [{ name: "note", label: "Markup is shown as it is written", value: document.getElementById("note").dataset.note, isLong: true }]);
      if (given) await changeAll(runs, (run) => change(run, "PATCH", { note: given.note || null }), () => "Saved");
    },
    "add-tag": async (_, runs) => {
      const given = await ask("Add a tag", tagFields);
      if (given) await changeAll(runs, (run) => change(run, "PATCH", { tags: { [given.key]: given.value } }), () => "Saved");
    },
    "remove-tag": async (button, runs) => {
      await changeAll(runs, (run) => change(run, "PATCH", { tags: { [button.dataset.key]: null } }), () => "Removed");
    },
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.dataset.copy !== undefined) {
      await navigator.clipboard?.writeText(button.dataset.copy).catch(() => {});
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    }
    const action = actions[button.dataset.action];
    if (!action) return;
    const article = button.closest("article[data-run]");
    const runs = article ? [article.dataset.run] : boxes().filter((box) => box.checked).map((box) => box.value);
    action(button, runs);
  });

  // An open menu closes when somebody clicks or tabs elsewhere, and by Escape.
  const closeMenus = (except) => all("details.menu[open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });

  // ---- Live: one stream a browser, shared by its tabs

  const watched = document.body.dataset.watch;
  const mark = document.getElementById("live");
  const concerns = (runs) => watched === "all" || runs.some((run) => watched.split(",").includes(String(run)));

  let isOutOfStep = false;
  const tell = (isOn) => {
    mark.hidden = false;
    mark.classList.toggle("off", !isOn);
    mark.textContent = isOn ? "live" : "no connection";
    isOutOfStep = isOutOfStep || !isOn;
  };

  let refreshing = false;
  let again = null;  // The version that came meanwhile, or that there may be one.
  const changed = async (runs, version, isForced = false) => {
    if (runs ? !concerns(runs) : watched !== "all" && !isForced) return;
    if (document.hidden || refreshing) { again = version ?? "any"; return; }
    if (document.querySelector("dialog[open]")) { setTimeout(() => changed(runs, version, isForced), 1000); return; }
    refreshing = true;
    again = null;
    const begun = performance.now();
    const before = document.body.dataset.version;
    let took = 0;
    try {
      await refresh();
      took = performance.now() - begun;
      if (document.body.dataset.version === before) return;
      for (const figure of all("figure[data-plot]")) {
        figure.dataset.stale = "";
        if (figure.dataset.seen === "1") await draw(figure);
      }
    } catch (error) {
      if (error.name === "AbortError") return;
    } finally {
      // A page that the server works on for long is asked for less often.
      setTimeout(() => {
        refreshing = false;
        if (again && again !== document.body.dataset.version) changed(null, again, true);
      }, Math.min(10000, Math.max(250, 4 * took)));
    }
  };

  if (watched) {
    const channel = new BroadcastChannel("varve");
    let stream = null;
    let release = null;
    const receive = (message) => {
      if (message.kind === "open") { tell(true); if (isOutOfStep) { isOutOfStep = false; changed(null, null, true); } }
      if (message.kind === "lost") tell(false);
      // What the page shows already is told once more to whoever begins to listen.
      if (message.kind === "changed" && message.version !== document.body.dataset.version) changed(message.runs, message.version);
      if (message.kind === "listening") announce();
      if (message.kind === "watching" && stream) {
        const isNew = message.runs.some((run) => !asked.has(run));
        remember(message.runs);
        if (isNew) connect();
      }
    };
    const send = (message) => { receive(message); channel.postMessage(message); };
    channel.onmessage = (event) => receive(event.data);

    // The runs that this and other tabs show, as many as one stream tells of; it tells of all that are going on.
    const own = watched === "all" ? [] : watched.split(",");
    let asked = new Set();
    const remember = (runs) => { asked = new Set([...[...asked].filter((run) => !runs.includes(run)), ...runs].slice(-200)); };
    const announce = () => { if (own.length) channel.postMessage({ kind: "watching", runs: own }); };

    const listen = () => new Promise((resolve) => {
      release = resolve;
      remember(own);
      connect();
      channel.postMessage({ kind: "listening" });
    }).finally(() => { stream?.close(); stream = null; release = null; });
    const connect = () => {
      stream?.close();
      stream = new EventSource(`/api/v1/events${asked.size ? `?runs=${[...asked].join(",")}` : ""}`);
      stream.onopen = () => send({ kind: "open" });
      stream.onerror = () => {
        send({ kind: "lost" });
        // A stream that was refused is not opened again by the browser.
        if (stream?.readyState === EventSource.CLOSED) setTimeout(() => release?.(), 2000);
      };
      // `store` says that anything changed, `run` how a run is now that is going on or watched.
      stream.addEventListener("store", (event) => send({ kind: "changed", runs: null, version: event.lastEventId }));
      stream.addEventListener("run", (event) => {
        try { send({ kind: "changed", runs: [JSON.parse(event.data).run], version: event.lastEventId }); } catch { /* not for us */ }
      });
    };

    // Whoever holds the lock listens for all tabs that can be seen; the others hear it from there.
    let queue = null;
    const begin = async () => {
      if (queue || document.hidden) return;
      queue = new AbortController();
      const { signal } = queue;
      announce();
      while (!signal.aborted) {
        try {
          await (navigator.locks ? navigator.locks.request("varve-events", { signal }, () => (signal.aborted ? null : listen())) : listen());
        } catch { return; }
      }
    };
    const end = () => { queue?.abort(); queue = null; release?.(); };
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return end();
      begin();
      changed(null, null, true);
    });
    // How long ago something was changes without any change of the store, and so does who is silent.
    setInterval(() => changed(null, null, true), 60000);
    addEventListener("pagehide", end);
    addEventListener("pageshow", (event) => { if (event.persisted) { begin(); changed(null, null, true); } });
    begin();
  }

  reveal();
  offerReturn();
  watchPictures();
  countChosen();
})();
