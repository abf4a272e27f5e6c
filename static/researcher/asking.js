// Asks the server again and again, while the page is looked at and until there is nothing more to ask for.

const EVERY = 2000;
const LONGEST_WAIT = 60000;

// `ask` returns a promise of whether to go on. Where it is broken the server is away for a moment, and is left alone for
// longer and longer.
export function askAgain(ask) {
  let wait = EVERY;
  let timer = null;
  let isAsking = false;

  async function turn() {
    timer = null;
    isAsking = true;
    let goesOn = true;
    try {
      goesOn = await ask();
      wait = EVERY;
    } catch {
      wait = Math.min(2 * wait, LONGEST_WAIT);
    }
    isAsking = false;
    if (goesOn) later(); else document.removeEventListener("visibilitychange", look);
  }

  function later() {
    if (!document.hidden) timer = setTimeout(turn, wait);
  }

  function look() {
    clearTimeout(timer);
    if (!document.hidden && !isAsking) turn();
  }

  document.addEventListener("visibilitychange", look);
  later();
}

// Return a page, or a part of one, as a document; null where the server has nothing to say.
export async function fetchDocument(address) {
  const reply = await fetch(address);
  if (reply.status === 204) return null;
  if (!reply.ok) throw new Error(reply.status);
  return new DOMParser().parseFromString(await reply.text(), "text/html");
}
