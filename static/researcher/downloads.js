// Downloads that are still being made become links as they are stored: asks for the menu while the page is looked at, and
// puts in what has changed, so that the menu stays open and the focus where it is.

"use strict";

(() => {
  const FIRST_WAIT = 2000;
  const LONGEST_WAIT = 60000;

  const menu = document.querySelector("[data-awaits]");
  let wait = FIRST_WAIT;
  let timer = null;

  async function ask() {
    timer = null;
    if (document.hidden) return;
    try {
      const reply = await fetch(menu.dataset.awaits);
      if (reply.status === 204) return;
      if (!reply.ok) throw new Error(reply.status);
      const other = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("details");
      show(other);
      if (!other.dataset.awaits) return;
    } catch {
      // The server is away for a moment, or asks to sign in again: the next answer may be another.
    }
    wait = Math.min(1.5 * wait, LONGEST_WAIT);
    later();
  }

  function show(other) {
    const now = other.querySelectorAll("li");
    menu.querySelectorAll("li").forEach((item, at) => {
      if (!item.querySelector("a") && now[at].querySelector("a")) item.replaceWith(now[at]);
    });
  }

  function later() {
    timer ??= setTimeout(ask, wait);
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) later(); });
  later();
})();
