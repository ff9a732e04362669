// The page asks the bench for state, journal, picture and tape, and sends orders. Nothing comes from anywhere else.

import { $, element, journalRow, showDevices, showMoney, showProcesses, showService } from "/cards.js";

const TOKEN = document.querySelector("meta[name=bench-token]").content;
const PICTURE_PAUSE_MS = 140, STILL_PAUSE_MS = 400, STATE_PAUSE_MS = 500, JOURNAL_PAUSE_MS = 400, AWAY_PAUSE_MS = 1000;
const MAX_ROWS = 400;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const REJECTIONS = ["insertion", "magnetic", "identification", "verification", "optic", "capacitance", "length", "uv"];

// Orders

async function act(target, verb, ...words) {
  const response = await fetch("/act", {
    method: "POST", headers: { "Content-Type": "application/json", "X-Bench-Token": TOKEN },
    body: JSON.stringify({ target, verb, arguments: words.map(String) }),
  });
  const reply = await response.json();
  if (!reply.ok) throw new Error(reply.reason);
  return reply.answer;
}

function tell(text, bad = false) {
  const toast = element("p", { className: bad ? "toast bad" : "toast", textContent: text });
  $("toasts").append(toast);
  setTimeout(() => toast.remove(), 6000);
}

function orderOf(control) {
  const value = control.value;
  const words = JSON.parse(control.dataset.arguments || (control.tagName === "SELECT" ? '["{}"]' : "[]"));
  return [
    control.closest("[data-target]").dataset.target,
    control.closest("[data-verb]").dataset.verb,
    ...words.map((word) => (word === "{}" ? value : word)),
  ];
}

async function carryOut(control) {
  control.classList.add("busy");
  try {
    await act(...orderOf(control));
  } catch (error) {
    tell(`${orderOf(control).slice(0, 2).join(" ")}: ${error.message}`, true);
  } finally {
    control.classList.remove("busy");
    if (control.tagName === "SELECT") control.selectedIndex = 0;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && button.closest("[data-verb]")) carryOut(button);
});
document.addEventListener("change", (event) => {
  if (event.target.closest(".settings") && event.target.closest("[data-verb]")) carryOut(event.target);
});
document.addEventListener("input", (event) => {
  const output = event.target.parentElement.querySelector("output");
  if (output) output.value = `${Number((event.target.value * 100).toFixed(1))} %`;
});

// The kiosk: picture, touches, digits

let panel = { name: "portrait", width: 1080, height: 1920 };
let touches = Promise.resolve();
let wake = () => {};
const touched = () => new Promise((done) => { wake = done; });

function toKiosk(...words) {
  touches = touches.then(() => act("kiosk", ...words)).then(() => wake(), (error) => tell(`kiosk: ${error.message}`, true));
}

function touch(action, event) {
  const box = $("screen").getBoundingClientRect();
  const x = Math.round(((event.clientX - box.left) / box.width) * panel.width);
  const y = Math.round(((event.clientY - box.top) / box.height) * panel.height);
  toKiosk("touch", x, y, action);
  if (action === "down") showFinger(event);
}

function showFinger(event) {
  const glass = $("glass").getBoundingClientRect();
  const finger = element("span", { className: "finger" });
  finger.style.left = `${event.clientX - glass.left}px`;
  finger.style.top = `${event.clientY - glass.top}px`;
  finger.addEventListener("animationend", () => finger.remove());
  $("glass").append(finger);
}

$("screen").addEventListener("pointerdown", (event) => {
  $("screen").setPointerCapture(event.pointerId);
  touch("down", event);
});
$("screen").addEventListener("pointerup", (event) => touch("up", event));
$("screen").addEventListener("pointercancel", (event) => touch("up", event));
document.addEventListener("keydown", (event) => {
  const key = /^[0-9]$/.test(event.key) ? `key-${event.key}` : { Backspace: "key-erase", ",": "key-comma" }[event.key];
  if (!key || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select")) return;
  event.preventDefault();
  toKiosk("press", key);
});

async function watchScreen() {
  let frame = 0, url = "";
  // A look makes the kiosk draw a frame, so a still picture is looked at less often, except after a touch.
  const rest = (changed) => Promise.race([pause(changed ? PICTURE_PAUSE_MS : STILL_PAUSE_MS), touched()]);
  for (;;) {
    try {
      const response = await fetch(`/screen.jpg?since=${frame}`);
      if (response.status === 200) {
        const fresh = URL.createObjectURL(await response.blob());
        $("screen").src = fresh;
        if (url) URL.revokeObjectURL(url);
        url = fresh;
        frame = Number(response.headers.get("X-Frame"));
      } else if (response.status !== 204) throw new Error((await response.json()).reason);
      $("no-screen").hidden = true;
      await rest(response.status === 200);
    } catch (error) {
      frame = 0;
      $("no-screen").hidden = false;
      $("no-screen").textContent = `No picture: ${error.message}`;
      await pause(AWAY_PAUSE_MS);
    }
  }
}

// State

async function watchState() {
  for (;;) {
    try {
      const state = await (await fetch("/state")).json();
      panel = state.panel;
      document.body.classList.toggle("landscape", panel.name === "landscape");
      showDevices(state.devices);
      showMoney(state.money);
      showService(state.service, state.powered);
      showProcesses(state.processes);
      refreshTape(state.devices["fiscal-register"].value).catch(() => { $("paper").hidden = true; });
      await pause(STATE_PAUSE_MS);
    } catch (error) {
      $("in-service").textContent = `The bench does not answer: ${error.message}`;
      $("in-service").className = "pill bad";
      await pause(AWAY_PAUSE_MS);
    }
  }
}

// Paper tape

let tapeShown = "";

async function refreshTape(register) {
  const wanted = register ? [register.paper_mm, register.last_document, register.power_cuts].join(" ") : "";
  if (wanted === tapeShown) return;
  const response = await fetch("/tape.png");
  if (response.status !== 200) return;
  tapeShown = wanted;
  const paper = $("paper"), old = paper.src;
  paper.src = URL.createObjectURL(await response.blob());
  await paper.decode();
  paper.hidden = false;
  if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  $("roll").scrollTop = $("roll").scrollHeight;
}

// Journal

async function watchJournal() {
  let last = 0;
  for (;;) {
    try {
      const answer = await (await fetch(`/journal?after=${last}`)).json();
      const fresh = last > 0;
      for (const record of answer.records) {
        $("journal-rows").prepend(journalRow(record, fresh));
        last = record.seq;
      }
      while ($("journal-rows").childElementCount > MAX_ROWS) $("journal-rows").lastElementChild.remove();
      $("journal-count").textContent = `${answer.last} records`;
      await pause(answer.records.length ? 50 : JOURNAL_PAUSE_MS);
    } catch {
      await pause(AWAY_PAUSE_MS);
    }
  }
}

$("reject-reason").append(element("option", { value: "", textContent: "accepted", disabled: true, selected: true }),
  ...REJECTIONS.map((reason) => element("option", { value: reason, textContent: reason })));
watchScreen();
watchState();
watchJournal();
