// The accessibility bar. Pages are accessible without it; it only changes how they look and sound.
const KEY = "gongkai-reading";
const root = document.documentElement;
const bar = document.getElementById("a11y");
const toggle = document.querySelector("[data-a11y-toggle]");

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY) || "{}");
  } catch {
    return {};
  }
}

let saved = load();

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

function apply() {
  for (const name of ["size", "theme", "spacing", "cursor"]) {
    if (saved[name]) root.setAttribute(`data-${name}`, saved[name]);
    else root.removeAttribute(`data-${name}`);
  }
  for (const button of bar.querySelectorAll("[data-set]")) {
    button.setAttribute("aria-pressed", String((saved[button.dataset.set] || "") === button.dataset.value));
  }
  for (const button of bar.querySelectorAll("[data-switch]")) {
    button.setAttribute("aria-pressed", String(saved[button.dataset.switch] === button.dataset.value));
  }
  cross(saved.cross === "on");
}

/* cross-hair: two lines that follow the pointer; of no use on a touch screen */
let lines = null;

function cross(on) {
  if (on && !lines) {
    lines = ["cross-h", "cross-v"].map((name) => {
      const line = document.createElement("div");
      line.className = name;
      line.setAttribute("aria-hidden", "true");
      document.body.append(line);
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
  requestAnimationFrame(() => {
    if (!lines) return;
    lines[0].style.top = `${event.clientY - 1}px`;
    lines[1].style.left = `${event.clientX - 1}px`;
  });
}

/* read aloud: short pieces (long ones stop in some browsers), the piece being read is marked */
const speech = window.speechSynthesis;
const NO_VOICE =
  "这台设备没有安装中文语音，无法朗读。可以在系统设置里添加中文语音，或用手机打开本页收听。";
let queue = [];
let reading = false;

function chineseVoice() {
  return speech.getVoices().find((voice) => /^(zh|cmn)/i.test(voice.lang)) || null;
}

function voiceReady() {
  return new Promise((resolve) => {
    const voice = chineseVoice();
    if (voice) return resolve(voice);
    const finish = () => resolve(chineseVoice());
    speech.addEventListener("voiceschanged", finish, { once: true });
    setTimeout(finish, 1500);
  });
}

function pieces(text) {
  const found = text.replace(/\s+/g, " ").trim().match(/[^。！？；]+[。！？；]?/g) || [];
  return found.flatMap((part) => part.match(/.{1,120}/gs) || []);
}

function collect() {
  const article = document.querySelector("[data-read-area], .doc, main");
  const blocks = article.querySelectorAll("h1, h2, h3, h4, p, li, dt, dd, th, td, figcaption");
  const scope = document.querySelector(".sheet") || article;
  const title = scope.querySelector("h1");
  const list = [...blocks].filter(
    (block) => block.offsetParent && !block.querySelector("p, li, td") && !block.closest("[aria-hidden=true]"),
  );
  if (title && !list.includes(title)) list.unshift(title);
  return list.flatMap((block) => pieces(block.innerText).map((text) => ({ block, text })));
}

function mark(block) {
  document.querySelectorAll(".reading").forEach((other) => other.classList.remove("reading"));
  if (block) {
    block.classList.add("reading");
    block.scrollIntoView({ block: "nearest" });
  }
}

function stop(message) {
  reading = false;
  queue = [];
  speech?.cancel();
  mark(null);
  showReading();
  say(message || "");
}

function showReading() {
  for (const button of document.querySelectorAll("[data-read]")) {
    button.setAttribute("aria-pressed", String(reading));
    const word = button.querySelector("span") || button;
    word.textContent = reading ? "停止朗读" : "读给我听";
  }
}

function next(voice) {
  const piece = queue.shift();
  if (!reading) return;
  if (!piece) return stop("读完了。");
  const words = new SpeechSynthesisUtterance(piece.text);
  words.lang = "zh-CN";
  words.voice = voice;
  words.rate = root.dataset.view === "elder" ? 0.85 : 1;
  words.onend = () => next(voice);
  words.onerror = (event) => {
    if (reading && event.error !== "canceled" && event.error !== "interrupted") stop(NO_VOICE);
  };
  mark(piece.block);
  speech.speak(words);
}

async function readAloud() {
  open();
  if (reading) return stop("已停止朗读。");
  if (!speech) return say("这个浏览器不能朗读。可以换用系统自带的浏览器，或用手机打开本页收听。");
  const voice = await voiceReady();
  if (!voice) return say(NO_VOICE);
  queue = collect();
  reading = true;
  showReading();
  say("正在朗读。再按一次停止。");
  next(voice);
}

/* opening and closing */
function open(show = true) {
  if (!bar) return;
  bar.hidden = !show;
  toggle?.setAttribute("aria-expanded", String(show));
  saved.open = show ? "yes" : "";
  keep();
}

if (bar) {
  if (toggle) {
    toggle.setAttribute("role", "button");
    toggle.setAttribute("aria-controls", "a11y");
    toggle.setAttribute("aria-expanded", "false");
    toggle.addEventListener("click", (event) => {
      event.preventDefault();
      open(bar.hidden);
      if (!bar.hidden) bar.querySelector("button").focus();
    });
    toggle.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        toggle.click();
      }
    });
  }
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.set) {
      saved[button.dataset.set] = button.dataset.value;
    } else if (button.dataset.switch) {
      const name = button.dataset.switch;
      saved[name] = saved[name] ? "" : button.dataset.value;
    } else if ("reset" in button.dataset) {
      saved = { open: "yes" };
      stop("已恢复默认设置。");
    } else if ("a11yClose" in button.dataset) {
      open(false);
      toggle?.focus();
      return;
    } else {
      return;
    }
    apply();
    keep();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-read]");
    if (button) {
      event.preventDefault();
      readAloud();
    }
  });
  if (saved.open) open();
  apply();
  window.addEventListener("pagehide", () => speech?.cancel());
}
