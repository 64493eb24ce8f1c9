/* The editor of an item's text: what is on the screen is what is stored.
 *
 * It edits the stored elements themselves (headings, paragraphs with their classes, lists, tables,
 * pictures), so nothing is converted and nothing can get lost. Pasted text goes through the
 * server's cleaner before it comes in; the server cleans again before it stores.
 */
(() => {
  "use strict";

  const KINDS = [
    ["p", "", "正文"], ["h2", "", "一级标题"], ["h3", "", "二级标题"], ["h4", "", "三级标题"],
    ["p", "sign", "落款"], ["p", "note", "注释"], ["p", "no-indent", "顶格段落"],
  ];
  const MARKS = [["bold", "加粗", "加粗（Ctrl+B）"], ["italic", "着重", "着重号（Ctrl+I）"], ["superscript", "上标", "上标"], ["subscript", "下标", "下标"]];
  const LISTS = [["insertUnorderedList", "• 列表", "项目列表"], ["insertOrderedList", "1. 编号", "编号列表"]];
  const BLOCKS = "p,h2,h3,h4,li,blockquote,figcaption,caption,td,th";
  const WEB = /^(https?:\/\/|mailto:|tel:|\/|#)/i;

  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    for (const [name, value] of Object.entries(props.attrs || {})) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  /* A small question in a dialog outside the form. `done` gets the values and answers with a
     sentence when something is wrong, or with what to do once the dialog has closed: while it is
     open the page behind it cannot be edited. */
  function ask(title, fields, done) {
    const error = make("p", { className: "err", attrs: { role: "alert" } });
    const inputs = fields.map(([name, label, props]) => [name, label, make("input", { name, id: `ask-${name}`, ...props })]);
    const ok = make("button", { className: "button", textContent: "确定" });
    const cancel = make("button", { className: "button button-secondary", type: "button", textContent: "取消" });
    const form = make("form", { method: "dialog", className: "content" }, make("h2", { textContent: title }),
      ...inputs.flatMap(([name, label, input]) => [make("label", { textContent: label, htmlFor: `ask-${name}` }), input]),
      error, make("div", { className: "acts" }, ok, cancel));
    const dialog = make("dialog", { className: "body-ask" }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      ok.disabled = true;
      const values = Object.fromEntries(inputs.map(([name, , input]) => [name, input.type === "file" ? input.files[0] : input.value.trim()]));
      const answer = await done(values);
      ok.disabled = false;
      if (typeof answer === "string") { error.textContent = answer; return; }
      dialog.close();
      answer();
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  class BodyEditor {
    constructor(area) {
      this.area = area;
      this.form = area.form;
      this.pictures = this.form.dataset.pictures;
      this.dirty = false;
      this.saved = null;
      this.build();
      this.load(area.value);
      area.hidden = true;
      this.listen();
      this.count();
    }

    build() {
      const label = document.getElementById(`${this.area.id}_label`);
      this.root = make("div", { className: "body-edit", contentEditable: "true", tabIndex: 0, lang: "zh-CN" });
      for (const [name, value] of [["role", "textbox"], ["aria-multiline", "true"], ["aria-labelledby", label ? label.id : ""], ["aria-describedby", this.area.getAttribute("aria-describedby") || ""]]) if (value) this.root.setAttribute(name, value);
      if (label) label.addEventListener("click", (event) => { event.preventDefault(); this.root.focus(); });
      this.kind = make("select", { title: "段落样式", attrs: { "aria-label": "段落样式" } }, ...KINDS.map(([, , text], index) => make("option", { value: index, textContent: text })));
      this.toggles = new Map();
      const button = (text, title, act, toggle) => {
        const node = make("button", { type: "button", textContent: text, title, attrs: { "aria-label": title } });
        if (toggle) { node.setAttribute("aria-pressed", "false"); this.toggles.set(toggle, node); }
        node.addEventListener("mousedown", (event) => event.preventDefault());
        node.addEventListener("click", () => { this.restore(); act(); this.changed(); });
        return node;
      };
      const gap = () => make("span", { className: "gap", attrs: { "aria-hidden": "true" } });
      const run = (name) => () => document.execCommand(name);
      this.tools = make("div", { className: "body-tools", attrs: { role: "toolbar", "aria-label": "正文工具" } },
        this.kind, gap(),
        ...MARKS.map(([name, text, title]) => button(text, title, run(name), name)), gap(),
        ...LISTS.map(([name, text, title]) => button(text, title, run(name), name)), gap(),
        button("链接", "插入或修改链接（Ctrl+K）", () => this.askLink()), button("图片", "插入图片", () => this.askPicture()), button("表格", "插入表格", () => this.askTable()), gap(),
        button("撤销", "撤销（Ctrl+Z）", run("undo")), button("重做", "重做（Ctrl+Y）", run("redo")), button("清除格式", "清除选中文字的格式", () => { document.execCommand("removeFormat"); document.execCommand("unlink"); }));
      this.tableNote = make("span");
      this.tableActs = [["上方加行", () => this.addRow(0)], ["下方加行", () => this.addRow(1)], ["左侧加列", () => this.addColumn(0)], ["右侧加列", () => this.addColumn(1)], ["删除行", () => this.dropRow()], ["删除列", () => this.dropColumn()], ["首行作表头", () => this.toggleHead()]].map(([text, act]) => button(text, text, act));
      this.tableTools = make("div", { className: "body-tools body-table", hidden: true, attrs: { role: "toolbar", "aria-label": "表格工具" } }, this.tableNote, ...this.tableActs, button("删除表格", "删除整个表格", () => this.cell()?.closest("table").remove()));
      this.note = make("span", { attrs: { role: "status" } });
      this.total = make("span");
      this.area.before(make("div", { className: "body-bars" }, this.tools, this.tableTools), this.root, make("p", { className: "body-say" }, this.note, this.total));
      // Links to the field (errors, what is missing) lead to what can be seen.
      [this.root.id, this.area.id] = [this.area.id, `${this.area.id}_source`];
      document.execCommand("defaultParagraphSeparator", false, "p");
      document.execCommand("styleWithCSS", false, false);
    }

    /* --- reading and writing the stored form ------------------------------------------------ */

    dress(html) {
      const parsed = new DOMParser().parseFromString(html, "text/html").body;
      for (const image of parsed.querySelectorAll("img")) {
        const match = /^blob:([0-9a-f]{64})$/.exec(image.getAttribute("src") || "");
        if (!match) { image.remove(); continue; }
        image.dataset.sha = match[1];
        image.src = `${this.pictures}${match[1].slice(0, 16)}/`;
      }
      return parsed;
    }

    load(html) {
      this.root.replaceChildren(...this.dress(html).childNodes);
      if (!this.root.firstChild) this.root.append(make("p", {}, make("br")));
    }

    html() {
      // In a document of its own, so that no picture is fetched from its stored name.
      const inert = document.implementation.createHTMLDocument("");
      const copy = inert.importNode(this.root, true);
      for (const image of copy.querySelectorAll("img")) {
        if (!image.dataset.sha) { image.remove(); continue; }
        const plain = inert.createElement("img");
        plain.setAttribute("src", `blob:${image.dataset.sha}`);
        plain.setAttribute("alt", image.alt);
        image.replaceWith(plain);
      }
      return copy.textContent.trim() || copy.querySelector("img,table") ? copy.innerHTML : "";
    }

    /* The text area keeps the stored text letter by letter until something is changed. */
    sync() { if (this.dirty) this.area.value = this.html(); }

    changed() {
      this.dirty = true;
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
      this.count();
      this.show();
    }

    count() { this.total.textContent = `${this.root.innerText.replace(/\s/g, "").length} 字`; }

    say(text, warn = false) { this.note.textContent = text; this.note.classList.toggle("is-warn", warn); }

    /* --- selection -------------------------------------------------------------------------- */

    remember() {
      const selection = getSelection();
      if (selection.rangeCount && this.root.contains(selection.anchorNode)) this.saved = selection.getRangeAt(0).cloneRange();
    }

    restore() {
      this.root.focus();
      if (!this.saved) return;
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(this.saved);
    }

    at(selector) {
      const node = this.saved?.startContainer;
      const found = (node?.nodeType === 1 ? node : node?.parentElement)?.closest(selector);
      return found && this.root.contains(found) && found !== this.root ? found : null;
    }

    cell() { return this.at("td,th"); }

    blocks() {
      const range = this.saved;
      if (!range) return [];
      const all = [...this.root.querySelectorAll("p,h2,h3,h4,div")].filter((node) => range.intersectsNode(node) && !node.closest("table") && !node.closest("li"));
      return all.filter((node) => !all.some((other) => other !== node && node.contains(other)));
    }

    show() {
      this.remember();
      const block = this.at("p,h2,h3,h4");
      const index = block ? KINDS.findIndex(([tag, name]) => tag === block.localName && name === block.className) : 0;
      this.kind.value = String(Math.max(index, 0));
      for (const [name, node] of this.toggles) node.setAttribute("aria-pressed", String(document.queryCommandState(name)));
      const cell = this.cell();
      this.kind.disabled = Boolean(cell);
      this.tableTools.hidden = !cell;
      if (!cell) return;
      const merged = Boolean(cell.closest("table").querySelector("[colspan],[rowspan]"));
      this.tableNote.textContent = merged ? "表格有合并单元格：文字可以直接改，行列请在 Word 中改好后重新读入" : "表格";
      for (const node of this.tableActs) node.hidden = merged;
    }

    setKind(index) {
      const [tag, name] = KINDS[index];
      this.restore();
      if (!this.blocks().length) document.execCommand("formatBlock", false, tag);
      this.remember();
      let last = null;
      for (const block of this.blocks()) {
        const changed = make(tag, { className: name }, ...block.childNodes);
        if (!name) changed.removeAttribute("class");
        block.replaceWith(changed);
        last = changed;
      }
      if (last) { getSelection().selectAllChildren(last); getSelection().collapseToEnd(); }
      this.changed();
    }

    insert(html) { this.restore(); document.execCommand("insertHTML", false, html); this.changed(); }

    /* --- links, pictures, tables ------------------------------------------------------------ */

    askLink() {
      const present = this.at("a");
      const chosen = this.saved ? String(this.saved) : "";
      ask(present ? "修改链接（清空网址即去掉链接）" : "插入链接", [["href", "网址", { value: present?.getAttribute("href") || "https://", inputMode: "url" }], ...(present || chosen ? [] : [["text", "显示的文字", {}]])], ({ href, text }) => {
        if (present && !href) return () => { present.replaceWith(...present.childNodes); this.changed(); };
        if (!WEB.test(href) || href === "https://") return "请填写以 https:// 开头的完整网址。";
        if (present) return () => { present.setAttribute("href", href); this.changed(); };
        if (chosen) return () => { this.restore(); document.execCommand("createLink", false, href); this.changed(); };
        return () => this.insert(make("a", { attrs: { href }, textContent: text || href }).outerHTML);
      });
    }

    askPicture(file = null) {
      const fields = [["alt", "图片说明（读屏软件会念出来，例如“2022年三季度收支柱状图”）", { maxLength: 200 }]];
      if (!file) fields.unshift(["file", "图片（PNG、JPG 或 GIF，不超过 10 MB）", { type: "file", accept: "image/png,image/jpeg,image/gif" }]);
      ask("插入图片", fields, async ({ file: picked, alt }) => {
        const picture = file || picked;
        if (!picture) return "请选择图片。";
        if (!alt) return "请填写图片说明，看不见图片的人靠它了解内容。";
        const body = new FormData();
        body.append("picture", picture, picture.name || "粘贴的图片.png");
        const answer = await this.post(this.pictures, body);
        if (answer.error) return answer.error;
        const image = make("img", { alt, attrs: { "data-sha": answer.sha256, src: `${this.pictures}${answer.sha256.slice(0, 16)}/` } });
        return () => this.insert(`<figure>${image.outerHTML}</figure><p><br></p>`);
      });
    }

    askTable() {
      ask("插入表格", [["rows", "行数（含表头）", { type: "number", value: "3", min: "1", max: "100" }], ["columns", "列数", { type: "number", value: "3", min: "1", max: "20" }]], ({ rows, columns }) => {
        const [r, c] = [Number(rows), Number(columns)];
        if (!(r >= 1 && r <= 100 && c >= 1 && c <= 20)) return "行数 1 到 100，列数 1 到 20。";
        const row = (tag) => `<tr>${`<${tag}><br></${tag}>`.repeat(c)}</tr>`;
        return () => this.insert(`<table><thead>${row("th")}</thead><tbody>${row("td").repeat(Math.max(r - 1, 0))}</tbody></table><p><br></p>`);
      });
    }

    addRow(side) {
      const row = this.cell()?.parentElement;
      if (!row) return;
      const fresh = make("tr", {}, ...[...row.cells].map(() => make("td", {}, make("br"))));
      if (row.parentElement.localName !== "thead") { side ? row.after(fresh) : row.before(fresh); return; }
      const table = row.closest("table");
      const body = table.tBodies[0] || table.appendChild(make("tbody"));
      body.prepend(fresh);
    }

    addColumn(side) {
      const cell = this.cell();
      if (!cell) return;
      const index = cell.cellIndex;
      for (const row of cell.closest("table").rows) {
        const here = row.cells[index];
        const fresh = make(here?.localName || "td", {}, make("br"));
        if (!here) row.append(fresh); else if (side) here.after(fresh); else here.before(fresh);
      }
    }

    dropRow() {
      const row = this.cell()?.parentElement;
      const table = row?.closest("table");
      row?.remove();
      if (table && !table.rows.length) table.remove();
    }

    dropColumn() {
      const cell = this.cell();
      if (!cell) return;
      const [table, index] = [cell.closest("table"), cell.cellIndex];
      for (const row of [...table.rows]) row.cells[index]?.remove();
      if (![...table.rows].some((row) => row.cells.length)) table.remove();
    }

    toggleHead() {
      const table = this.cell()?.closest("table");
      if (!table) return;
      const first = table.rows[0];
      const swap = (tag) => { for (const cell of [...first.cells]) cell.replaceWith(make(tag, {}, ...cell.childNodes)); };
      if (table.tHead) {
        swap("td");
        const body = table.tBodies[0] || table.appendChild(make("tbody"));
        body.prepend(first);
        table.tHead.remove();
      } else { swap("th"); table.prepend(make("thead", {}, first)); if (table.caption) table.prepend(table.caption); }
    }

    /* --- pasting ---------------------------------------------------------------------------- */

    async post(url, body) {
      body.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
      try {
        const response = await fetch(url, { method: "POST", body, credentials: "same-origin", redirect: "error" });
        const answer = await response.json();
        return answer;
      } catch { return { error: "没有连上服务器，或者登录已过期。请在新窗口登录后再试。" }; }
    }

    async paste(event) {
      const data = event.clipboardData;
      const picture = [...data.files].find((file) => file.type.startsWith("image/"));
      const html = data.getData("text/html");
      const text = data.getData("text/plain");
      event.preventDefault();
      this.remember();
      if (this.cell() || (!html && text)) {
        const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
        const escaped = lines.map((line) => make("span", { textContent: line }).innerHTML);
        this.insert(lines.length < 2 ? escaped.join("") : this.cell() ? escaped.join("<br>") : escaped.map((line) => `<p>${line}</p>`).join(""));
      } else if (html) {
        this.say("正在整理粘贴的内容…");
        const body = new FormData();
        body.append("html", html);
        const answer = await this.post(this.form.dataset.clean, body);
        if (answer.error) { this.say(`没有粘贴：${answer.error}`, true); return; }
        const parsed = this.dress(answer.html);
        const only = parsed.children.length === 1 && parsed.firstElementChild.localName === "p" && !parsed.firstElementChild.className;
        // A table or picture at the end would leave the caret inside it.
        if (!only && parsed.lastElementChild?.matches("table,figure")) parsed.append(make("p", {}, make("br")));
        this.insert(only ? parsed.firstElementChild.innerHTML : parsed.innerHTML);
        this.say(answer.warnings.length ? `已粘贴。${answer.warnings.join("")}` : "已粘贴，多余的格式已去掉。", answer.warnings.length > 0);
      } else if (picture) this.askPicture(picture);
    }

    listen() {
      const kind = () => this.setKind(Number(this.kind.value));
      this.kind.addEventListener("change", kind);
      this.root.addEventListener("input", () => this.changed());
      this.root.addEventListener("paste", (event) => this.paste(event));
      this.root.addEventListener("drop", (event) => {
        const file = [...event.dataTransfer.files].find((entry) => entry.type.startsWith("image/"));
        if (event.dataTransfer.files.length) { event.preventDefault(); this.remember(); if (file) this.askPicture(file); }
      });
      this.root.addEventListener("keydown", (event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); this.remember(); this.askLink(); }
        if (event.key === "Tab" && this.cell()) this.nextCell(event);
      });
      document.addEventListener("selectionchange", () => { if (this.root.contains(getSelection().anchorNode)) this.show(); });
      this.form.addEventListener("submit", () => this.sync());
      this.form.addEventListener("formdata", (event) => { this.sync(); event.formData.set(this.area.name, this.area.value); });
      for (const bar of [this.tools, this.tableTools]) bar.addEventListener("keydown", (event) => this.roam(event, bar));
    }

    /* Tab goes to the next cell; at the last one it leaves the table as it leaves any field. */
    nextCell(event) {
      const cells = [...this.cell().closest("table").querySelectorAll("td,th")];
      const next = cells[cells.indexOf(this.cell()) + (event.shiftKey ? -1 : 1)];
      if (!next) return;
      event.preventDefault();
      getSelection().selectAllChildren(next);
    }

    roam(event, bar) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step || event.target.localName === "select") return;
      const items = [...bar.querySelectorAll("button,select")].filter((node) => !node.disabled && !node.hidden);
      items[(items.indexOf(event.target) + step + items.length) % items.length]?.focus();
      event.preventDefault();
    }
  }

  addEventListener("DOMContentLoaded", () => {
    for (const area of document.querySelectorAll("textarea[data-body]")) area.editor = new BodyEditor(area);
  });
})();
