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
    const chosen = chosenBy(event, buttons());
    if (!chosen) return;
    event.preventDefault();
    choose(chosen, event);
  });
}

// What the key writes counts first. Where no button has it, the key's place does: the digit row writes "&", "é", … on a
// French keyboard, and a Greek or Russian one has no "p".
function chosenBy(event, buttons) {
  const named = (key) => key && buttons.find((button) => shortcutsOf(button).includes(key));
  return named(event.key.toLowerCase()) || named(keyAtPlace(event));
}

function keyAtPlace({ code, key, shiftKey }) {
  const [, digit, letter] = /^(?:(?:Digit|Numpad)(\d)|Key([A-Z]))$/.exec(code) ?? [];
  if (digit) return shiftKey ? null : digit; // Shift writes another sign on most keyboards: it is meant
  return letter && /^\P{ASCII}$/u.test(key) ? letter.toLowerCase() : null;
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
