// The document follows the point one is looking at. Without this the links between the two do.
const pane = document.querySelector(".source");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let current = "";
let settled = false;

function show(number) {
  if (!pane || number === current) return;
  current = number;
  for (const old of document.querySelectorAll(".point.on, mark.on")) old.classList.remove("on");
  document.querySelector(`.point[data-no="${number}"]`)?.classList.add("on");
  const mark = document.getElementById(`s${number}`);
  if (!mark) return;
  mark.classList.add("on");
  const place = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTo({
    top: pane.scrollTop + place - pane.clientHeight / 4,
    behavior: calm.matches || !settled ? "auto" : "smooth",
  });
}

function reveal() {
  const goal = document.getElementById(location.hash.slice(1));
  const point = goal?.closest(".point");
  if (!point) return;
  if (point.tagName === "DETAILS") point.open = true;
  point.scrollIntoView();
  show(point.dataset.no);
}

for (const event of ["focusin", "click"]) {
  document.addEventListener(event, (happened) => {
    const point = happened.target.closest?.(".point");
    if (point) show(point.dataset.no);
  });
}
document.addEventListener("mouseover", (event) => {
  const point = event.target.closest?.(".point.asks, .point[open], .point > summary");
  if (point) show(point.closest(".point").dataset.no);
});
window.addEventListener("hashchange", reveal);
reveal();
if (!current) show(document.querySelector(".point")?.dataset.no ?? "");
settled = true;
