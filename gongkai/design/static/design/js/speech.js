// Reading aloud: the whole text sentence by sentence, or what the pointer or the focus is on.
const LIMIT = 200; // longer utterances stop in the middle in some browsers
const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, th, td, figcaption";
const POINTED = `${BLOCKS}, a, button, label, summary, input, select, textarea, img, caption, legend`;
const NO_VOICE =
  "这台设备没有安装中文语音，无法朗读。可以在系统设置里添加中文语音，或用手机打开本页收听。";
const NO_SPEECH = "这个浏览器不能朗读。可以换用系统自带的浏览器，或用手机打开本页收听。";
const engine = window.speechSynthesis;

/* [start, end] of the sentences of a text, none longer than LIMIT */
export function sentences(text) {
  const found = [];
  let start = 0;
  const cut = (end) => {
    if (text.slice(start, end).trim()) found.push([start, end]);
    start = end;
  };
  for (const match of text.matchAll(/[。！？；!?;]+[”’』」）)》]*|\n+/g)) {
    const end = match.index + match[0].length;
    while (end - start > LIMIT) cut(soft(text, start));
    cut(end);
  }
  while (text.length - start > LIMIT) cut(soft(text, start));
  cut(text.length);
  return found;
}

function soft(text, start) {
  const pause = Math.max(...["，", "、", "：", ",", " "].map((mark) => text.lastIndexOf(mark, start + LIMIT - 1)));
  return pause > start ? pause + 1 : start + LIMIT;
}

/* the words of an element as they stand on the page, and where each character is */
function words(block) {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("[aria-hidden=true], svg, script, template, [hidden]")
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  let text = "";
  while (walker.nextNode()) {
    nodes.push({ node: walker.currentNode, at: text.length });
    text += walker.currentNode.data;
  }
  const place = (offset) => {
    const found = nodes.findLast((one) => one.at <= offset) || nodes[0];
    return [found.node, Math.min(offset - found.at, found.node.length)];
  };
  return { text, place };
}

function pieces(block) {
  const { text, place } = words(block);
  return sentences(text).map(([from, to]) => {
    const range = document.createRange();
    range.setStart(...place(from));
    range.setEnd(...place(to));
    return { block, range, text: text.slice(from, to).replace(/\s+/g, " ").trim() };
  });
}

function collect() {
  const scope = document.querySelector(".sheet") || document.querySelector("main");
  const body = scope.querySelector("[data-read-area], .doc") || scope;
  const title = scope.querySelector("h1");
  const gist = [...scope.querySelectorAll(".gist p")];
  const list = [...body.querySelectorAll(BLOCKS)].filter(
    (block) => block.offsetParent && !block.querySelector("p, li, td") && !block.closest("[aria-hidden=true]"),
  );
  const first = [title, ...gist].filter((block) => block && block.offsetParent && !list.includes(block));
  return [...first, ...list].flatMap(pieces);
}

/* what an element says when it is pointed at */
export function said(element) {
  if (element.matches("img")) return element.alt;
  if (element.matches("input, select, textarea")) {
    const label = element.labels?.[0]?.innerText || element.getAttribute("aria-label") || "";
    const value = element.type === "password" ? "" : element.selectedOptions?.[0]?.text || element.value;
    return [label, value || element.placeholder].filter(Boolean).join("：");
  }
  return (element.getAttribute("aria-label") || words(element).text).replace(/\s+/g, " ").trim();
}

// A page that scrolls under a resting pointer points at nothing: what the keyboard chose counts.
let spot = "";
let resting = false;
const where = (event) => `${event.screenX} ${event.screenY}`;
document.addEventListener("pointermove", (event) => (spot = where(event)), { passive: true });
document.addEventListener(
  "pointerover",
  (event) => {
    resting = where(event) === spot;
    spot = where(event);
  },
  { capture: true, passive: true },
);

export function pointed(event) {
  if (event.type === "pointerover" && resting) return null;
  const element = event.target.closest?.(POINTED);
  return element && !element.closest(".caption") ? element : null;
}

function chinese() {
  return engine.getVoices().find((voice) => /^(zh|cmn)/i.test(voice.lang)) || null;
}

function voiceReady() {
  if (chinese()) return Promise.resolve(chinese());
  return new Promise((resolve) => {
    const finish = () => resolve(chinese());
    engine.addEventListener?.("voiceschanged", finish, { once: true });
    setTimeout(finish, 1500); // the list may stay empty for ever
  });
}

function mark(piece) {
  document.querySelectorAll(".reading").forEach((other) => other.classList.remove("reading"));
  if (window.Highlight && CSS.highlights) CSS.highlights.delete("gongkai-reading");
  if (!piece) return;
  piece.block.classList.add("reading");
  piece.block.scrollIntoView({ block: "nearest" });
  if (window.Highlight && CSS.highlights) CSS.highlights.set("gongkai-reading", new Highlight(piece.range));
  document.dispatchEvent(new CustomEvent("gongkai:reading", { detail: piece.text }));
}

export function reader({ say, rate, changed, refuse }) {
  let queue = [];
  let place = 0;
  let state = "idle";
  let turn = 0; // an utterance that was called off must not go on
  let voice = null;
  let recording = null;

  function become(next, message) {
    state = next;
    changed(state);
    if (message !== undefined) say(message);
  }

  function stop(message) {
    turn += 1;
    engine?.cancel();
    recording?.pause();
    recording = null;
    queue = [];
    mark(null);
    if (state !== "idle") become("idle", message);
    else if (message === "") changed("idle");
  }

  function utter(text, done) {
    const mine = (turn += 1);
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = "zh-CN";
    utterance.voice = voice;
    utterance.rate = rate();
    utterance.onend = () => mine === turn && done?.();
    utterance.onerror = (event) => {
      if (mine === turn && !["canceled", "interrupted"].includes(event.error)) stop(NO_VOICE);
    };
    engine.cancel();
    engine.speak(utterance);
  }

  function next() {
    const piece = queue[place];
    if (!piece) return stop("读完了。");
    mark(piece);
    utter(piece.text, () => {
      place += 1;
      next();
    });
  }

  function pause() {
    turn += 1;
    engine?.cancel(); // pause() of the engine is not to be relied on: the sentence is read again
    recording?.pause();
    become("paused", "已暂停。");
  }

  function goOn() {
    become("reading", "接着读。");
    if (recording) recording.play().catch(() => stop("录音放不出来，请稍后再试。"));
    else next();
  }

  async function ready() {
    if (!engine || !window.SpeechSynthesisUtterance) return NO_SPEECH;
    voice ||= await voiceReady();
    return voice ? "" : NO_VOICE;
  }

  async function begin() {
    const problem = await ready();
    if (problem) return play(problem);
    queue = collect();
    place = 0;
    become("reading", "正在朗读。可以暂停，按 Esc 停止。");
    next();
  }

  /* no voice on this device: the recording made by the server, where there is one */
  function play(problem) {
    recording = document.querySelector("audio[data-recording]");
    if (!recording) return say(problem);
    recording.playbackRate = rate();
    recording.onended = () => stop("读完了。");
    become("reading", "这台设备没有中文语音，正在播放录音。");
    recording.play().catch(() => stop("录音放不出来，请稍后再试。"));
  }

  let waiting = 0;
  let last = null;
  function point(event) {
    const element = pointed(event);
    if (!element || element === last || state !== "idle") return;
    last = element;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const text = said(element).slice(0, LIMIT);
      if (!text || !element.isConnected) return;
      document.querySelectorAll(".reading").forEach((other) => other.classList.remove("reading"));
      element.classList.add("reading");
      utter(text, () => element.classList.remove("reading"));
    }, 250);
  }

  let pointing = false;
  async function setPointing(on) {
    if (on === pointing) return;
    pointing = on;
    if (on) {
      const problem = await ready();
      if (problem) {
        pointing = false;
        refuse();
        return say(problem);
      }
      if (!pointing) return;
      say("指到哪里，就读哪里。");
      document.addEventListener("pointerover", point);
      document.addEventListener("focusin", point);
    } else {
      clearTimeout(waiting);
      document.removeEventListener("pointerover", point);
      document.removeEventListener("focusin", point);
      if (state === "idle") stop();
    }
  }

  window.addEventListener("pagehide", () => engine?.cancel());
  return {
    toggle: () => ({ idle: begin, reading: pause, paused: goOn })[state](),
    stop,
    point: setPointing,
    /* after a change of speed the sentence begins anew */
    again() {
      if (recording) recording.playbackRate = rate();
      else if (state === "reading") next();
    },
  };
}
