// When something is on the screen, as well as a page can know: times in ms, on the clock of performance.now().
//
// What is changed before or in an animation frame is painted at that frame's end, and stands on the screen when the
// next frame begins. Of an image, some browsers say later when its frame was presented (Element Timing): that is the
// better mark, since the next frame begins when the page is free for it.

export function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

// Resolve, with the time, once what was just changed is on the screen.
export async function painted() {
  await nextFrame();
  return nextFrame();
}

const awaited = new WeakMap(); // what to call with the time of an image's first presentation

if (window.PerformanceObserver?.supportedEntryTypes?.includes("element")) {
  new PerformanceObserver((list) => {
    for (const { element, renderTime } of list.getEntries()) {
      if (element === null || renderTime === 0) continue;
      awaited.get(element)?.(renderTime);
      awaited.delete(element);
    }
  }).observe({ type: "element" });
}

// Let the browser tell when an image, which has not been painted yet, is presented for the first time.
export function mark(image) {
  image.elementTiming = "stimulus";
}

// Resolve, with the time, once marked images have all been presented; never where the browser does not tell.
export async function presented(images) {
  return Math.max(...await Promise.all(images.map((image) => new Promise((tell) => { awaited.set(image, tell); }))));
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
