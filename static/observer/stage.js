// The stage of a trial: nothing, the fixation cross, the images, or the mask. It knows when the images were painted,
// for how long, and how.

import { Alternation } from "./alternation.js";
import { EARLIEST_MS } from "./answer_form.js";
import { areWhole, fit, pinch, seenIn } from "./exact_image.js";
import { nextFrame, painted, pageVisible, presented, showFor } from "./paint_clock.js";

export class Stage {
  // `settings`: scale; refuses (whether images that do not fit are not shown); displayMs, fixationMs (0 = none);
  // flickerHz (cycles per second of images that alternate; 0 = they stand still).
  // `onFit` is called with true or false when the images begin or cease to fit where the study refuses those that don't.
  constructor(element, settings, { onFit }) {
    this.element = element;
    this.settings = settings;
    this.onFit = onFit;
    this.images = [...element.querySelectorAll("img")];
    this.isFit = true;
    this.isPlaced = false; // whether these images, or others of their size, have been fitted to the screen
    this.shownAt = null; // when the images were on the screen; null while they are not there to be judged
    this.seenAt = null; // the same of a timed image, by the frames that also end its time
    this.shownMs = null; // for how long a timed image was there
    this.showing = new AbortController();
    this.alternation = settings.flickerHz > 0 ? new Alternation(element, settings.flickerHz) : null;
    window.addEventListener("blur", () => { this.focusLosses += 1; });
    window.addEventListener("resize", () => { this.resizes += 1; this.refit(); });
    window.visualViewport?.addEventListener("resize", () => this.refit());
    // A line more or less on the page moves the images as well.
    new ResizeObserver(() => this.refit()).observe(element);
    this.count();
  }

  // Take no answer any more to the images that are there.
  close() {
    this.showing.abort();
    this.shownAt = null;
  }

  // Show nothing for `ms`.
  async blank(ms = 0) {
    this.close();
    this.element.dataset.shows = "nothing";
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  // Show decoded images instead of those that are there; resolve once they are on the screen and may be judged.
  async show(images = this.images) {
    this.close();
    const showing = this.showing = new AbortController();
    this.replace(images);
    if (document.hidden) await pageVisible();
    await this.alternation?.measure();
    if (this.settings.fixationMs > 0) await this.fixate();
    if (!this.isPlaced) this.place();
    if (!this.isFit) await new Promise((resolve) => { this.resume = resolve; });
    if (showing.signal.aborted) return;
    this.count();
    const presentation = presented(images);
    this.element.dataset.shows = "images";
    this.alternation?.run(showing.signal);
    if (this.settings.displayMs > 0) await this.showTimed(showing.signal);
    else this.shownAt = await painted();
    // The browser says it better, a frame or two later. Once answers count, it stays as it is.
    presentation.then((time) => {
      if (!showing.signal.aborted && performance.now() - this.shownAt < EARLIEST_MS) this.shownAt = time;
    });
  }

  // What is told with an answer given at `now`.
  display(now) {
    const box = seenIn(this.images[0]).getBoundingClientRect();
    const told = {
      pixel_ratio: window.devicePixelRatio,
      window_width: window.innerWidth,
      window_height: window.innerHeight,
      shown_width: box.width,
      shown_height: box.height,
      visible: areWhole(this.images) ? 1 : 0,
      pinch: pinch(),
      focus_losses: this.focusLosses,
      resizes: this.resizes,
    };
    if (this.settings.displayMs > 0) told.shown_ms = Math.round(this.shownMs ?? now - this.seenAt);
    if (this.alternation) Object.assign(told, this.alternation.told());
    return told;
  }

  count() {
    this.focusLosses = this.resizes = 0;
    this.shownMs = null;
  }

  replace(images) {
    images.forEach((image, index) => {
      const old = this.images[index];
      if (image === old) return;
      image.id = old.id;
      image.alt = old.alt;
      // One of the same size stands where the last one stood, and nothing has to be measured before it is painted.
      image.style.cssText = old.style.cssText;
      if (image.naturalWidth !== old.naturalWidth || image.naturalHeight !== old.naturalHeight) this.isPlaced = false;
      old.replaceWith(image);
    });
    this.images = images;
  }

  async fixate() {
    this.element.dataset.shows = "fixation";
    const from = await painted();
    let now = from;
    while (now - from < this.settings.fixationMs) now = await nextFrame();
  }

  // Resolve when the image is on the screen; it goes by itself.
  showTimed(signal) {
    return new Promise((resolve) => {
      showFor(this.settings.displayMs, {
        signal,
        hide: () => { this.element.dataset.shows = "mask"; },
        seen: (now) => { this.shownAt = this.seenAt = now; resolve(); },
        gone: (now) => { this.shownMs = now - this.seenAt; this.alternation?.end(); },
      });
    });
  }

  place() {
    fit(this.images, this.settings.scale);
    this.judgeFit();
    this.isPlaced = true;
  }

  refit() {
    if (this.images.some((image) => image.naturalWidth === 0)) return;
    const before = this.isFit;
    this.place();
    if (before || !this.isFit) return;
    if (this.resume) {
      this.resume();
      this.resume = null;
    } else if (this.shownAt !== null && this.settings.displayMs === 0) {
      // It was out of sight: the time begins again.
      painted().then((now) => { this.shownAt = now; });
    }
  }

  judgeFit() {
    const before = this.isFit;
    this.isFit = !this.settings.refuses || areWhole(this.images);
    this.element.classList.toggle("unfit", !this.isFit);
    if (before !== this.isFit) this.onFit(this.isFit);
  }
}
