// Shortcuts: a key chooses the button that names it in `aria-keyshortcuts`. The observer can switch them off (a person who
// speaks to the computer, or whose hand trembles, would answer by accident), and the browser remembers it.

const OFF = "shortcuts-off";
const TYPING = "input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]";

let areOn = read() !== "yes";

// Call `choose(button, event)` when the key of a button is pressed. `buttons` returns those that can be chosen now.
export function listen(buttons, choose) {
  document.addEventListener("keydown", (event) => {
    if (!areOn || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.activeElement?.matches(TYPING)) return;
    const key = event.key.toLowerCase();
    const chosen = buttons().find((button) => shortcutsOf(button).includes(key));
    if (!chosen) return;
    event.preventDefault();
    choose(chosen, event);
  });
}

function shortcutsOf(button) {
  return (button.getAttribute("aria-keyshortcuts") ?? "").toLowerCase().split(" ");
}

// Let a button switch the shortcuts on and off; the style sheet shows which of its words holds.
export function switchBy(button) {
  const say = () => {
    document.documentElement.classList.toggle("without-shortcuts", !areOn);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    areOn = !areOn;
    try {
      localStorage.setItem(OFF, areOn ? "no" : "yes");
    } catch {
      // Storage is off: it holds for this page.
    }
    say();
  });
  say();
}

function read() {
  try {
    return localStorage.getItem(OFF);
  } catch {
    return null;
  }
}
