// How state and journal are shown: cards, chips, words. Knows nothing of where they come from.

const KINDS = {
  S00: "Payment created", S10: "Host will take it", S05: "Ended without money", S20: "Funded: no way back",
  S30: "With the supplier", S31: "Refused by the supplier", S40: "Payment done",
  C10: "About to stack a note", C20: "Note stacked and credited", C30: "Note went back", C40: "Note disputed",
  C45: "Disputed note turned up", C50: "Note without a payment", C60: "Cassette moved",
  F10: "About to form the receipt", F15: "Certain: no receipt formed", F20: "Fiscal document exists",
  F30: "Receipt on paper", R10: "Readings taken", R30: "Readings with the supplier", R31: "Readings refused",
  V10: "Service started", V20: "Device seen", V30: "Shift closed", I10: "Incident opened",
  I30: "Incident closed", Z30: "Day compared with the host", W10: "Journal witnessed by the host",
  W20: "Journal contradicted by the host", E10: "Personal data erased", E20: "Keys of personal data renewed",
  E30: "Keys of earlier personal data destroyed",
};
const GRAVE = new Set(["S31", "C40", "C50", "I10", "W20"]);

export const $ = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function rubles(kopecks) {
  const whole = Math.trunc(kopecks / 100).toString().replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  const rest = Math.abs(kopecks % 100);
  return `${whole}${rest ? "," + String(rest).padStart(2, "0") : ""}\u00a0₽`;
}

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
  return made.length ? made : [" empty"];
}

function showDevice(name, gauge, said, list, facts) {
  const state = gauge.value || {};
  const label = document.querySelector(`[data-state="${name}"]`);
  label.textContent = label.title = gauge.ok ? said(state) : gauge.reason;
  label.className = `state ${gauge.ok && said(state) !== "no power" ? "good" : "bad"}`;
  if (gauge.value) fill($(list), facts(state));
}

const notesSum = (counts) => rubles(100 * Object.entries(counts || {}).reduce((sum, [value, count]) => sum + value * count, 0));

function acceptorFacts(state) {
  const place = state.position === "none" ? "no note in the path" : `${state.note} ₽ ${state.position}`;
  const facts = [["note", `${place}${state.jammed ? ", jammed" : ""}`],
    [`cassette ${state.cassette_present ? "" : "(out)"}`, [notesSum(state.cassette), ...chips(state.cassette)]],
    ["client’s pocket", chips(state.pocket)]];
  for (const name of ["collected", "removed"]) {
    if (Object.keys(state[name] || {}).length) facts.push([name, [notesSum(state[name]), ...chips(state[name])]]);
  }
  return facts;
}

function hostFacts(state) {
  const set = Object.entries(state.behaviours || {}).map(([name, value]) => element("span", {
    className: "chip bad", textContent: `${name} ${value}` }));
  return [["payments", `${state.payments}, ${rubles(state.payments_kopecks)}`], ["refused", words(state.payments_refused)],
    ["readings", words(state.readings)], ["misbehaving", set.length ? set : "no"]];
}

function registerFacts(state) {
  const wrong = [state.cover_open && "cover open", state.cutter_jammed && "cutter jammed", state.overheated && "head hot",
    !state.ofd_up && "ОФД down", state.trap && `power cut ${state.trap}`, state.paper_mm === 0 && "no paper"].filter(Boolean);
  return [["смена", state.shift_opened_at ? `№ ${state.shift} since ${state.shift_opened_at}` : `№ ${state.shift} closed`],
    ["чеков, ФД", `${state.receipts_in_shift}, ${state.last_document}`], ["не передано в ОФД", `${state.unsent}`],
    ["ФН", `${state.storage} until ${state.expires}`], ["clock", state.clock], ["paper", `${(state.paper_mm / 1000).toFixed(1)} m`],
    ["wrong", wrong.length ? wrong.map((text) => element("span", { className: "chip bad", textContent: text })) : "nothing"]];
}

export function showDevices({ "bill-acceptor": acceptor, "fiscal-register": register, "billing-host": host }) {
  const mode = (is) => (is.powered ? `режим ${is.mode}.${is.submode}` : "no power");
  showDevice("bill-acceptor", acceptor, (is) => is.status, "acceptor-facts", acceptorFacts);
  showDevice("fiscal-register", register, mode, "register-facts", registerFacts);
  showDevice("billing-host", host, (is) => `${is.accounts} accounts`, "host-facts", hostFacts);
}

export function showMoney(money) {
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

export function showService(gauge, powered) {
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

export function showProcesses(processes) {
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

const short = (text) => (text.length > 40 ? `${text.slice(0, 16)}…` : text);

function detail(record) {
  const body = { ...record.body };
  const sums = ["value", "total", "due", "limit", "sum"].filter((name) => name in body);
  const parts = sums.map((name) => (sums.length > 1 ? `${name} ` : "") + rubles(body[name]));
  for (const name of [...sums, "payment", "key", "at", "sealed_account", "digest"]) delete body[name];
  parts.push(...Object.entries(body).map(([name, value]) => `${name.replaceAll("_", " ")} ${short(words(value))}`));
  return [record.payment && `№ ${record.payment}`, ...parts].filter(Boolean).join(" · ");
}

export function journalRow(record, fresh) {
  return element("div", { className: `row kind-${record.kind[0]} ${GRAVE.has(record.kind) ? "grave" : ""} ${fresh ? "fresh" : ""}` },
    element("kbd", { textContent: record.kind }), element("b", { textContent: KINDS[record.kind] || "?" }),
    element("time", { textContent: (record.at.match(/T([\d:]{8})/) || ["", record.at])[1], title: record.at }),
    element("i", { textContent: detail(record) }));
}
