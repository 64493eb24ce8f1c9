// The staff desk: menu on phones, confirmation, file drop. Every screen works without it.

/* the menu is an open <details>; on a narrow screen it starts closed */
const narrow = matchMedia("(max-width: 56rem)");
function fold() {
  const rail = document.querySelector("details.rail");
  if (!rail) return;
  rail.open = !narrow.matches;
  rail.classList.add("ready");
}
narrow.addEventListener("change", fold);

/* data-confirm="…" on a form or button asks once more; the act itself is checked by the server */
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

/* one submit per press: a second press within ten seconds is ignored */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
  setTimeout(() => delete event.target.dataset.sent, 10000);
});

/* disclosure outside <details>: <button aria-expanded aria-controls="id"> */
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[aria-expanded][aria-controls]");
  const part = button && document.getElementById(button.getAttribute("aria-controls"));
  if (!part) return;
  const show = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(show));
  part.hidden = !show;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details.menu-holder[open], .demo details[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

/* file drop: the plain input stays and stays in charge; dropping only fills it */
function size(bytes) {
  if (bytes < 1024) return `${bytes} 字节`;
  return bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function drop(zone) {
  const input = zone.querySelector("input[type=file]");
  if (!input) return;
  zone.querySelector(".hint").hidden = false;
  const list = document.createElement("ul");
  list.setAttribute("aria-live", "polite");
  zone.append(list);
  const show = () => {
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const row = document.createElement("li");
        row.textContent = `已选：${file.name}（${size(file.size)}）`;
        return row;
      }),
    );
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      if (name === "drop" || !zone.contains(event.relatedTarget)) zone.classList.remove("over");
    });
  }
  zone.addEventListener("drop", (event) => {
    const dropped = event.dataTransfer.files;
    if (!dropped.length) return;
    const files = new DataTransfer();
    for (const file of input.multiple ? dropped : [dropped[0]]) files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/* form[data-progress="正在读入…"]: the same POST, with a progress bar; the words are shown while the
   server works on what has arrived. A redirect is followed as usual; an answer at the same address
   (something is wrong with the form) takes the place of the page. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  const zone = form.querySelector("[data-drop]");
  const chosen = zone?.querySelector("input[type=file]")?.files.length;
  if (event.defaultPrevented || !("progress" in form.dataset) || !chosen) return;
  event.preventDefault();
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", "上传进度");
  const row = document.createElement("li");
  row.textContent = "正在上传…";
  zone.append(bar);
  zone.querySelector("ul").append(row);
  form.setAttribute("aria-busy", "true");
  const request = new XMLHttpRequest();
  request.open(form.method, form.action);
  request.upload.onprogress = (step) => {
    if (step.lengthComputable) bar.value = (step.loaded / step.total) * 100;
  };
  request.upload.onload = () => {
    bar.removeAttribute("value");
    row.textContent = form.dataset.progress || "已传完，正在处理…";
  };
  request.onload = () => {
    if (request.responseURL && request.responseURL !== form.action.split("#")[0]) {
      location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.head.replaceChildren(...page.head.children);
    document.body.replaceWith(page.body);
    scrollTo(0, 0);
    start();
  };
  request.onerror = () => {
    bar.remove();
    form.removeAttribute("aria-busy");
    delete form.dataset.sent;
    row.textContent = "没有传上去：网络断了。请检查网络后再点一次提交，已填写的内容还在。";
  };
  request.send(new FormData(form, event.submitter));
});

function start() {
  fold();
  document.querySelectorAll("[data-drop]").forEach(drop);
  /* after a failed submit the summary of errors is read first */
  document.querySelector(".errors")?.focus();
}
start();
