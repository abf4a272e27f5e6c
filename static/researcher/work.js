// Watches long work that a page waits for: asks for the page every two seconds while it is looked at, and puts what it
// says of the work in the place of what was. Once the work has ended the page is loaded again.

"use strict";

(() => {
  const EVERY = 2000;
  const LONGEST_WAIT = 60000;

  const work = document.querySelector("[data-work]");
  let wait = EVERY;
  let timer = null;

  async function ask() {
    timer = null;
    if (document.hidden) return;
    try {
      const reply = await fetch(location.href);
      if (!reply.ok) throw new Error(reply.status);
      const other = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-work]");
      if (!other) { location.reload(); return; }
      show(other);
      wait = EVERY;
    } catch {
      wait = Math.min(2 * wait, LONGEST_WAIT);
    }
    later();
  }

  // Only what has changed is replaced: the focus stays on the button, and a screen reader is told new words alone.
  function show(other) {
    const [bar, now] = [work.querySelector("progress"), other.querySelector("progress")];
    for (const name of ["value", "max"]) {
      if (now.hasAttribute(name)) bar.setAttribute(name, now.getAttribute(name));
      else bar.removeAttribute(name);
    }
    const [line, words] = [work.querySelector("[role=status]"), other.querySelector("[role=status]").textContent];
    if (line.textContent !== words) line.textContent = words;
  }

  function later() {
    timer ??= setTimeout(ask, wait);
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  later();
})();
