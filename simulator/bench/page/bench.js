"use strict";
// The page asks the bench for state, journal, picture and tape, and sends orders. Nothing comes from anywhere else.

const TOKEN = document.querySelector("meta[name=bench-token]").content;
const PICTURE_PAUSE_MS = 140, STATE_PAUSE_MS = 500, JOURNAL_PAUSE_MS = 400, AWAY_PAUSE_MS = 1000;
const MAX_ROWS = 400;
const KINDS = {
  S00: "Payment created", S10: "Host will take it", S05: "Ended without money", S20: "Funded: no way back",
  S30: "With the supplier", S31: "Refused by the supplier", S40: "Payment done",
  C10: "About to stack a note", C20: "Note stacked and credited", C30: "Note went back", C40: "Note disputed",
  C45: "Disputed note turned up", C50: "Note without a payment", C60: "Cassette moved",
  F10: "About to form the receipt", F15: "Certain: no receipt formed", F20: "Fiscal document exists",
  F30: "Receipt on paper", R10: "Readings taken", R30: "Readings with the supplier", R31: "Readings refused",
  V10: "Service started", V20: "Device seen", V30: "Shift closed", I10: "Incident opened",
  I30: "Incident closed", Z30: "Day compared with the host",
};
const GRAVE = new Set(["S31", "C40", "C50", "I10"]);
const REJECTIONS = ["insertion", "transport", "identification", "verification", "optical", "capacitance", "length", "operation"];

const $ = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function rubles(kopecks) {
  const whole = Math.trunc(kopecks / 100).toString().replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  const rest = Math.abs(kopecks % 100);
  return `${whole}${rest ? "," + String(rest).padStart(2, "0") : ""}\u00a0₽`;
}

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

function touch(action, event) {
  const box = $("screen").getBoundingClientRect();
  const x = Math.round(((event.clientX - box.left) / box.width) * panel.width);
  const y = Math.round(((event.clientY - box.top) / box.height) * panel.height);
  touches = touches.then(() => act("kiosk", "touch", x, y, action)).catch((error) => tell(`kiosk: ${error.message}`, true));
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
  touches = touches.then(() => act("kiosk", "press", key)).catch((error) => tell(`kiosk: ${error.message}`, true));
});

async function watchScreen() {
  let frame = 0, url = "";
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
      await pause(PICTURE_PAUSE_MS);
    } catch (error) {
      frame = 0;
      $("no-screen").hidden = false;
      $("no-screen").textContent = `No picture: ${error.message}`;
      await pause(AWAY_PAUSE_MS);
    }
  }
}

// State

function fill(list, facts) {
  list.replaceChildren(...facts.flatMap(([name, value]) => {
    const shown = element("dd");
    shown.append(...(Array.isArray(value) ? value : [value]));
    return [element("dt", { textContent: name }), shown];
  }));
}

function words(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(words).join(", ") || "–";
  if (typeof value === "object") {
    return Object.entries(value).map(([name, each]) => `${name.replaceAll("_", " ")} ${words(each)}`).join(", ") || "–";
  }
  return String(value);
}

function chips(counts) {
  const made = Object.entries(counts || {}).filter(([, count]) => count)
    .map(([value, count]) => element("span", { className: "chip", textContent: `${value} × ${count}` }));
  return made.length ? made : ["empty"];
}

function showState(name, gauge, text, good) {
  const label = document.querySelector(`[data-state="${name}"]`);
  label.textContent = gauge.ok ? text : gauge.reason;
  label.title = label.textContent;
  label.className = `state ${gauge.ok && good ? "good" : "bad"}`;
}

function showAcceptor(gauge) {
  const state = gauge.value || {};
  showState("bill-acceptor", gauge, words(state.status), state.powered !== false);
  fill($("acceptor-facts"), Object.entries(state).filter(([name]) => name !== "status")
    .map(([name, value]) => [name.replaceAll("_", " "), name === "cassette" || name === "pocket" ? chips(value) : words(value)]));
}

function showPlain(name, list, gauge) {
  const state = gauge.value || {};
  showState(name, gauge, words(state.status ?? "on"), true);
  fill($(list), Object.entries(state).map(([key, value]) => [key.replaceAll("_", " "), words(value)]));
}

function showMoney(money) {
  if (!money) return $("money").replaceChildren("cassette and journal are not both known yet");
  const verdicts = { equal: "✓ equal", disputed: "✓ within the disputed notes", moving: "… a note is moving", unequal: "✗ not equal" };
  $("money").replaceChildren(
    "cassette ", element("b", { textContent: rubles(money.truth) }), " = journal ", element("b", { textContent: rubles(money.journal) }),
    " + disputed ", element("b", { textContent: rubles(money.disputed) }),
    element("span", { className: `verdict ${money.verdict}`, textContent: verdicts[money.verdict] }));
}

function serviceFacts(status) {
  const { queue, shift, tenders = {}, devices = [], payments = [] } = status;
  const offers = Object.entries(tenders).map(([name, offer]) => element("span", {
    className: `chip ${offer.offered ? "good" : "bad"}`, textContent: name, title: offer.reason || "offered" }));
  const states = devices.map((device) => element("span", {
    className: `chip ${device.state === "ready" || device.state === "busy" ? "good" : "bad"}`,
    textContent: `${device.device} ${device.state}`, title: [device.model, device.serial, device.detail].join(" ") }));
  const open = payments.map((each) => `${each.number} ${each.state} ${rubles(each.inserted)}`).join("; ");
  const facts = [["page", words(status.page)], ["offered", offers], ["devices", states]];
  if (queue) facts.push(["outbox", `${queue.unsent} unsent, ${rubles(queue.unsent_kopecks)}, ${queue.parked} parked`]);
  if (shift) facts.push(["shift", `№ ${shift.number} ${shift.state}, ${shift.receipts} receipts, ФД ${shift.last_document}`]);
  return [...facts, ["open payments", open || "none"]];
}

function showService(gauge, powered) {
  const status = gauge.ok ? gauge.value : {};
  const faults = status.faults || [];
  const pill = $("in-service");
  const good = gauge.ok && status.in_service;
  pill.textContent = !powered ? "No power" : !gauge.ok ? `Service: ${gauge.reason}` : good ? "In service" : "Out of service";
  pill.className = `pill ${good ? "good" : "bad"}`;
  $("faults").replaceChildren(...faults.map((fault) => element("li", { className: fault.severity || "" },
    element("b", { textContent: fault.code }), ` ${fault.meaning} `, element("small", { textContent: fault.detail }))));
  fill($("status-facts"), gauge.ok ? serviceFacts(status) : []);
}

function showProcesses(processes) {
  for (const [name, state] of Object.entries(processes)) {
    let row = document.querySelector(`[data-process="${name}"]`);
    if (!row) {
      row = element("div", { className: "process" }, element("b", { textContent: name }), element("span"));
      row.dataset.process = row.dataset.target = name;
      const verbs = "starts" in state ? ["restart"] : ["kill", "freeze", "resume"];
      for (const verb of verbs) {
        const button = element("button", { textContent: verb === "kill" ? "kill -9" : verb, ariaLabel: `${verb} ${name}` });
        button.dataset.verb = verb;
        row.append(button);
      }
      $("processes").append(row);
    }
    row.className = `process ${"starts" in state ? "" : "terminal"} ${state.frozen ? "frozen" : state.running ? "running" : ""}`;
    row.querySelector("span").textContent = state.frozen ? "frozen" : state.running ? `pid ${state.pid}`
      : `not running ${state.last_words || ""}`;
  }
}

async function watchState() {
  for (;;) {
    try {
      const state = await (await fetch("/state")).json();
      panel = state.panel;
      document.body.classList.toggle("landscape", panel.name === "landscape");
      showAcceptor(state.devices["bill-acceptor"]);
      showPlain("fiscal-register", "register-facts", state.devices["fiscal-register"]);
      showPlain("billing-host", "host-facts", state.devices["billing-host"]);
      showMoney(state.money);
      showService(state.service, state.powered);
      showProcesses(state.processes);
      refreshTape(JSON.stringify(state.devices["fiscal-register"].value)).catch(() => { $("paper").hidden = true; });
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

async function refreshTape(registerState) {
  if (registerState === tapeShown) return;
  const response = await fetch("/tape.png");
  if (response.status !== 200) return;
  tapeShown = registerState;
  const paper = $("paper"), old = paper.src;
  paper.src = URL.createObjectURL(await response.blob());
  await paper.decode();
  paper.hidden = false;
  if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  $("roll").scrollTop = $("roll").scrollHeight;
}

// Journal

function detail(record) {
  const body = { ...record.body };
  const sums = ["value", "total", "due", "limit", "sum"].filter((name) => name in body);
  const parts = sums.map((name) => (sums.length > 1 ? `${name} ` : "") + rubles(body[name]));
  for (const name of [...sums, "payment", "key", "at", "sealed_account", "digest"]) delete body[name];
  parts.push(...Object.entries(body).map(([name, value]) => `${name.replaceAll("_", " ")} ${words(value)}`));
  return [record.payment, ...parts].filter(Boolean).join(" · ");
}

async function watchJournal() {
  let last = 0;
  for (;;) {
    try {
      const answer = await (await fetch(`/journal?after=${last}`)).json();
      for (const record of answer.records) {
        $("journal-rows").prepend(element("div", { className: `row fresh kind-${record.kind[0]} ${GRAVE.has(record.kind) ? "grave" : ""}` },
          element("kbd", { textContent: record.kind }), element("b", { textContent: KINDS[record.kind] || "?" }),
          element("time", { textContent: (record.at.match(/T([\d:]{8})/) || ["", record.at])[1], title: record.at }),
          element("i", { textContent: detail(record) })));
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
