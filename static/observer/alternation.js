// Two images in one place, by turns: how many frames of the screen each of them stands there, and what came of it.
//
// The file of a stimulus holds both, one below the other, behind a window of the size of one; the style sheet moves the
// one there that the stage's `data-turn` names.
// All places change in one frame and by one change of the page, whichever of them holds two images that differ.

import { nextFrame } from "./paint_clock.js";

const MEASURED_FRAMES = 30;
// Of this many frames' times the median is taken; the oldest go. Late ones are among them: where the screen's rate has
// fallen, as on another screen, every frame is late until they are the more.
const KEPT_FRAMES = 240;
// What took longer was no frame: the page was hidden.
const PAUSE_MS = 250;
// A frame that took longer than so many of the usual ones came late: at least one was missed.
const LATE = 1.5;
// A time that is a whole number of frames but for the clock's coarseness.
const ROUNDING = 0.05;

export class Alternation {
  // `hz`: cycles in a second, at most: both images once.
  constructor(element, hz) {
    this.element = element;
    this.hz = hz;
    this.intervals = [];
    this.isStopped = false;
    this.reset();
  }

  reset() {
    this.frames = this.late = 0;
    this.wasStopped = this.isStopped;
    this.element.dataset.turn = "0";
  }

  // Measure how long a frame takes, unless it is known.
  async measure() {
    let last = await nextFrame();
    while (this.intervals.length < MEASURED_FRAMES) {
      const now = await nextFrame();
      this.intervals.push(now - last);
      last = now;
    }
  }

  get period() {
    const sorted = [...this.intervals].sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)];
  }

  // How many frames each image stands there: never fewer than the rate allows, so that there are never more flashes.
  get framesOfEach() {
    return Math.max(1, Math.ceil(500 / this.hz / this.period - ROUNDING));
  }

  // Alternate from now on, beginning with the first image, until the signal is aborted.
  async run(signal) {
    this.reset();
    this.isOver = false;
    const [from, turn] = [await nextFrame(), this.framesOfEach * this.period];
    let last = from;
    for (;;) {
      const now = await nextFrame();
      if (signal.aborted || this.isOver) return;
      this.count(now - last);
      last = now;
      // By the clock, to the nearest frame: after a late one the next change comes when it would have come anyway.
      const at = Math.floor((now - from + this.period / 2) / turn);
      const shown = this.isStopped ? "0" : String(at % 2);
      if (this.element.dataset.turn !== shown) this.element.dataset.turn = shown;
    }
  }

  // The images are gone; what was counted stays.
  end() {
    this.isOver = true;
  }

  count(interval) {
    this.frames += 1;
    if (interval > LATE * this.period) this.late += 1;
    if (interval < PAUSE_MS && this.intervals.push(interval) > KEPT_FRAMES) this.intervals.shift();
  }

  // Show nothing but grey in all places until `isStopped` is false again.
  stop(isStopped) {
    this.isStopped = isStopped;
    this.wasStopped ||= isStopped;
  }

  // What is told with an answer.
  told() {
    const hz = 1000 / this.period;
    return {
      refresh_hz: hz.toFixed(2),
      flicker_hz: (hz / this.framesOfEach / 2).toFixed(3),
      frames: this.frames,
      late_frames: this.late,
      stopped: this.wasStopped ? 1 : 0,
    };
  }
}
