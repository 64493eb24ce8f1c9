// The accessibility bar. Pages are accessible without it; it only changes how they look and sound.
// Reading aloud and the caption are modules of their own, loaded when somebody asks for them.
const KEY = "gongkai-reading";
const LOOKS = ["size", "zoom", "theme", "spacing", "cursor", "caption"];
const SIZES = ["", "large", "larger", "largest"];
const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const root = document.documentElement;
const bar = document.getElementById("a11y");
const toggle = document.querySelector("[data-a11y-toggle]");

function load() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) || "{}");
    return found && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch {
    return {};
  }
}

let saved = load();
const loading = {};

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(saved));
  } catch {
    // Private windows may refuse storage; the setting then lasts for this page.
  }
}

function say(text) {
  bar.querySelector("output").textContent = text;
}

function rate() {
  const chosen = Number(saved.rate);
  if (RATES.includes(chosen)) return chosen;
  return root.dataset.view === "elder" ? 0.75 : 1;
}

function apply() {
  for (const name of LOOKS) {
    if (/^[a-z0-9]{2,8}$/.test(saved[name] || "")) root.setAttribute(`data-${name}`, saved[name]);
    else root.removeAttribute(`data-${name}`);
  }
  for (const button of bar.querySelectorAll("[data-set]")) {
    button.setAttribute("aria-pressed", String((saved[button.dataset.set] || "") === button.dataset.value));
  }
  for (const button of bar.querySelectorAll("[data-switch]")) {
    button.setAttribute("aria-pressed", String(saved[button.dataset.switch] === button.dataset.value));
  }
  bar.querySelector("[data-rate-now]").textContent = `${rate()} 倍`;
  cross(saved.cross === "on");
  caption(saved.caption === "on");
  if (saved.point === "on") speech().then((reader) => reader?.point(true));
  else if (loading.speech) speech().then((reader) => reader?.point(false));
}

/* the styles of the bar, likewise; it opens without them rather than not at all */
function styles() {
  loading.styles ??= new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = bar.dataset.styles;
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
  return loading.styles;
}

/* modules on demand; one that cannot be loaded leaves the page as it was */
function part(name, start) {
  loading[name] ??= import(bar.dataset[name]).then(start).catch(() => {
    delete loading[name];
    say("这个功能没有加载上，请检查网络后再试。");
    return null;
  });
  return loading[name];
}

function speech() {
  return part("speech", (module) =>
    module.reader({
      say,
      rate,
      changed: showReading,
      refuse() {
        saved.point = "";
        keep();
        apply();
      },
    }),
  );
}

async function caption(on) {
  if (!on && !loading.caption) return;
  const found = await part("caption", async (module) => {
    const { pointed, said } = await import(bar.dataset.speech);
    return module.captions({
      say,
      pointed,
      said,
      convert: bar.dataset.convert,
      saved: () => saved,
      set(name, value) {
        saved[name] = value;
        keep();
        apply();
      },
    });
  });
  found?.show(saved.caption === "on");
}

/* cross-hair: two lines that follow the pointer; of no use on a touch screen */
let lines = null;

function cross(on) {
  if (on && !lines) {
    lines = ["cross-h", "cross-v"].map((name) => {
      const line = document.createElement("div");
      line.className = name;
      line.setAttribute("aria-hidden", "true");
      root.append(line); // outside body, which may be zoomed
      return line;
    });
    document.addEventListener("pointermove", follow);
  } else if (!on && lines) {
    lines.forEach((line) => line.remove());
    lines = null;
    document.removeEventListener("pointermove", follow);
  }
}

function follow(event) {
  if (event.pointerType === "touch") return;
  requestAnimationFrame(() => {
    if (!lines) return;
    lines[0].style.top = `${event.clientY - 1}px`;
    lines[1].style.left = `${event.clientX - 1}px`;
  });
}

/* reading aloud */
/* pause and stop stay in reach while the page scrolls with the voice */
let remote = null;

function showRemote(state) {
  if (state === "idle") {
    const had = remote?.contains(document.activeElement);
    remote?.remove();
    remote = null;
    if (had) (document.querySelector("main [data-read]") || bar.querySelector("[data-read]")).focus();
    return;
  }
  if (!remote) {
    remote = document.createElement("section");
    remote.className = "remote";
    remote.setAttribute("aria-label", "朗读控制");
    for (const [name, label] of [["pause", "暂停"], ["stop", "停止"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset[name] = "";
      button.textContent = label;
      button.addEventListener("click", () => press(button));
      remote.append(button);
    }
    bar.after(remote);
  }
  remote.firstChild.textContent = state === "paused" ? "接着读" : "暂停";
}

function showReading(state) {
  showRemote(state);
  for (const button of document.querySelectorAll("[data-read]")) {
    button.setAttribute("aria-pressed", String(state === "reading"));
    const words = button.querySelector("span") || button;
    words.textContent = { reading: "暂停朗读", paused: "接着读" }[state] || "读给我听";
  }
  const pause = bar.querySelector("[data-pause]");
  pause.disabled = state === "idle";
  pause.textContent = state === "paused" ? "接着读" : "暂停";
  const stop = bar.querySelector("[data-stop]");
  // A disabled button loses the focus, and the reader the place.
  if (state === "idle" && [pause, stop].includes(document.activeElement)) bar.querySelector("[data-read]").focus();
  stop.disabled = state === "idle";
}

async function readAloud() {
  await open();
  (await speech())?.toggle();
}

function step(list, now, by) {
  return list[Math.min(list.length - 1, Math.max(0, list.indexOf(now) + by))];
}

async function changeRate(by) {
  saved.rate = step(RATES, rate(), by);
  say(`语速 ${saved.rate} 倍。`);
  if (loading.speech) (await speech())?.again();
}

function reset() {
  if (loading.speech) speech().then((reader) => reader?.stop(""));
  saved = { open: "yes" };
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
  say("已恢复默认设置。");
}

function help(show = true) {
  const dialog = document.getElementById("a11y-keys");
  if (dialog.open === show) return;
  if (dialog.showModal) dialog[show ? "showModal" : "close"]();
  else dialog.toggleAttribute("open", show);
}

/* what a button of the bar does; false when nothing is to be kept */
function press(button) {
  const data = button.dataset;
  if (data.set) saved[data.set] = data.value;
  else if (data.switch) saved[data.switch] = saved[data.switch] ? "" : data.value;
  else if (data.rate) changeRate(Number(data.rate));
  else if ("reset" in data) reset();
  else if ("pause" in data) return speech().then((reader) => reader?.toggle()) && false;
  else if ("stop" in data) return speech().then((reader) => reader?.stop("已停止朗读。")) && false;
  else if ("keys" in data) return help();
  else if ("keysClose" in data) return help(false);
  else if ("a11yClose" in data) {
    open(false).then(() => toggle?.focus());
    return false;
  } else return false;
  apply();
  keep();
  return true;
}

/* keys that work only inside the bar (WCAG 2.1.4), so that none of a browser or a reader is taken */
const KEYS = {
  r: () => readAloud(),
  s: () => press(bar.querySelector("[data-stop]")),
  c: () => press(bar.querySelector("[data-switch=caption]")),
  x: () => press(bar.querySelector("[data-switch=cross]")),
  0: () => press(bar.querySelector("[data-reset]")),
  "?": () => help(),
  "+": () => resize(1),
  "=": () => resize(1),
  "-": () => resize(-1),
};

function resize(by) {
  saved.size = step(SIZES, saved.size || "", by);
  apply();
  keep();
}

function pressKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("dialog")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

/* opening and closing */
async function open(show = true) {
  saved.open = show ? "yes" : "";
  keep();
  if (show) await styles();
  bar.hidden = !saved.open;
  toggle?.setAttribute("aria-expanded", String(!bar.hidden));
}

function start() {
  if (toggle) {
    toggle.setAttribute("role", "button");
    toggle.setAttribute("aria-controls", "a11y");
    toggle.setAttribute("aria-expanded", "false");
    toggle.addEventListener("click", async (event) => {
      event.preventDefault();
      await open(bar.hidden);
      if (!bar.hidden) bar.querySelector("button").focus();
    });
    toggle.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        toggle.click();
      }
    });
  }
  const text = new URL(location.href);
  text.searchParams.set("view", "text");
  bar.querySelector("[data-text-view]").href = text.pathname + text.search;
  for (const button of document.querySelectorAll("[data-read]")) button.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && !("read" in button.dataset)) press(button);
  });
  bar.addEventListener("keydown", pressKey);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-read]")) return;
    event.preventDefault();
    readAloud();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && loading.speech) speech().then((reader) => reader?.stop("已停止朗读。"));
  });
  if (saved.open) open();
  else if (Object.values(saved).some(Boolean)) styles();
  apply();
}

if (bar) start();
