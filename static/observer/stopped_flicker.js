// Whether the observer has stopped the flicker: kept for this tab, so that no later page flickers until they let it.

const STOPPED = "flicker-is-stopped";
let isStopped = read() === "yes";

export function isFlickerStopped() {
  return isStopped;
}

export function keepStopped(stopped) {
  isStopped = stopped;
  try {
    sessionStorage.setItem(STOPPED, stopped ? "yes" : "no");
  } catch {
    // Storage is off: it holds for this page.
  }
}

// Call what stops the flicker when the Escape key is pressed, whether or not the shortcuts are on.
export function onEscape(stop) {
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") stop(); });
}

function read() {
  try {
    return sessionStorage.getItem(STOPPED);
  } catch {
    return null;
  }
}
