// The offer to put the elder view on the desktop: shown only where the browser can do it.
const button = document.querySelector("[data-install]");
let offer = null;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event;
  if (button) button.hidden = false;
});

button?.addEventListener("click", async () => {
  if (!offer) return;
  await offer.prompt();
  offer = null;
  button.hidden = true;
});
