// The live strip: asks an address what has happened so far and ticks the steps off.
// Answer: {"done": bool, "steps": [{"label", "state", "ms", "url"}]}.
const PAUSE = 400;
const LIMIT = 150;

function draw(strip, step) {
  const template = strip.querySelector(`template[data-state="${step.state}"]`);
  const row = document.createElement("li");
  row.className = step.state;
  row.append(template.content.cloneNode(true));
  const words = document.createElement("span");
  if (step.url) {
    const link = document.createElement("a");
    link.href = step.url;
    link.textContent = step.label;
    words.append(link);
  } else {
    words.append(step.label);
  }
  const said = document.createElement("span");
  said.className = "vh";
  said.textContent = `：${template.dataset.said}`;
  words.append(said);
  const time = document.createElement("span");
  time.className = "ms";
  time.textContent = step.ms == null ? "" : `${step.ms} 毫秒`;
  row.append(words, time);
  return row;
}

async function watch(strip) {
  const list = strip.querySelector("ol");
  const status = strip.querySelector("[role=status]");
  let before = "";
  for (let turn = 0; turn < LIMIT; turn += 1) {
    try {
      const answer = await fetch(strip.dataset.live, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      const now = JSON.stringify(state.steps);
      if (now !== before) {
        before = now;
        list.replaceChildren(...state.steps.map((step) => draw(strip, step)));
      }
      if (state.done) {
        const failed = state.steps.filter((step) => step.state === "failed").length;
        const slowest = Math.max(0, ...state.steps.map((step) => step.ms || 0));
        status.textContent = failed
          ? `${failed} 步没有成功，系统会自动重试。`
          : `全部完成，最慢的一步 ${slowest} 毫秒。`;
        return;
      }
    } catch {
      status.textContent = "暂时问不到进展，正在重试。";
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  status.textContent = "还没有全部完成。系统会继续，稍后刷新页面再看。";
}

for (const strip of document.querySelectorAll("[data-live]")) watch(strip);
