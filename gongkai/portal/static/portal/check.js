// Takes the SHA-256 of a chosen file on the reader's own device and asks for it; nothing is uploaded.
const box = document.querySelector("[data-check]");
const LARGEST = 512 * 2 ** 20;

// crypto.subtle exists only on https and localhost; elsewhere the page offers the upload form.
if (box && window.crypto?.subtle) {
  const field = box.querySelector("input[type=file]");
  const status = box.querySelector("[data-check-status]");
  box.hidden = false;
  field.addEventListener("change", async () => {
    const file = field.files[0];
    if (!file) return;
    if (file.size > LARGEST) {
      status.textContent = "文件超过 512 MB，浏览器里算不了。请用电脑上的工具算出 SHA-256，再填进来。";
      return;
    }
    status.textContent = `正在计算“${file.name}”……`;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      status.textContent = "算好了，正在核对……";
      location.assign(`${box.dataset.check}?sha256=${hex}`);
    } catch {
      status.textContent = "这个文件读不出来，请换一个，或者用上传核对。";
    }
  });
}
