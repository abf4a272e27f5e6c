// What follows from the form of a step while it is typed: the server reckons, so that there is one formula.

const WAIT_MS = 300;

const place = document.getElementById("estimate");
const form = document.getElementById("step-form");
let waiting = 0;
let asking = null;

async function ask() {
  asking?.abort();
  asking = new AbortController();
  try {
    const response = await fetch(place.dataset.url, {
      method: "POST",
      body: new FormData(form),
      signal: asking.signal,
    });
    if (response.ok) place.innerHTML = await response.text();
  } catch (error) {
    // Out of reach, or overtaken by the next key: what stands there stays.
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
  }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, WAIT_MS);
});
