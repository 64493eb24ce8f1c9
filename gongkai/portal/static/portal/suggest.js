// Suggestions below a search box: a combobox with a list (WAI-ARIA APG). Without this the box is a plain form.
const PAUSE = 160;
let boxes = 0;

function arm(input) {
  const form = input.form;
  const id = `suggest-${(boxes += 1)}`;
  const list = document.createElement("ul");
  list.id = id;
  list.className = "suggest";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "搜索建议");
  const status = document.createElement("span");
  status.className = "vh";
  status.setAttribute("role", "status");
  form.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocapitalize: "off", spellcheck: "false",
  })) input.setAttribute(name, value);

  let typed = input.value;
  let place = -1;
  let timer = 0;
  let asked = null;
  const options = () => [...list.children];

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    place = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(next) {
    const rows = options();
    rows[place]?.setAttribute("aria-selected", "false");
    place = next;
    const row = rows[place];
    if (row) {
      row.setAttribute("aria-selected", "true");
      row.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", row.id);
      input.value = row.textContent;
    } else {
      input.removeAttribute("aria-activedescendant");
      input.value = typed;
    }
  }

  function show(words) {
    list.replaceChildren(...words.map((word, number) => {
      const row = document.createElement("li");
      row.id = `${id}-${number}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.textContent = word;
      return row;
    }));
    place = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !words.length;
    input.setAttribute("aria-expanded", String(Boolean(words.length)));
    status.textContent = words.length ? `有 ${words.length} 条建议，按上下键选择` : "";
  }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    try {
      const address = new URL(input.dataset.suggest, location.href);
      address.searchParams.set("q", typed);
      const answer = await fetch(address, { signal: asked.signal, credentials: "omit" });
      const found = answer.ok ? await answer.json() : {};
      if (document.activeElement === input) show(found.suggestions || []);
    } catch {
      // Given up, or no connection: the form works all the same.
    }
  }

  input.addEventListener("input", (event) => {
    typed = input.value;
    clearTimeout(timer);
    if (!typed.trim()) close();
    // While an input method composes, its letters are no words yet.
    else if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("compositionend", () => {
    typed = input.value;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const down = event.key === "ArrowDown";
      if (list.hidden) {
        if (down && typed.trim()) ask();
        return;
      }
      event.preventDefault();
      if (down) mark(place === last ? -1 : place + 1);
      else mark(place === -1 ? last : place - 1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    } else if (event.key === "Enter" || event.key === "Tab") {
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (!row) return;
    input.value = row.textContent;
    close();
    form.requestSubmit();
  });
  input.addEventListener("blur", close);
}

for (const input of document.querySelectorAll("input[data-suggest]")) arm(input);
