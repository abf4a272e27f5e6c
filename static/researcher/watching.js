// Watches a study: asks every few seconds how it stands, while the page is looked at, and puts what has changed in the
// place of what was. The focus and the scrolling stay where they are; a screen reader is told a sentence, now and then.

"use strict";

(() => {
  const EVERY = 8000;
  const LONGEST_WAIT = 60000;
  // A crowd finishes every few seconds: nobody can listen to all of it.
  const SAID_EVERY = 60000;

  const live = document.getElementById("live");
  const at = document.getElementById("live-at");
  const lost = document.getElementById("live-lost");
  const said = document.getElementById("live-said");
  const pause = document.getElementById("live-pause");
  let timer = null;
  let asking = false;
  let paused = false;
  let wait = EVERY;
  let lastSaid = Date.now();
  let upToDate = live.querySelector("[data-summary]").textContent;

  // What somebody may have the focus on, found again in what takes its place.
  function held(part) {
    const active = document.activeElement;
    if (!part.contains(active)) return null;
    if (active.getAttribute("href")) return `a[href="${CSS.escape(active.getAttribute("href"))}"]`;
    return active.getAttribute("aria-labelledby") ? `[aria-labelledby="${active.getAttribute("aria-labelledby")}"][tabindex]` : null;
  }

  function replace(part, other) {
    if (part.innerHTML === other.innerHTML) return;
    const focus = held(part);
    const scrolled = [...part.querySelectorAll(".table-responsive")].map((table) => table.scrollLeft);
    part.replaceChildren(...other.childNodes);
    part.querySelectorAll(".table-responsive").forEach((table, place) => { table.scrollLeft = scrolled[place] ?? 0; });
    if (focus) part.querySelector(focus)?.focus({ preventScroll: true });
  }

  function say(summary) {
    if (summary === upToDate || Date.now() - lastSaid < SAID_EVERY) return;
    said.textContent = summary;
    upToDate = summary;
    lastSaid = Date.now();
  }

  function show(text) {
    const now = new DOMParser().parseFromString(text, "text/html");
    for (const part of live.querySelectorAll("[data-live]")) {
      const other = now.querySelector(`[data-live="${part.dataset.live}"]`);
      if (other) replace(part, other);
    }
    at.textContent = now.getElementById("live-at").textContent;
    at.dataset.time = now.getElementById("live-at").dataset.time;
    say(live.querySelector("[data-summary]").textContent);
    lost.hidden = true;
    wait = EVERY;
  }

  function tell(sentence) {
    const text = live.dataset[sentence].replace("{at}", at.dataset.time);
    if (lost.hidden || lost.textContent !== text) lost.textContent = text;
    lost.hidden = false;
  }

  async function ask() {
    timer = null;
    asking = true;
    let goesOn = true;
    try {
      const answer = await fetch(live.dataset.now + window.location.search, { redirect: "manual" });
      if (answer.ok) {
        show(await answer.text());
      } else if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) {
        goesOn = false;
        tell("gone");
      } else {
        throw new Error(answer.status);
      }
    } catch {
      wait = Math.min(2 * wait, LONGEST_WAIT);
      tell("lost");
    }
    asking = false;
    if (goesOn) plan();
  }

  function plan() {
    if (timer === null && !asking && !paused && !document.hidden) timer = setTimeout(ask, wait);
  }

  function stop() {
    clearTimeout(timer);
    timer = null;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stop();
    } else if (timer === null && !asking && !paused) {
      ask();
    }
  });
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", paused);
    if (paused) stop(); else if (!asking) ask();
  });
  plan();
})();
