// Watches long work that a page waits for: asks for the page, and puts what it says of the work in the place of what was.
// Once the work has ended the page is loaded again.

import { askAgain, fetchDocument } from "./asking.js";

const work = document.querySelector("[data-work]");

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

askAgain(async () => {
  const other = (await fetchDocument(location.href)).querySelector("[data-work]");
  if (other) show(other);
  else location.reload();
  return other !== null;
});
