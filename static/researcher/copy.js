// Buttons that copy a link. Without JavaScript, or without a clipboard, they stay hidden: the link is there to select.

"use strict";

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    const label = button.firstChild;
    const copy = label.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = button.dataset.copied;
      setTimeout(() => { label.textContent = copy; }, 2000);
    });
  }
}
