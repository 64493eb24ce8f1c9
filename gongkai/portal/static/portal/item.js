// One item's page: printing, sharing, and which part is being read. Nothing here is needed to read it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-share]")) {
  const url = button.dataset.share;
  const words = button.querySelector("span");
  if (!navigator.share && !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) await navigator.share({ title: document.title, url });
      else {
        await navigator.clipboard.writeText(url);
        words.textContent = "地址已复制";
      }
    } catch {
      // The reader closed the dialog, or the browser refused: the address is in the address bar.
    }
  });
}

const links = [...document.querySelectorAll(".toc a[href^='#']")];
const parts = links.map((link) => document.getElementById(link.hash.slice(1))).filter(Boolean);
if (parts.length && "IntersectionObserver" in window) {
  const mark = () => {
    const line = window.innerHeight / 3;
    const passed = parts.filter((part) => part.getBoundingClientRect().top < line);
    const current = passed.at(-1) || parts[0];
    for (const link of links) {
      if (link.hash === `#${current.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const watch = new IntersectionObserver(mark, { threshold: [0, 1], rootMargin: "0px 0px -60% 0px" });
  parts.forEach((part) => watch.observe(part));
  mark();
}
