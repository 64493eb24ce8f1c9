"""What is measured inside a page, as scripts. Used by the command and by the browser tests."""

from typing import Final

OPEN_ALL: Final = "document.querySelectorAll('details').forEach((d) => { d.open = true; })"

TOO_WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Shadows, gradients and filters of what can be seen; the ring of the focus is no decoration.
NOT_FLAT: Final = """() => [...document.querySelectorAll('body *')]
  .filter((e) => e.offsetParent && e !== document.activeElement)
  .map((e) => [getComputedStyle(e), e])
  .filter(([s]) => s.boxShadow !== 'none' || s.textShadow !== 'none' || s.perspective !== 'none'
    || /gradient|url/.test(s.backgroundImage) || s.filter !== 'none')
  .map(([, e]) => e.outerHTML.slice(0, 80))"""

# Controls lower than so many pixels; links within a sentence may be (WCAG 2.5.8).
SMALL_TARGETS: Final = """(least) => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter((e) => e.offsetParent && e.type !== 'hidden' && getComputedStyle(e).clipPath === 'none')
  .filter((e) => getComputedStyle(e).display !== 'inline' && !e.closest('.demo'))
  .map((e) => [(e.closest('label') || e).getBoundingClientRect().height, e.outerHTML.slice(0, 90)])
  .filter(([height]) => height && height < least - 0.5)"""

# [smallest size of visible text in px, its words], [smallest line height / size, its words]
TEXT: Final = """() => {
  let size = [1e9, ''], line = [1e9, ''];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), owner = walker.currentNode.parentElement;
    if (!text || !owner.offsetParent || owner.closest('.vh, .demo, svg, script, option, .skip')) continue;
    const style = getComputedStyle(owner), px = parseFloat(style.fontSize);
    if (px < size[0]) size = [px, text.slice(0, 20)];
    const high = parseFloat(style.lineHeight) / px;
    if (owner.getClientRects().length && high < line[0]) line = [high, text.slice(0, 20)];
  }
  return [size, line];
}"""

# Marks every control that Tab should reach; returns how many.
NUMBER: Final = """() => {
  const all = [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, audio[controls], video[controls], [tabindex]')]
    .filter((e) => !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0
      && e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }));
  all.forEach((e, place) => { e.dataset.walk = place; });
  window.__walk = { seen: new Set(), faint: [] };
  document.addEventListener('focusin', ({ target }) => {
    window.__walk.seen.add(target.dataset.walk);
    const ring = (e) => {
      const s = getComputedStyle(e);
      return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
    };
    // A search box shows the ring around itself and its button.
    if (!ring(target) && !(target.closest('.search') && ring(target.closest('.search')))
        && !target.matches('audio, video')) {
      window.__walk.faint.push(target.outerHTML.slice(0, 80));
    }
  });
  return all.length;
}"""

# [controls that were not reached, controls without a visible focus]
WALKED: Final = """() => [
  [...document.querySelectorAll('[data-walk]')].filter((e) => !window.__walk.seen.has(e.dataset.walk))
    .map((e) => e.outerHTML.slice(0, 80)),
  window.__walk.faint]"""

FLOATS: Final = """() => [...document.querySelectorAll('body *')]
  .filter((e) => e.offsetParent !== undefined && ['fixed', 'sticky'].includes(getComputedStyle(e).position)
    && e.getClientRects().length && !e.closest('.side'))
  .map((e) => e.outerHTML.slice(0, 60))"""

# A stand-in for the speech of the device: counts what it is asked to say.
SPEECH: Final = """(() => {
  window.__said = [];
  let timer = 0;
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  const engine = {
    getVoices: () => [{ lang: 'zh-CN', name: 'stand-in' }],
    speak(words) {
      window.__said.push([words.text, words.rate]);
      timer = setTimeout(() => words.onend?.(), window.__speed ?? 60);
    },
    cancel() { clearTimeout(timer); },
    addEventListener() {},
  };
  Object.defineProperty(window, 'speechSynthesis', { value: engine });
})()"""

AXE: Final = """async (rules) => {
  const options = { resultTypes: ["violations", "incomplete"], preload: false };
  if (rules) options.runOnly = rules;
  const found = await axe.run(document, options);
  const short = (list) => list.map((one) => [one.id, one.nodes[0].html.slice(0, 110)]);
  return [short(found.violations), short(found.incomplete)];
}"""
