// Typing into the form: arrows, a pasted block, totals and findings while typing, a copy kept in this browser.
// Everything here can be done without it.
"use strict";
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

  let timer = 0;
  let asked = 0;
  const check = async () => {
    const now = ++asked;
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "check");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      if (now !== asked || !(answer.headers.get("Content-Type") ?? "").startsWith("text/html")) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("report")) return;
      document.getElementById("findings").replaceChildren(...page.getElementById("findings").childNodes);
      for (const input of cells) {
        const there = page.getElementById(input.id);
        input.parentElement.className = there.parentElement.className;
        input.parentElement.querySelector(".tip")?.remove();
        const tip = there.parentElement.querySelector(".tip");
        if (tip) input.parentElement.append(tip);
        for (const name of ["aria-invalid", "aria-describedby"]) {
          if (there.hasAttribute(name)) input.setAttribute(name, there.getAttribute(name)); else input.removeAttribute(name);
        }
      }
    } catch {
      kept.textContent = "网络不通，填写的内容已暂存在本机";
    }
  };

  const keep = () => {
    const copy = { seen: form.elements.seen.value, at: Date.now(), values: Object.fromEntries(fields().map(field => [field.name, field.value])) };
    try {
      localStorage.setItem(key, JSON.stringify(copy));
      kept.textContent = `${time(copy.at)} 已暂存在本机`;
    } catch {
      // A browser that keeps nothing still has the button.
    }
  };
  const time = at => new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" }).format(at);

  const typed = changed => {
    add(changed);
    clearTimeout(timer);
    timer = setTimeout(() => { keep(); check(); }, 400);
  };

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
    } else if (differs) {
      for (const field of fields()) field.value = copy.values[field.name] ?? field.value;
      kept.textContent = `已恢复本机 ${time(copy.at)} 暂存、尚未保存的内容`;
      check();
    }
  } catch {
    // As if nothing had been kept.
  }
})();
