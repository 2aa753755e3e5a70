"use strict";
// The page of a review: what a person sets is sent to the program, which measures with it or writes it into the sheet.
// The sweeps are drawn by the script of a cell's page; nothing is computed here.
(() => {
  const element = id => document.getElementById(id);
  const store = element("review-data");
  const go = id => { if (element(id)) location.href = element(id).href; };
  // the letter on the key, also on a keyboard with other than Latin letters
  const letter = event => (/^[a-z]$/i.test(event.key) ? event.key : (event.code || "").replace("Key", "")).toLowerCase();
  const isTyping = event => event.isComposing || event.ctrlKey || event.metaKey || event.altKey
    || (event.target.matches("input, textarea, select") && !event.target.matches('[type="checkbox"]'));

  if (!store) {
    document.addEventListener("keydown", event => { if (letter(event) === "j" && !isTyping(event)) go("next"); });
    return;
  }

  const data = JSON.parse(store.textContent);
  const [status, numbers, note, reason, guesses] = ["status", "numbers", "note", "exclude", "guesses"].map(element);
  const viewer = element("viewer");
  const part = name => viewer && viewer.querySelector(`[data-part="${name}"]`);
  const [start, stop] = [part("start"), part("stop")];
  const boxes = viewer ? [...viewer.querySelectorAll('[data-part="sweeps"] input')] : [];
  const canMove = Boolean(start) && data.epoch !== null;
  const PAUSE_ms = 100;
  let tried = "{}", asked = 0, timer = null, leaving = false, windows = data.windows;

  const digits = number => String(Number(number.toFixed(4)));
  const shown = ms => ms === null ? "" : digits(data.epoch + ms);
  const saved = canMove ? [shown(data.start), shown(data.stop)] : ["", ""];
  if (canMove) [start.value, stop.value] = saved;
  else if (start) start.disabled = stop.disabled = true;
  const chosen = new Set(data.chosen);
  const shownSweeps = boxes.length === data.sweeps.length ? data.sweeps : [];
  setSweeps();

  function setSweeps() {
    for (const [n, number] of shownSweeps.entries()) {
      if (boxes[n].checked === chosen.has(number)) continue;
      boxes[n].checked = chosen.has(number);
      boxes[n].dispatchEvent(new Event("change"));
    }
  }

  function say(words, failed) {
    status.textContent = words;
    status.classList.toggle("failed", Boolean(failed));
  }

  // what differs from the sheet and changes numbers
  function measured() {
    const wanted = {};
    const on = shownSweeps.filter((_, n) => boxes[n].checked);
    if (on.length !== chosen.size || on.some(number => !chosen.has(number))) wanted.sweeps = on;
    const isNumber = canMove && !start.validity.badInput && !stop.validity.badInput;
    if (isNumber && (start.value !== saved[0] || stop.value !== saved[1])) {
      [wanted.window_start_ms, wanted.window_stop_ms] =
        [start, stop].map(field => field.value === "" ? null : Number((Number(field.value) - data.epoch).toFixed(4)));
    }
    return wanted;
  }

  // everything that differs from the sheet
  function wanted() {
    const made = measured();
    if (note.value !== note.defaultValue) made.note = note.value;
    if (reason.value !== reason.defaultValue) made.exclude = reason.value;
    if (guesses && guesses.checked) made.guesses_checked = true;
    return made;
  }
  const isChanged = () => Object.keys(wanted()).length > 0;

  async function send(what, body) {
    const answer = await fetch(`${encodeURIComponent(data.recording)}/${what}`, {
      method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({state: data.state, ...body}),
    });
    const found = await answer.json().catch(() => ({message: `The program answered with ${answer.status}.`}));
    if (!answer.ok) throw new Error(found.message);
    return found;
  }

  const unreachable = fault => fault instanceof TypeError
    ? "The program does not answer. Is reversal review still running?" : fault.message;

  function consider() {
    const now = JSON.stringify(measured());
    if (now === tried) return;
    tried = now;
    clearTimeout(timer);
    timer = setTimeout(tryIt, PAUSE_ms);
  }

  async function tryIt() {
    const number = asked += 1;
    numbers.classList.add("busy");
    numbers.setAttribute("aria-busy", "true");
    try {
      const found = await send("try", {wanted: measured()});
      if (number !== asked) return;
      numbers.innerHTML = found.html;  // made by the program, every text of a file or a sheet is escaped there
      windows = found.windows;
      if (viewer) viewer.dispatchEvent(new CustomEvent("measured", {detail: found}));
      say(isChanged() ? `Not saved. ${found.e_rev}` : "");
    } catch (fault) {
      if (number === asked) say(unreachable(fault), true);
    } finally {
      if (number === asked) {
        numbers.classList.remove("busy");
        numbers.removeAttribute("aria-busy");
      }
    }
  }

  async function save(more, goOn) {
    if (leaving) return;
    clearTimeout(timer);
    leaving = true;
    try {
      const found = await send("save", {wanted: {...wanted(), ...more}});
      sessionStorage.setItem("said", found.message);
      if (!goOn) location.reload();
      else location.href = found.next === null ? "../" : found.next;
    } catch (fault) {
      leaving = false;
      say(unreachable(fault), true);
    }
  }

  function discard() {
    leaving = true;
    location.reload();
  }

  function exclude() {
    if (document.activeElement !== reason && !reason.value.trim()) return reason.focus();
    if (!reason.value.trim()) return say("Write the reason to exclude this recording.", true);
    return save({exclude: reason.value, reviewed: true}, true);
  }

  function move(field, direction, event) {
    if (!canMove) return;
    const [first] = Object.values(windows);
    for (const [n, end] of [start, stop].entries()) {
      if (end.value === "" && !first) return say("There is no window to move. Write one in ms.", true);
      if (end.value === "") end.value = digits(first[n]);
    }
    field.value = digits(Number(field.value) + direction * data.step * (event.shiftKey ? 10 : 1));
    field.dispatchEvent(new Event("input", {bubbles: true}));
  }

  function defaultWindow() {
    if (!canMove) return;
    start.value = stop.value = "";
    start.dispatchEvent(new Event("input", {bubbles: true}));
  }

  const open = id => isChanged() ? say("Not saved: press s to save, or z to discard the changes.", true) : go(id);
  const keys = {
    j: () => open("next"), k: () => open("previous"), l: () => open("list"),
    a: () => save({reviewed: true, ...(data.excluded ? {exclude: ""} : {})}, true),
    x: () => { reason.focus(); reason.select(); },
    n: () => note.focus(), s: () => save({}, false), z: discard, d: defaultWindow,
    q: event => move(start, -1, event), w: event => move(start, 1, event),
    e: event => move(stop, -1, event), r: event => move(stop, 1, event),
  };
  document.addEventListener("keydown", event => {
    if (event.isComposing) return undefined;
    if (event.key === "Escape" && event.target.matches("input")) return event.target.blur();
    if (event.key === "Enter" && event.target === reason) return exclude();
    if (event.key === "Enter" && event.target === note) return note.blur();
    const action = isTyping(event) ? null : keys[letter(event)];
    if (!action) return undefined;
    event.preventDefault();
    return action(event);
  });
  element("accept").addEventListener("click", keys.a);
  element("reject").addEventListener("click", exclude);
  element("save").addEventListener("click", keys.s);
  element("discard").addEventListener("click", discard);
  // a point of the I–V shows its sweep; the script of a cell's page would load the recording anew
  function follow(event) {
    const point = event.target.closest("circle[data-point]");
    if (!point || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
    event.stopPropagation();
    event.preventDefault();
    viewer.dispatchEvent(new CustomEvent("mark", {detail: Number(point.dataset.point.split(":").pop())}));
    viewer.scrollIntoView({block: "center"});
  }
  if (viewer) {
    for (const kind of ["click", "keydown"]) document.addEventListener(kind, follow, true);
    element("default-window").addEventListener("click", defaultWindow);
    for (const kind of ["input", "change", "click", "pointerup"]) viewer.addEventListener(kind, consider);
  }
  for (const field of [note, reason]) field.addEventListener("input", () => say(isChanged() ? "Not saved." : ""));
  addEventListener("beforeunload", event => { if (!leaving && isChanged()) event.preventDefault(); });

  say(sessionStorage.getItem("said") || "");
  sessionStorage.removeItem("said");
})();
