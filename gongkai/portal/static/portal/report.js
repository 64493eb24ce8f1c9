// Words that a reader has selected go along to the form for reporting an error. The link works without this.
const LIMIT = 200;
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href*='/f/zhaocuo/']");
  const words = String(window.getSelection() ?? "").replace(/\s+/g, " ").trim();
  if (!link || !words) return;
  const address = new URL(link.href);
  address.searchParams.set("text", words.slice(0, LIMIT));
  link.href = address.href;
});
