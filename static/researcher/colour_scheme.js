// Follow the device: light or dark. Paper is light. Loaded before the page is painted, so that nothing flashes.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");

function wear(theme) {
  document.documentElement.dataset.bsTheme = theme;
}

function follow() {
  wear(dark.matches ? "dark" : "light");
}

follow();
dark.addEventListener("change", follow);
addEventListener("beforeprint", () => wear("light"));
addEventListener("afterprint", follow);
