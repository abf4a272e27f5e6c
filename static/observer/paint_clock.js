// When something is on the screen, as well as a page can know: times in ms, on the clock of performance.now().
//
// What is changed before or in an animation frame is painted at that frame's end, and stands on the screen when the
// next frame begins.

export function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

// Resolve, with the time, once what was just changed is on the screen.
export async function painted() {
  await nextFrame();
  return nextFrame();
}

// A hidden page paints nothing; resolve when it is shown.
export function pageVisible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", () => { if (!document.hidden) resolve(); }, { once: true });
  });
}

// Let what was just changed stand on the screen for `ms`, to the nearest frame, then call `hide`. `seen` is called with
// the time at which it was on the screen, `gone` with the time at which it no longer was. A page that is left is hidden
// at once; a signal that is aborted stops everything.
export async function showFor(ms, { hide, seen, gone, signal }) {
  const drawn = await nextFrame();
  let now = await nextFrame();
  if (signal.aborted) return;
  seen(now);
  let left = false;
  const leave = () => {
    if (!document.hidden || left) return;
    left = true;
    hide();
    gone(performance.now());
  };
  document.addEventListener("visibilitychange", leave, { signal });
  const half = Math.min(now - drawn, 50) / 2;
  while (now - drawn < ms - half && !left && !signal.aborted) now = await nextFrame();
  document.removeEventListener("visibilitychange", leave);
  if (left || signal.aborted) return;
  hide();
  gone(await nextFrame());
}
