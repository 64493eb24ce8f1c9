// The caption bar (大字幕): what the pointer or the focus is on, very large, at the foot of the
// window; with pinyin or in traditional characters when asked, both made by the server.
const LIMIT = 120;

export function captions({ say, convert, saved, set, pointed, said }) {
  const known = new Map();
  const region = document.createElement("section");
  region.className = "caption";
  region.setAttribute("aria-label", "大字幕");
  const line = document.createElement("p");
  line.tabIndex = 0;
  const tools = document.createElement("div");
  const button = (label, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = label;
    one.addEventListener("click", act);
    tools.append(one);
    return one;
  };
  const pinyin = button("拼音", () => choose("pinyin"));
  const fanti = button("繁体", () => choose("fanti"));
  button("关闭大字幕", () => set("caption", ""));
  region.append(line, tools);

  let text = "";
  let turn = 0;
  let waiting = 0;

  function choose(name) {
    set(name, saved()[name] ? "" : "on");
    draw();
  }

  function plain(words) {
    line.lang = "zh-CN";
    line.replaceChildren(words);
  }

  function draw() {
    const wanted = [saved().pinyin && "pinyin", saved().fanti && "fanti"].filter(Boolean).join("-");
    pinyin.setAttribute("aria-pressed", String(saved().pinyin === "on"));
    fanti.setAttribute("aria-pressed", String(saved().fanti === "on"));
    plain(text || "把鼠标移到文字上，或按 Tab 键走动，这里用大字显示。");
    if (wanted && text) ask(wanted, text);
  }

  async function ask(wanted, words) {
    const mine = (turn += 1);
    const key = `${wanted} ${words}`;
    try {
      if (!known.has(key)) {
        const query = new URLSearchParams({ to: wanted, text: words });
        const answer = await fetch(`${convert}?${query}`, { credentials: "omit" });
        if (!answer.ok) throw new Error(String(answer.status));
        if (known.size > 200) known.clear();
        known.set(key, await answer.json());
      }
    } catch {
      if (mine === turn) say("暂时不能加拼音、换繁体，字幕照常显示。");
      return;
    }
    if (mine !== turn || words !== text) return;
    line.lang = wanted.includes("fanti") ? "zh-Hant" : "zh-CN";
    line.replaceChildren(...known.get(key).parts.map(ruby));
  }

  function ruby([character, reading]) {
    if (!reading) return character;
    const pair = document.createElement("ruby");
    const above = document.createElement("rt");
    above.textContent = reading;
    pair.append(character, above);
    return pair;
  }

  function show(words) {
    const cut = words.length > LIMIT ? `${words.slice(0, LIMIT)}…` : words;
    if (!cut || cut === text) return;
    text = cut;
    turn += 1;
    draw();
  }

  function follow(event) {
    const element = pointed(event);
    if (!element) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => show(said(element)), event.type === "focusin" ? 0 : 120);
  }

  const reading = (event) => show(event.detail);
  let shown = false;
  return {
    show(on) {
      if (on) draw();
      if (on === shown) return;
      shown = on;
      const act = on ? "addEventListener" : "removeEventListener";
      document[act]("pointerover", follow);
      document[act]("focusin", follow);
      document[act]("gongkai:reading", reading);
      if (on) document.body.append(region);
      else {
        const had = region.contains(document.activeElement);
        region.remove();
        if (had) document.querySelector("[data-a11y-toggle]")?.focus();
      }
    },
  };
}
