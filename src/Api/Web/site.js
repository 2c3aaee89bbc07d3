// Makes the pages quicker: typing into the form, ticking units, waiting. Everything here can be done without it.
"use strict";

// A button that is pressed twice does what it does once, and says that it is at it.
document.addEventListener("submit", event => {
  const form = event.target;
  if (form.method !== "post") return;
  if ("sent" in form.dataset) return event.preventDefault();
  form.dataset.sent = "";
  if (form.dataset.busy && event.submitter) event.submitter.textContent = form.dataset.busy;
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(form => delete form.dataset.sent));

// What is being made elsewhere is looked at again until it is there.
const wait = document.querySelector("[data-reload]");
if (wait) setTimeout(() => location.reload(), Number(wait.dataset.reload) * 1000);

document.querySelectorAll("[data-print]").forEach(button => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

// Units that are ticked are counted; nothing is to be done with none.
(() => {
  const form = document.getElementById("selection");
  const count = form?.querySelector("[data-count]");
  if (!count) return;
  const show = () => {
    const ticked = form.querySelectorAll("input[name=unit]:checked").length;
    count.textContent = count.dataset.count.replace("#", ticked);
    form.querySelectorAll("button[name=do]").forEach(button => { button.disabled = ticked === 0; });
  };
  form.addEventListener("change", show);
  addEventListener("pageshow", show);
  show();
})();

// Typing into the form: arrows, a pasted block, totals and findings while typing; kept on the server and in this browser.
(() => {
  const form = document.getElementById("report");
  if (!form) return;
  const kept = document.getElementById("kept");
  const key = `report ${form.dataset.unit} ${form.dataset.year}`;
  const cells = [...form.querySelectorAll(".grid input")];
  const place = new Map(cells.map((input, i) => [input, i]));
  const sums = cells.filter(input => input.dataset.sum).map(input => ({ input, parts: input.dataset.sum.split(" ").map(i => cells[i]) }));
  const fields = () => [...form.elements].filter(field => field.name && field.type !== "hidden" && field.type !== "submit");

  // The cells of a table as they stand beside and below each other.
  const rows = new Map();
  for (const input of cells) {
    const row = input.closest("tr");
    if (!rows.has(row)) rows.set(row, []);
    rows.get(row).push(input);
  }
  const lines = [...rows.values()];
  const move = (input, down, right) => {
    const line = lines.findIndex(l => l.includes(input));
    const column = lines[line].indexOf(input);
    return down ? lines[line + down]?.[Math.min(column, (lines[line + down] ?? []).length - 1)] : lines[line][column + right];
  };

  // Decimals are added as whole ten-thousandths: figures never go through floating point.
  const read = text => {
    const match = /^(\d{1,15})(?:\.(\d{1,4}))?$/.exec(text.trim());
    return match ? BigInt(match[1]) * 10000n + BigInt((match[2] ?? "").padEnd(4, "0")) : null;
  };
  const write = number => {
    const rest = String(number % 10000n).padStart(4, "0").replace(/0+$/, "");
    return String(number / 10000n) + (rest ? "." + rest : "");
  };
  const add = changed => {
    for (const { input, parts } of sums) {
      if (!parts.some(part => changed.has(part))) continue;
      const known = parts.map(part => read(part.value)).filter(value => value !== null);
      if (known.length === 0) continue;
      input.value = write(known.reduce((a, b) => a + b, 0n));
      changed.add(input);
    }
  };

  // Marks of the cells follow from the list of findings.
  const mark = found => {
    const said = new Map();
    const add = (path, kind, text) => said.set(path, said.has(path) ? [said.get(path)[0], `${said.get(path)[1]}；${text}`] : [kind, text]);
    for (const item of found.querySelectorAll("[data-path]")) add(item.dataset.path, item.className, item.querySelector("p").textContent);
    for (const path of (found.querySelector("[data-blank]")?.dataset.blank ?? "").split(" ").filter(path => path)) add(path, "blank", "还没有填");
    for (const input of cells) {
      const [kind, text] = said.get(input.id) ?? [];
      const cell = input.parentElement;
      cell.className = [kind, input.dataset.sum ? "sum" : null].filter(name => name).join(" ");
      cell.querySelector(".tip")?.remove();
      if (kind === "hard" || kind === "blank") input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
      if (text && kind !== "blank") {
        const tip = document.createElement("span");
        [tip.className, tip.id, tip.textContent] = ["tip", `${input.id}.f`, text];
        cell.append(tip);
        input.setAttribute("aria-describedby", tip.id);
      } else {
        input.removeAttribute("aria-describedby");
      }
    }
  };

  const soon = 60; // Milliseconds after a key before the server is asked; the answer takes some tens more.
  const every = 5000; // Milliseconds between two times at which what is typed is kept on the server.
  let timer = 0;
  let keepTimer = 0;
  let keptAt = 0;
  let asked = null;
  const say = text => { if (kept.textContent !== text) kept.textContent = text; };
  const ask = async keeps => {
    asked?.abort();
    const now = asked = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "type");
    if (keeps) {
      body.set("keep", "1");
      keptAt = Date.now();
    }
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal: now.signal });
      if (answer.status === 401) return say("登录已过期，填写的内容已暂存在本机；点“保存草稿”重新登录，内容还在");
      if (!answer.ok) return later();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("findings");
      if (!page || now !== asked) return;
      document.getElementById("findings").replaceChildren(...page.childNodes);
      mark(document.getElementById("findings"));
      if (page.dataset.kept) say(`${page.dataset.kept} 已自动保存，尚未报送`);
    } catch (error) {
      if (error.name !== "AbortError") later();
      else if (keeps) keptAt = 0;
    }
  };
  const later = () => {
    say("暂时连不上，填写的内容已暂存在本机，连上后自动保存");
    clearTimeout(keepTimer);
    keepTimer = setTimeout(() => ask(true), every);
  };

  const keep = () => {
    const copy = { seen: form.elements.seen.value, at: Date.now(), values: Object.fromEntries(fields().map(field => [field.name, field.value])) };
    try {
      localStorage.setItem(key, JSON.stringify(copy));
    } catch {
      // A browser that keeps nothing still has the server.
    }
  };
  const time = at => new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" }).format(at);

  const typed = changed => {
    add(changed);
    clearTimeout(timer);
    clearTimeout(keepTimer);
    timer = setTimeout(() => { keep(); ask(Date.now() - keptAt > every); }, soon);
    keepTimer = setTimeout(() => ask(true), every);
  };
  addEventListener("pagehide", () => { if (timer) keep(); });
  addEventListener("online", () => { if (timer) ask(true); });

  form.addEventListener("input", event => typed(new Set([event.target])));
  form.addEventListener("keydown", event => {
    if (!place.has(event.target) || event.isComposing) return;
    const { target } = event;
    const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], Enter: [event.shiftKey ? -1 : 1, 0] }[event.key]
      ?? (event.key === "ArrowLeft" && target.selectionStart === 0 ? [0, -1] : null)
      ?? (event.key === "ArrowRight" && target.selectionEnd === target.value.length ? [0, 1] : null);
    if (!step) return;
    event.preventDefault();
    const next = move(target, ...step);
    next?.focus();
    next?.select();
  });
  form.addEventListener("paste", event => {
    const block = (event.clipboardData?.getData("text") ?? "").replace(/\r?\n$/, "").split(/\r?\n/).map(line => line.split("\t"));
    if (!place.has(event.target) || (block.length === 1 && block[0].length === 1)) return;
    event.preventDefault();
    const changed = new Set();
    let start = event.target;
    for (const line of block) {
      let input = start;
      for (const text of line) {
        if (!input) break;
        input.value = text.trim().replaceAll(",", "");
        changed.add(input);
        input = move(input, 0, 1);
      }
      start = start && move(start, 1, 0);
    }
    typed(changed);
  });
  form.addEventListener("submit", keep);

  // What was typed here later than what the server knows comes back, after a session or a network has ended.
  try {
    const copy = "restore" in form.dataset ? JSON.parse(localStorage.getItem(key) ?? "null") : null;
    const differs = copy && fields().some(field => (copy.values[field.name] ?? field.value) !== field.value);
    if (new URLSearchParams(location.search).has("saved") || !copy || copy.seen !== form.elements.seen.value) {
      localStorage.removeItem(key);
    } else if (differs && copy.at > Number(form.dataset.restore)) {
      for (const field of fields()) field.value = copy.values[field.name] ?? field.value;
      ask(true);
      say(`已恢复本机 ${time(copy.at)} 暂存、尚未保存的内容`);
    }
  } catch {
    // As if nothing had been kept.
  }
})();
