"use strict";
// The page asks for its state again and again and changes only what is new, so that what is being typed stays.
const customer = encodeURIComponent(document.querySelector(".phone").dataset.customer);
const base = `/phone/${customer}`;
const at = (id) => document.getElementById(id);
const seen = JSON.parse(localStorage.getItem(`seen:${customer}`) || "{}");
const STEP = 15;
const channels = ["line", "sms", "email", "app"].filter((channel) => at(`list-${channel}`));
let code = "", endsAt = 0, shown = "", view = "card", blocked = false, letters = [];

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function linked(text, links) {
  const node = element("div", "words");
  let rest = text;
  for (const link of links) {
    const place = rest.indexOf(link);
    if (place < 0) continue;
    node.append(rest.slice(0, place), anchor(link));
    rest = rest.slice(place + link.length);
  }
  node.append(rest);
  for (const link of links.filter((one) => !text.includes(one))) node.append(element("br"), anchor(link));
  return node;
}

function anchor(link) {
  const node = element("a", "", link);
  node.href = link;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

function pictured(letter) {
  const picture = element("img");
  picture.src = letter.sent_picture ? `${base}/sent/${letter.n}` : letter.picture;
  picture.alt = "";
  return picture;
}

const draw = {
  line(letter) {
    const row = element("article", letter.outgoing ? "bubble mine" : "bubble");
    if (!letter.outgoing) row.append(element("small", "from", letter.from));
    const body = element("div", "body");
    if (letter.picture || letter.sent_picture) body.append(pictured(letter));
    else body.append(linked(letter.text, letter.links));
    row.append(body, element("time", "", letter.time));
    return row;
  },
  sms(letter) {
    const row = element("article", "bubble");
    row.append(element("small", "from", letter.from));
    const body = element("div", "body");
    body.append(linked(letter.text, letter.links));
    row.append(body, element("time", "", letter.time));
    return row;
  },
  email(letter) {
    const row = element("article", letter.outgoing ? "letter mine" : "letter");
    const head = element("header");
    head.append(element("b", "subject", letter.subject), element("span", "from", letter.from));
    if (letter.reply_to) head.append(element("small", "", `${words.reply_to}: ${letter.reply_to}`));
    if (letter.outgoing && letter.to) head.append(element("small", "", `${words.sent_to}: ${letter.to}`));
    head.append(element("time", "", letter.time));
    row.append(head, linked(letter.text, letter.links));
    if (letter.sent_picture) row.append(pictured(letter));
    return row;
  },
  app(letter) {
    const row = element("article", "letter");
    const head = element("header");
    head.append(element("span", "from", letter.from), element("b", "subject", letter.subject), element("time", "", letter.time));
    row.append(head, linked(letter.text, letter.links));
    return row;
  },
};

function showLetters(state) {
  const mark = JSON.stringify(state.letters.map((letter) => [letter.n, letter.time]));
  letters = state.letters;
  if (mark !== shown) {
    shown = mark;
    for (const channel of channels) {
      const list = at(`list-${channel}`), mine = letters.filter((letter) => letter.channel === channel);
      const low = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
      list.replaceChildren(...mine.map(draw[channel]));
      if (!mine.length) list.append(element("p", "empty", list.dataset.empty));
      if (low) list.scrollTop = list.scrollHeight;
    }
  }
  showBadges();
}

function showBadges() {
  for (const channel of channels) {
    const received = letters.filter((letter) => letter.channel === channel && !letter.outgoing);
    const newest = received.length ? received[received.length - 1].n : 0;
    if (channel === view) seen[channel] = newest;
    const unread = received.filter((letter) => letter.n > (seen[channel] || 0)).length;
    at(`badge-${channel}`).textContent = unread;
    at(`badge-${channel}`).hidden = !unread;
  }
  localStorage.setItem(`seen:${customer}`, JSON.stringify(seen));
}

function showCode(state) {
  endsAt = performance.now() + state.seconds_left * 1000;
  if (state.code === code) return;
  code = state.code;
  const picture = at("qr").cloneNode();
  picture.onload = () => {  // both at once: what a camera sees is what stands below it
    if (state.code !== code) return;
    at("qr").replaceWith(picture);
    at("code").textContent = code;
  };
  picture.onerror = () => { if (state.code === code) code = ""; };  // asked for again with the next look
  picture.src = `${base}/code.png?moment=${state.moment}`;
}

function showBlocked(state) {
  blocked = state.blocked;
  if (!at("block")) return;
  at("block").textContent = blocked ? words.unblock : words.block;
  at("blocked").hidden = !blocked;
}

function alarm(text) {
  at("alarm").textContent = text;
  at("alarm").hidden = !text;
}

let failures = 0;
async function refresh() {
  try {
    const answer = await fetch(`${base}/state.json`, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const state = await answer.json();
    at("now").textContent = state.now;
    showCode(state);
    showBlocked(state);
    showLetters(state);
    if (failures) alarm("");
    failures = 0;
  } catch {
    failures += 1;
    if (failures > 1) alarm(words.offline);
  }
}

async function post(path, body, type = "application/json") {
  const answer = await fetch(`${base}/${path}`, { method: "POST", headers: { "content-type": type }, body });
  if (!answer.ok) throw new Error((await answer.json()).message || answer.status);
}

for (const form of document.querySelectorAll("form.write")) {
  const box = form.querySelector("textarea"), button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!box.value.trim()) return;
    button.disabled = true;
    try {
      await post("reply", JSON.stringify({ channel: form.dataset.channel, text: box.value }));
      box.value = "";
      alarm("");
      await refresh();
    } catch (error) {
      alarm(words.failed + error.message);
    }
    button.disabled = false;
  });
  const picture = form.querySelector("input[type=file]");
  picture.addEventListener("change", async () => {
    const [file] = picture.files;
    if (!file) return;
    try {
      await post(`picture/${form.dataset.channel}`, file, file.type);
      alarm("");
      await refresh();
    } catch (error) {
      alarm(words.failed + error.message);
    }
    picture.value = "";
  });
}

if (at("befriend")) {
  at("befriend").addEventListener("click", async () => {
    try {
      await post("friend");
      location.reload();  // the chat has a field now, and what was read stands in it
    } catch (error) {
      alarm(words.failed + error.message);
    }
  });
}

if (at("block")) {
  at("block").addEventListener("click", async () => {
    try {
      await post("line", JSON.stringify({ blocked: !blocked }));
    } catch (error) {
      alarm(words.failed + error.message);
    }
    await refresh();
  });
}

at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(code);
    at("copy").textContent = words.code_copied;
  } catch {
    at("copy").textContent = words.code_select;
  }
  setTimeout(() => { at("copy").textContent = words.code_copy; }, 1500);
});

for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => {
    view = tab.dataset.view;
    location.hash = view;
    for (const one of document.querySelectorAll(".view")) one.hidden = one.id !== `view-${view}`;
    for (const one of document.querySelectorAll(".tabs button")) one.setAttribute("aria-selected", String(one === tab));
    const list = at(`list-${view}`);
    if (list) list.scrollTop = list.scrollHeight;
    showBadges();
  });
}
const wanted = at(`tab-${location.hash.slice(1)}`);
if (wanted) wanted.click();

setInterval(() => {
  const left = Math.max(0, (endsAt - performance.now()) / 1000);
  at("left").textContent = Math.ceil(left);
  at("meter").style.width = `${Math.min(100, (left / STEP) * 100)}%`;
  if (endsAt && left <= 0) { endsAt = performance.now() + 400; refresh(); }
}, 100);
refresh();
setInterval(refresh, 1200);
