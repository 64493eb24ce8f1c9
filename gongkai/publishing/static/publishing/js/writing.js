/* What the writing form does beside the text: counts, names of chosen files, a guard against
 * leaving with unsaved changes, and against a session that ended while somebody was typing. */
(() => {
  "use strict";
  const QUIET = 4 * 60 * 1000;

  function counters(form) {
    for (const input of form.querySelectorAll("[data-count]")) {
      const limit = Number(input.dataset.count);
      const out = document.createElement("p");
      out.className = "desk-counter";
      input.after(out);
      const show = () => {
        const left = limit - [...input.value].length;
        out.textContent = left < 0 ? `超出 ${-left} 字` : `还可以写 ${left} 字`;
        out.classList.toggle("is-over", left < 0);
      };
      input.addEventListener("input", show);
      show();
    }
  }

  function chosenFiles(form) {
    for (const input of form.querySelectorAll('input[type="file"]')) {
      const list = document.createElement("ul");
      list.className = "desk-picked";
      input.after(list);
      input.addEventListener("change", () => {
        list.replaceChildren(...[...input.files].map((file) => {
          const row = document.createElement("li");
          const size = document.createElement("span");
          size.textContent = file.size < 1048576 ? `${Math.max(1, Math.round(file.size / 1024))} KB` : `${(file.size / 1048576).toFixed(1)} MB`;
          row.append(file.name, size);
          return row;
        }));
      });
    }
  }

  class Guard {
    constructor(form) {
      this.form = form;
      this.unsaved = Boolean(document.getElementById("errors"));
      this.spoke = Date.now();
      this.note = form.querySelector("[data-saved]");
      form.addEventListener("input", () => this.typed());
      form.addEventListener("change", () => this.typed());
      form.addEventListener("submit", (event) => this.submit(event));
      addEventListener("beforeunload", (event) => { if (this.unsaved) event.preventDefault(); });
      addEventListener("keydown", (event) => {
        if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
        event.preventDefault();
        form.requestSubmit(form.querySelector('.desk-foot [name="action"][value="save"]') || undefined);
      });
    }

    typed() {
      this.unsaved = true;
      if (this.note) this.note.textContent = "有修改没有保存";
      // Typing is not a request: tell the server now and then that somebody is still here.
      if (this.form.dataset.alive && Date.now() - this.spoke > QUIET) this.alive();
    }

    async alive() {
      this.spoke = Date.now();
      try {
        const response = await fetch(this.form.dataset.alive, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
        return response.ok;
      } catch { return false; }
    }

    submit(event) {
      const by = event.submitter;
      if (by?.hasAttribute("data-stay")) return;
      if (this.form.dataset.alive && Date.now() - this.spoke > QUIET && !this.checked) {
        event.preventDefault();
        this.alive().then((ok) => {
          const token = document.cookie.match(/(?:^|; )gongkai_csrf=([^;]+)/);
          if (token) this.form.elements.csrfmiddlewaretoken.value = token[1];
          if (!ok) { this.expired(); return; }
          this.checked = true;
          this.form.requestSubmit(by || undefined);
        });
        return;
      }
      this.unsaved = false;
    }

    expired() {
      this.spoke = 0;
      if (!this.note) return;
      const link = document.createElement("a");
      link.href = this.form.dataset.login;
      link.target = "_blank";
      link.textContent = "在新窗口登录";
      this.note.replaceChildren("登录已过期，内容还在本页、没有保存。请先", link, "，再回来点保存。");
      this.note.setAttribute("role", "alert");
    }
  }

  addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-write]")) {
      counters(form);
      chosenFiles(form);
      new Guard(form);
    }
    document.getElementById("errors")?.focus();
  });
})();
