// Runs before the first paint: puts the reader's own settings back, so that nothing flickers.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const saved = JSON.parse(localStorage.getItem("gongkai-reading") || "{}");
    for (const name of ["size", "zoom", "theme", "spacing", "cursor", "caption"]) {
      if (/^[a-z0-9]{2,8}$/.test(saved[name] || "")) root.setAttribute(`data-${name}`, saved[name]);
    }
  } catch {
    // Storage is closed or holds something else: the page shows its own defaults.
  }
})();
