// The demo page's only script. It draws what /live tells, row by row, and sends what the visitor does to /do. It decides
// nothing: what a click means is for the systems behind the page.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const page = document.body.dataset;
const still = matchMedia("(prefers-reduced-motion: reduce)");

let lang = page.lang;
let seen = "";
let round = null;
let picture = null;
let opener = null; // the focus mark of what opened the dialog
let shownModal = "";
let asking = new AbortController();
let going = false; // days are going by
const fresh = {}; // keys of the rows a pane that changed since the visitor looked at it

// ---- drawing ----

// rows brings a list up to date: rows that are the same stay as they are, with focus, scroll and open parts.
function rows(list, wanted, first) {
  const now = new Map([...list.children].map((li) => [li.dataset.key, li]));
  const changes = [];
  let before = null;
  for (const row of wanted) {
    let li = now.get(row.k);
    now.delete(row.k);
    if (!li) {
      li = document.createElement("li");
      li.dataset.key = row.k;
    }
    if (li.dataset.html !== row.h) {
      const parts = $$("details[data-keep]", li).map((d) => [d.dataset.keep, d.open]);
      const had = li.contains(document.activeElement) ? document.activeElement : null;
      li.innerHTML = row.h;
      li.dataset.html = row.h;
      for (const [mark, open] of parts) {
        const d = $$("details[data-keep]", li).find((x) => x.dataset.keep === mark);
        if (d) d.open = open;
      }
      if (had?.dataset.focus) { // a menu and its choices bear one mark
        const marked = $$("[data-focus]", li).filter((x) => x.dataset.focus === had.dataset.focus);
        (marked.find((x) => x.textContent === had.textContent) || marked[0])?.focus();
      }
      if (!first) { mark(li); changes.push(row.k); }
    }
    const place = before ? before.nextElementSibling : list.firstElementChild;
    if (place !== li) list.insertBefore(li, place);
    before = li;
  }
  for (const li of now.values()) li.remove();
  return changes;
}

function mark(li) {
  li.classList.add("changed");
  if (!still.matches) setTimeout(() => li.classList.remove("changed"), 1500);
  else li.parentElement && $$(".changed", li.parentElement).forEach((x) => x !== li && x.classList.remove("changed"));
}

function drawPane(name, pane, first) {
  const scroll = $(`[data-scroll=${name}]`);
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 30;
  const list = $(`[data-rows=${name}]`);
  const wanted = pane.rows || [];
  const changes = rows(list, wanted, first);
  $(`[data-empty=${name}]`).hidden = wanted.length > 0;
  $(`[data-head=${name}]`).textContent = pane.head || "";
  if (name === "office") {
    $("#all").hidden = !pane.all;
    $("#all").textContent = pane.all || "";
    $("#all").dataset.command = pane.list || "";
  }
  if (name === "slack" && (changes.length || first) && atEnd) scroll.scrollTop = scroll.scrollHeight;
  if (changes.length && !watched(name)) fresh[name] = new Set([...(fresh[name] || []), ...changes]);
  count(name);
}

// watched says whether the visitor has a pane before them: it is shown, and the focus or the pointer is in it.
function watched(name) {
  const pane = $(`#pane-${name}`);
  return getComputedStyle(pane).visibility === "visible" && pane.matches(":focus-within, :hover");
}

function count(name) {
  const n = fresh[name]?.size || 0;
  for (const c of $$(`[data-count=${name}]`)) c.textContent = n ? page.new.replace("{n}", n) : "";
}

function seenPane(name) {
  delete fresh[name];
  count(name);
}

function drawModal(modal) {
  const space = $("#modal-space");
  const html = modal ? modal.h : "";
  if (html === shownModal) return;
  const had = $("#modal");
  const typed = had && modal && had.dataset.view === modal.id ? values(had) : {};
  const focus = had && had.contains(document.activeElement) ? document.activeElement.dataset.focus || document.activeElement.id : null;
  shownModal = html;
  space.innerHTML = html;
  for (const behind of [$("[data-scroll=slack]"), $("#typing")]) behind.inert = Boolean(modal);
  if (!modal) {
    if (had) (opener && $$("[data-focus]").find((x) => x.dataset.focus === opener) || $("#command")).focus();
    opener = null;
    return;
  }
  const now = $("#modal");
  for (const field of $$("input[type=text], textarea", now)) if (!field.value && typed[field.name]) field.value = typed[field.name];
  const wrong = $("[aria-invalid]", now);
  const back = focus && $$("[data-focus], [id]", now).find((x) => x.dataset.focus === focus || x.id === focus);
  (wrong || back || $("#modal-title", now)).focus({ preventScroll: !wrong });
}

function drawStory(story) {
  const steps = $("#steps");
  steps.innerHTML = "";
  for (const s of story.steps || []) {
    const li = document.createElement("li");
    const span = document.createElement("span");
    span.textContent = s.label;
    li.append(span);
    li.className = s.done ? "done" : s.current ? "current" : "";
    if (s.current) li.setAttribute("aria-current", "step");
    steps.append(li);
  }
  if ($("#next").textContent !== story.text) $("#next").textContent = story.text || "";
  const acts = story.acts || [];
  $("#step").hidden = acts.length === 0;
  const over = !(story.steps || []).some((s) => s.current);
  const others = $("#others");
  if (over !== (others.children.length > 0)) {
    others.innerHTML = "";
    if (over) for (const o of story.others || []) {
      const b = document.createElement("button");
      b.type = "button";
      b.className = "small";
      b.textContent = o.label;
      b.dataset.command = o.command;
      others.append(b);
    }
  }
  outline(acts);
}

// outline marks the control that comes next: the first one that isn't as the step wants it.
function outline(acts) {
  const next = $("#strip").classList.contains("off") ? undefined : acts.find((a) => (a.do === "click" || (a.do !== "wait" && a.do !== "close" && $(a.sel)?.value !== a.value)));
  const control = next && $(next.sel);
  for (const x of $$(".outlined")) if (x !== control) x.classList.remove("outlined");
  control?.classList.add("outlined");
}

// drawClock shows the world's time, where it can go, and why it stopped.
function drawClock(clock) {
  $("#now").textContent = clock.now;
  for (const b of $$("[data-days]")) {
    const end = b.dataset.days === "end";
    b.setAttribute("aria-disabled", String(going || end && !clock.end));
    if (end && clock.end) b.setAttribute("aria-label", clock.end);
    else if (end) b.removeAttribute("aria-label");
  }
  if ($("#stop").textContent !== clock.stop) $("#stop").textContent = clock.stop;
  $("#stop").hidden = !clock.stop;
}

function draw(p) {
  const first = round !== p.round;
  if (first) {
    round = p.round;
    if ($("#again")) $("#again").disabled = false;
    for (const n of Object.keys(fresh)) seenPane(n);
  }
  picture = p;
  for (const [name, pane] of Object.entries(p.panes || {})) drawPane(name, pane, first);
  drawModal(p.modal);
  drawStory(p.story || {});
  drawClock(p.clock);
  rows($("#events"), p.feed && p.feed.length ? p.feed : [{ k: "none", h: page.none }], true);
  document.documentElement.dataset.drawn = p.seen;
}

// ---- news ----

// Nothing is drawn anew between the pointer's going down and coming up: what lies under it would be gone, and the click with it.
let letGo = Promise.resolve();
addEventListener("pointerdown", () => {
  letGo = new Promise((ok) => {
    const up = () => setTimeout(ok);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, up, { once: true, capture: true });
    setTimeout(ok, 2000);
  });
}, true);

async function follow() {
  for (;;) {
    asking = new AbortController();
    try {
      const q = new URLSearchParams({ who: $("#who").value, lang, seen });
      const answer = await fetch("live?" + q, { signal: asking.signal });
      if (!answer.ok) throw new Error(answer.status);
      const p = await answer.json();
      $("#gone").hidden = true;
      await letGo;
      seen = p.seen;
      draw(p);
    } catch (e) {
      if (e.name === "AbortError") continue;
      $("#gone").hidden = false;
      await new Promise((ok) => setTimeout(ok, 1000));
    }
  }
}

// look asks at once, for another visitor.
function look() {
  seen = "";
  asking.abort();
}

async function act(deed) {
  notice("");
  try {
    const answer = await fetch("do", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ who: $("#who").value, lang, ...deed }) });
    const said = await answer.json();
    notice(said.notice || "");
  } catch {
    $("#gone").hidden = false;
  }
}

function notice(text) {
  $("#notice").textContent = text;
  $("#notice").hidden = !text;
}

// ---- what the visitor does ----

const on = (el) => ({ channel: el.dataset.channel || "", ts: el.dataset.ts || "", view: el.dataset.view || "" });

function ask(title, text, yes, no) {
  return new Promise((answer) => {
    const d = $("#ask");
    $("#ask-title").textContent = title;
    $("#ask-text").textContent = text;
    $("#ask-yes").textContent = yes;
    $("#ask-no").textContent = no || page.back;
    d.returnValue = "no";
    d.addEventListener("close", () => answer(d.returnValue === "yes"), { once: true });
    d.showModal();
  });
}

async function press(el) {
  opener = el.closest("#modal") ? opener : el.dataset.focus;
  const d = el.dataset;
  el.closest("details.menu")?.removeAttribute("open");
  if (d.askTitle && !(await ask(d.askTitle, d.askText, d.askYes, d.askNo))) return;
  await act({ kind: "press", on: on(el), action: d.action, block: d.block, choose: d.choose || "" });
}

// values are what a form holds, by block id; several ticks are lines.
function values(form) {
  const out = {};
  for (const field of $$("input, textarea, select", form)) {
    if (!field.name) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      out[field.name] ??= "";
      if (field.checked) out[field.name] += (out[field.name] ? "\n" : "") + field.value;
    } else out[field.name] = field.value;
  }
  return out;
}

// filled leaves out what Slack would send as nothing chosen.
function filled(form) {
  const out = values(form);
  for (const field of $$("input[type=radio], input[type=date], select", form)) if (!out[field.name]) delete out[field.name];
  return out;
}

async function chosen(el) {
  const value = el.type === "radio" || el.type === "checkbox" ? values(el.closest("form, .message, .section") || document)[el.name] : el.value;
  await act({ kind: "press", on: on(el), action: el.dataset.action, block: el.dataset.block, choose: value });
}

// command puts a command into the field. Slack takes none while a dialog is open, so that is closed first.
async function command(text) {
  await leave();
  $("#command").value = text;
  grow();
  show("slack");
  $("#command").focus();
}

// days lets days go by. The buttons keep the focus, and rest until that is done.
async function days(wish) {
  if (going || wish === "end" && !picture.clock.end) return;
  going = true;
  drawClock(picture.clock);
  await act({ kind: "days", choose: wish });
  going = false;
  drawClock(picture.clock);
}

// goTo goes to a row, as a link to a message does in Slack.
async function goTo(key) {
  await leave();
  const li = $$("[data-key]").find((x) => x.dataset.key === key);
  if (!li) return;
  show(li.closest(".pane").id.slice(5));
  li.tabIndex = -1;
  li.focus();
  mark(li);
}

function hideStrip(yes) {
  $("#strip").classList.toggle("off", yes);
  $("#unhide").hidden = !yes;
  outline((picture && picture.story.acts) || []);
}

function grow() {
  const c = $("#command");
  c.rows = Math.min(7, c.value.split("\n").length);
}

function show(name) {
  $("#panes").dataset.tab = name;
  for (const b of $$("[data-tab]", $(".tabs"))) b.setAttribute("aria-pressed", String(b.dataset.tab === name));
  seenPane(name);
}

document.addEventListener("click", async (e) => {
  const el = e.target.closest("button, a, summary");
  if (!el) return;
  const d = el.dataset;
  if (d.goto) { e.preventDefault(); await goTo(d.goto); }
  else if ("press" in d) { if (el.tagName === "BUTTON") e.preventDefault(); await press(el); }
  else if ("dismiss" in d) await act({ kind: "dismiss", on: { view: $("#modal").dataset.view } });
  else if (d.pay) await act({ kind: "pay", id: d.pay });
  else if (d.part) await act({ kind: "part", id: d.part });
  else if (d.reverse) await act({ kind: "reverse", id: d.reverse });
  else if (d.days) await days(d.days);
  else if (d.try) await command("/terminate " + d.try);
  else if (d.command) await command(d.command);
  else if (d.tab) { show(d.tab); $("#pane-" + d.tab).focus({ preventScroll: true }); }
  else if (d.langTo) change(d.langTo);
  else if (el.id === "again") { el.disabled = true; hideStrip(false); await act({ kind: "again", lang }); }
  else if (el.id === "keys") $("#help").showModal();
  else if (el.id === "hide") { hideStrip(true); $("#unhide").focus(); }
  else if (el.id === "unhide") { hideStrip(false); $("#step").focus(); }
  else if (el.id === "step") await doStep();
  else if (el.id === "more") { const open = $("#controls").classList.toggle("open"); el.setAttribute("aria-expanded", String(open)); }
  else if (el.id === "all-events") { const open = $(".feed").classList.toggle("open"); el.setAttribute("aria-expanded", String(open)); }
});

// change goes to the page in the other language. Before anything has happened the world begins anew in it, so that Slack
// speaks it too.
async function change(to) {
  const untouched = picture && !(picture.feed || []).length && !picture.modal && !((picture.panes.slack || {}).rows || []).length;
  if (untouched && $("#again")) await act({ kind: "again", lang: to });
  location.search = new URLSearchParams({ lang: to, who: $("#who").value });
}

document.addEventListener("submit", async (e) => {
  if (e.target.id === "typing") {
    e.preventDefault();
    const text = $("#command").value.trim();
    if (!text) return;
    opener = null;
    $("#command").value = "";
    grow();
    await act({ kind: "command", text });
  } else if (e.target.id === "modal-form") {
    e.preventDefault();
    const button = $("[data-submit]", e.target);
    if (!button || button.disabled) return;
    button.disabled = true;
    await act({ kind: "submit", on: { view: $("#modal").dataset.view }, values: filled(e.target) });
    button.disabled = false;
  }
});

document.addEventListener("change", (e) => {
  if (e.target.id === "who") { look(); opener = null; }
  else if ("dispatch" in e.target.dataset) chosen(e.target);
});

$("#command").addEventListener("input", grow);
$("#command").addEventListener("keydown", (e) => {
  if (e.key === "Enter" && !e.shiftKey) { e.preventDefault(); $("#typing").requestSubmit(); }
});

for (const pane of $$(".pane")) for (const event of ["mouseenter", "focusin"]) pane.addEventListener(event, () => seenPane(pane.id.slice(5)));

document.addEventListener("keydown", (e) => {
  if (e.key === "Escape" && $("#modal") && !$("dialog:modal")) { e.preventDefault(); act({ kind: "dismiss", on: { view: $("#modal").dataset.view } }); return; }
  if (e.ctrlKey || e.metaKey || e.altKey || !$("#keys-on").checked || $("dialog:modal")) return;
  if (e.target.closest("input, textarea, select")) return;
  const panes = ["slack", "cerb", "office", "inbox"];
  if (panes[e.key - 1]) { show(panes[e.key - 1]); $("#pane-" + panes[e.key - 1]).focus(); }
  else if (e.key === "/") { e.preventDefault(); show("slack"); $("#command").focus(); }
  else if (e.key === "s") doStep();
  else if (e.key === "." && picture && $("[data-days]")) days("1");
  else if (e.key === "?") $("#help").showModal();
});

// ---- the guided strip ----

const until = async (find) => {
  for (let n = 0; n < 100; n++) {
    const found = find();
    if (found) return found;
    await new Promise((ok) => setTimeout(ok, 100));
  }
  return null;
};

// doStep works the real controls of the step, as the visitor would.
async function doStep() {
  const button = $("#step");
  if (button.disabled || button.hidden || !picture) return;
  button.disabled = true;
  for (const a of picture.story.acts || []) {
    if (a.do === "close") { await leave(); continue; }
    const control = await until(() => $(a.sel));
    if (!control) break;
    const pane = control.closest(".pane");
    const folded = a.do === "click" && control.closest("#controls") && !control.checkVisibility();
    if (folded) $("#more").click();
    if (pane) show(pane.id.slice(5));
    (control.closest("li") || control).scrollIntoView({ block: "nearest" });
    if (a.do === "who" && control.value !== a.value) await become(a.value);
    else if (a.do === "fill") { control.value = a.value; grow(); }
    else if (a.do === "click") control.click();
    outline(picture.story.acts || []);
    if (!still.matches) await new Promise((ok) => setTimeout(ok, 350)); // for the eye to follow
    if ("days" in control.dataset) await until(() => !going);
    if (folded) $("#more").click();
  }
  button.disabled = false;
}

// leave closes the dialogs that are open, one after the other.
async function leave() {
  for (let open = $("#modal"); open; open = $("#modal")) {
    const before = shownModal;
    $("[data-dismiss]", open).click();
    if (!(await until(() => shownModal !== before))) return;
  }
}

// become picks another person, and waits until Slack is drawn as that person sees it.
async function become(who) {
  const before = picture;
  $("#who").value = who;
  $("#who").dispatchEvent(new Event("change", { bubbles: true }));
  await until(() => picture !== before);
}

show(innerWidth < 700 ? "slack" : "office");
follow();
