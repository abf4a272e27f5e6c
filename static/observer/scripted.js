// Runs before the page is laid out. With the class, the style sheet keeps images hidden until the trial's script shows
// them: nothing flashes up before its time. Where that script cannot run or cannot be loaded, the page must work
// without it, and the class goes again.

"use strict";

(() => {
  const root = document.documentElement;
  if (!("noModule" in HTMLScriptElement.prototype)) return;
  root.classList.add("scripted");
  window.addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement) root.classList.remove("scripted");
  }, true);
})();
