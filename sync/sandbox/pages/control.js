"use strict";
const at = (id) => document.getElementById(id);
let last = null;

function show(state) {
  last = state;
  const { network, server, clock } = state;
  const running = server.running ?? server.wanted;
  mark("network-state", network.up, network.up ? words.network_up : words.network_down);
  at("network").textContent = network.up ? words.network_cut : words.network_join;
  mark("server-state", running, running ? words.server_on : words.server_off);
  at("server").textContent = running ? words.server_stop : words.server_start;
  const local = new Date(clock.now);
  const shown = local.toLocaleString(lang, { timeZone: clock.time_zone, month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false });
  mark("clock-state", clock.shop_hours, shown);
  at("clock-shift").textContent = Math.abs(clock.offset_seconds) < 1 ? words.clock_real : words.clock_shifted;
  at("waiting").textContent = state.waiting;
  at("network").disabled = at("server").disabled = false;
}

function mark(id, good, text) {
  const node = at(id);
  if (node.textContent !== text) node.textContent = text;
  node.classList.toggle("good", good);
  node.classList.toggle("bad", !good);
}

async function refresh() {
  try {
    const answer = await fetch("/demo/state", { cache: "no-store" });
    show(await answer.json());
    at("offline").hidden = true;
  } catch {
    at("offline").hidden = false;
  }
}

async function ask(path, body, button) {
  button.disabled = true;
  try {
    await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  } catch { /* the next refresh says that nobody answers */ }
  await refresh();
  button.disabled = false;
}

at("network").addEventListener("click", (event) => ask("/demo/network", { up: !last.network.up }, event.target));
at("server").addEventListener("click", (event) => ask("/demo/server", { run: !(last.server.running ?? last.server.wanted) }, event.target));
for (const button of document.querySelectorAll("[data-clock]")) {
  button.addEventListener("click", () => ask("/demo/clock", JSON.parse(button.dataset.clock), button));
}
refresh();
setInterval(refresh, 1000);
