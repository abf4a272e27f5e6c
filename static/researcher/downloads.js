// Downloads that are still being made become links as they are stored: what has changed of the menu is put in, so that it
// stays open and the focus where it is.

import { askAgain, fetchDocument } from "./asking.js";

const menu = document.querySelector("[data-awaits]");

askAgain(async () => {
  const reply = await fetchDocument(menu.dataset.awaits);
  if (reply === null) return false; // the report holds no more
  const other = reply.querySelector("details");
  if (other === null) throw new Error("not signed in"); // perhaps in another tab by the next time
  const now = other.querySelectorAll("li");
  menu.querySelectorAll("li").forEach((item, at) => {
    if (!item.querySelector("a") && now[at].querySelector("a")) item.replaceWith(now[at]);
  });
  return Boolean(other.dataset.awaits);
});
