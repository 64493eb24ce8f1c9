/* Shows the panels of the writing form that matter for what was chosen. Without it all of them
 * stand on the page, each saying when to fill it in. A panel with an error is never hidden. */
(() => {
  "use strict";

  addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-write]")) {
      const panels = [...form.querySelectorAll("[data-when]")];
      const value = (control) => (control.type === "checkbox" ? (control.checked ? "True" : "False") : control.value);
      const show = () => {
        for (const panel of panels) {
          const control = form.elements[panel.dataset.when];
          if (!control) continue;
          const fits = panel.dataset.values.split(" ").includes(value(control));
          panel.hidden = !fits && !panel.querySelector(".is-wrong");
          const note = panel.querySelector("[data-note]");
          if (note) note.hidden = fits;
        }
      };
      form.addEventListener("change", show);
      show();
      // The list of what is missing may point into a panel that is hidden.
      addEventListener("hashchange", () => {
        const target = location.hash && document.getElementById(location.hash.slice(1));
        const panel = target && target.closest("[data-when]");
        if (panel) { panel.hidden = false; target.scrollIntoView(); }
      });
    }
  });
})();
