// The sentences that the scripts say, in the language of the page: the template holds them, translated.

const held = document.getElementById("words");

// Return the sentence; `{name}` in it is replaced by the value of that name.
export function words(name, values = {}) {
  const found = held.querySelector(`[data-word="${name}"]`).textContent;
  return found.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
