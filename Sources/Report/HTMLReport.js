"use strict";

// The table of the jobs: a hundred rows at a time, of those that are looked for, in some order.
(() => {
  const rowsOnPage = 100;
  const rowsOnPaper = 1000;
  const manyJobs = 20000;
  const table = document.getElementById("table");
  const heads = [...table.tHead.rows[0].cells];
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const chunks = [...document.querySelectorAll("script.jobs")];
  const grouped = (digits) => String(digits).replace(/\B(?=(\d{3})+$)/g, ",");

  // MARK: The jobs, a column each

  const count = facts.jobs;
  const [number, line, amount, time] = [0, 1, 2, 3].map(() => new Uint32Array(count));
  const [currency, outcome] = [0, 1].map(() => new Uint8Array(count));
  const texts = [0, 1, 2, 3, 4, 5, 6].map(() => new Array(count).fill(""));
  const [account, reference, charge, operation, reason, object, message] = texts;
  const known = new Map();

  // Words that many jobs share are kept once.
  function once(text) {
    if (!known.has(text)) known.set(text, text);
    return known.get(text);
  }

  function read(job, row) {
    [number[row], line[row], account[row], reference[row], charge[row], , amount[row],
      currency[row], outcome[row], , object[row], time[row]] = job;
    operation[row] = once(job[5]);
    reason[row] = once(job[9]);
    message[row] = once(job[12]);
  }

  function money(row) {
    const { code, decimals } = facts.currencies[currency[row]];
    const digits = String(amount[row]).padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals);
    const rest = decimals ? "." + digits.slice(digits.length - decimals) : "";
    return grouped(whole) + rest + " " + code;
  }

  const instant = (row) => new Date(time[row] * 1000).toISOString().replace(".000", "");
  const byText = (texts) => (a, b) => texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : a - b;
  const byNumber = (numbers) => (a, b) => numbers[a] - numbers[b] || a - b;

  // What a cell shows, and how its column is put in order.
  const columns = {
    number: { show: (row) => "#" + number[row], order: byNumber(number) },
    line: { show: (row) => String(line[row]), order: byNumber(line) },
    account: { show: (row) => account[row], order: byText(account) },
    reference: { show: (row) => reference[row], order: byText(reference) },
    charge: { show: (row) => charge[row], order: byText(charge) },
    operation: { show: (row) => operation[row], order: byText(operation) },
    amount: { show: money, order: (a, b) => currency[a] - currency[b] || byNumber(amount)(a, b) },
    outcome: { show: showOutcome, order: byNumber(outcome) },
    reason: { show: showReason, order: byText(reason) },
    object: { show: (row) => object[row], order: byText(object) },
    time: { show: showTime, order: byNumber(time) },
  };

  // MARK: Elements

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function showOutcome(row) {
    const { name, words } = facts.outcomes[outcome[row]];
    return element("span", { className: "outcome " + name }, words);
  }

  function showReason(row) {
    if (!message[row]) return reason[row];
    const shown = document.createDocumentFragment();
    shown.append(reason[row], element("small", {}, message[row]));
    return shown;
  }

  function showTime(row) {
    return time[row] ? element("time", { dateTime: instant(row) }, instant(row)) : "";
  }

  function showRow(row) {
    const cells = heads.map((head, place) => {
      const shown = columns[head.dataset.column].show(row);
      if (place === 0) return element("th", { scope: "row" }, shown);
      return element("td", head.className ? { className: head.className } : {}, shown);
    });
    return element("tr", {}, ...cells);
  }

  // MARK: What is shown

  const orders = new Map();
  let sorted = { column: "number", isDescending: false };
  let found = new Uint32Array(0);
  let first = 0;

  function orderOf(column) {
    if (!orders.has(column)) {
      const rows = Uint32Array.from({ length: count }, (_, row) => row);
      orders.set(column, column === "number" ? rows : rows.sort(columns[column].order));
    }
    return orders.get(column);
  }

  // Whether a row is looked for: by what its texts hold, "#12" by its number, "1.99" by its amount.
  function test(query, wanted) {
    const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
    const searched = [account, reference, object, charge, reason, message];
    const wholeNumber = /^#[\d,]+$/.test(query) ? Number(query.replace(/[#,]/g, "")) : null;
    const decimal = /^[\d,]+(\.\d+)?$/.test(query) ? query.replaceAll(",", "") : null;
    const amounts = facts.currencies.map(({ decimals }) =>
      decimal && (decimal.split(".")[1] ?? "").length === decimals
        ? Number(decimal.replace(".", "")) : null);
    return (row) => {
      if (wanted !== "" && outcome[row] !== Number(wanted)) return false;
      if (query === "") return true;
      if (wholeNumber !== null) return number[row] === wholeNumber;
      if (amounts[currency[row]] === amount[row]) return true;
      for (const texts of searched) {
        if (texts[row] !== "" && pattern.test(texts[row])) return true;
      }
      return false;
    };
  }

  function find() {
    const rows = orderOf(sorted.column);
    const query = search.value.trim();
    found = query === "" && chosen.value === "" ? rows.slice() : rows.filter(
      test(query, chosen.value));
    if (sorted.isDescending) found.reverse();
    first = 0;
    show();
  }

  function show(most = rowsOnPage) {
    const end = Math.min(first + most, found.length);
    table.tBodies[0].replaceChildren(...Array.from(found.subarray(first, end), showRow));
    const of = found.length === count ? "" : ` (of ${grouped(count)})`;
    status.value = found.length === 0 ? `no job${of}`
      : `${grouped(first + 1)}–${grouped(end)} of ${grouped(found.length)} jobs${of}`;
    back.disabled = start.disabled = first === 0;
    forth.disabled = last.disabled = end === found.length;
  }

  // What takes a while says so first.
  function soon(words, work) {
    if (count < manyJobs) return work();
    status.value = words;
    setTimeout(work, 20);
  }

  function turn(to) {
    first = Math.max(0, Math.min(to, Math.floor((found.length - 1) / rowsOnPage) * rowsOnPage));
    show();
  }

  // MARK: What can be done

  const search = element("input", { type: "search", autocomplete: "off", spellcheck: false });
  const chosen = element("select", {}, element("option", { value: "" }, "all"));
  facts.outcomes.forEach(({ words, jobs }, place) => {
    if (jobs) chosen.append(element("option", { value: place }, `${words} (${grouped(jobs)})`));
  });
  const status = element("output", {});
  const button = (words, act) => element("button", { type: "button", onclick: act }, words);
  const start = button("First", () => turn(0));
  const back = button("Previous", () => turn(first - rowsOnPage));
  const forth = button("Next", () => turn(first + rowsOnPage));
  const last = button("Last", () => turn(found.length));
  const pages = element("nav", { className: "pages", ariaLabel: "Pages of jobs" },
    start, back, forth, last, status);

  function sortBy(head) {
    const column = head.dataset.column;
    const isDescending = sorted.column === column && !sorted.isDescending;
    sorted = { column, isDescending };
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    soon("Sorting…", find);
  }

  function begin() {
    let waiting;
    search.oninput = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => soon("Searching…", find), count < manyJobs ? 0 : 250);
    };
    chosen.onchange = () => soon("Searching…", find);
    for (const head of heads) {
      const name = head.textContent;
      head.replaceChildren(button(name, () => sortBy(head)));
    }
    heads[0].setAttribute("aria-sort", "ascending");
    const tools = document.getElementById("tools");
    tools.append(
      element("label", {}, "Account, reference, object, reason, amount, or #number", search),
      element("label", {}, "Outcome", chosen));
    tools.hidden = false;
    window.addEventListener("beforeprint", () => show(rowsOnPaper));
    window.addEventListener("afterprint", () => show());
    find();
  }

  // The data is read piece by piece, so that a page of a million jobs can be looked at meanwhile.
  function readChunks(from, row) {
    const until = performance.now() + 40;
    while (from < chunks.length && performance.now() < until) {
      for (const job of JSON.parse(chunks[from].textContent)) read(job, row++);
      chunks[from++].remove();
    }
    if (from < chunks.length) setTimeout(readChunks, 0, from, row);
    else begin();
  }

  table.parentElement.before(pages);
  for (const turning of [start, back, forth, last]) turning.disabled = true;
  status.value = "Reading the jobs…";
  readChunks(0, 0);
})();
