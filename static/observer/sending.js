// Sending an answer until the server has answered. A repeat is harmless: the server keeps the first.

const PATIENCE = 10_000; // ms for one attempt
const LONGEST_PAUSE = 8_000; // ms between two
const PAUSED = 423; // the status of an answer that came while the study pauses: not stored, to be sent again

// Resolve with the server's reply, however long it takes. `onTrouble` is called after each attempt that failed.
export async function send({ url, body }, onTrouble) {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await attempted(url, body);
    if (reply !== null) return reply;
    onTrouble();
    await pauseBeforeRetry(attempt);
  }
}

// Resolve after a pause that grows with every attempt, or as soon as the browser says that it is online again.
export function pauseBeforeRetry(attempt) {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, Math.min(500 * 2 ** attempt, LONGEST_PAUSE));
    window.addEventListener("online", go);
  });
}

// Return the server's reply; null where there was none, or something else answered in its place.
async function attempted(url, body) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const reply = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json" },
      keepalive: true, // goes on when the page is left
      signal: limit.signal,
    });
    if (reply.status === 404) return { stored: false, gone: true };
    if (!reply.ok && ![409, 422, PAUSED].includes(reply.status)) return null;
    const said = await reply.json();
    return typeof said.stored === "boolean" ? said : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
