// The questions of a trial, one after the other: each is one key or one click. Without JavaScript the form asks them
// all at once, with radio buttons where there is more than one; here these become buttons like those of a single one.

import { listen } from "./keyboard.js";
import { PlaceMarker } from "./place_marker.js";

// An image that has been there for less time than this cannot have been judged: the press was meant for the last one.
export const EARLIEST_MS = 150;
const DOUBLE_CLICK_MS = 500;
// How far (CSS pixels) a finger or a hand moves between the two presses of a double click.
const SAME_PLACE = 12;

export class AnswerForm {
  // `since` returns for how long (ms) the images had been shown at a time, or null while no answer is taken.
  // `onAnswer(fields)` is called with all the answers, the time of the first (rt_ms), and how many presses came too
  // early to count (early).
  // `stage` is the element that holds the image, in which a place may be asked for.
  constructor(form, { since, onAnswer, stage }) {
    this.form = form;
    this.since = since;
    this.onAnswer = onAnswer;
    this.asks = [...form.querySelectorAll(".ask")];
    const place = form.querySelector(".mark-place");
    this.marker = place && new PlaceMarker(place, stage);
    for (const label of form.querySelectorAll(".ask label")) label.replaceWith(buttonOf(label));
    for (const part of form.querySelectorAll(".without-script")) part.remove();
    form.addEventListener("submit", (event) => event.preventDefault());
    // A key that is held down presses the button that has the focus again and again: that would answer the next trials.
    form.addEventListener("keydown", (event) => {
      if (event.repeat && ["Enter", " "].includes(event.key)) event.preventDefault();
    });
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[value]");
      if (button) this.choose(button, event);
    });
    listen(() => this.buttons(), (button, event) => this.choose(button, event));
    this.reset();
  }

  // Begin anew with the first question, for the next trial.
  reset() {
    this.answers = {};
    this.rtMs = null;
    this.early = 0;
    this.askedAt = -Infinity; // the first question comes with the images, and `since` tells for how long they are there
    this.ask(0);
  }

  buttons() {
    return [...this.asks[this.current].querySelectorAll("button[value]")];
  }

  choose(button, event) {
    const since = this.since(event.timeStamp);
    if (since === null || since < EARLIEST_MS || this.isMeantForTheLast(event, since)) {
      this.early += 1;
      return;
    }
    this.pressed = event;
    this.rtMs ??= Math.round(since);
    Object.assign(this.answers, button.place ?? { [button.name]: button.value });
    if (this.current + 1 < this.asks.length) {
      this.askedAt = event.timeStamp;
      this.ask(this.current + 1);
      return;
    }
    const fields = { ...this.answers, rt_ms: this.rtMs, early: this.early };
    this.reset();
    this.onAnswer(fields);
  }

  // Whether a click is the second one of a double click, of which the first answered the question before. A key is not:
  // one that is held down is told by `repeat`, and whoever knows the keys presses 1 and 1 as fast as anybody can.
  isMeantForTheLast(event, since) {
    if (event.detail === 0) return false; // a key, or Enter on the button that has the focus
    const askedFor = Math.min(since, event.timeStamp - this.askedAt);
    return askedFor < DOUBLE_CLICK_MS && (event.detail > 1 || this.isTappedAgain(event));
  }

  // Two taps on a touch screen are two clicks of one press each: they are told by their time and place.
  isTappedAgain(event) {
    const last = this.pressed;
    return last?.detail > 0 && event.timeStamp - last.timeStamp < DOUBLE_CLICK_MS &&
      Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY) <= SAME_PLACE;
  }

  ask(index) {
    const hadFocus = this.form.contains(document.activeElement);
    this.current = index;
    this.asks.forEach((ask, at) => ask.classList.toggle("not-asked", at !== index));
    this.marker?.toggle(this.asks[index].matches(".mark-place"));
    // Whoever goes by the Tab key stays in the form.
    if (hadFocus && !this.asks[index].contains(document.activeElement) && !this.asks[index].matches(".mark-place")) this.asks[index].focus();
  }
}

function buttonOf(label) {
  const radio = label.querySelector("input");
  const button = document.createElement("button");
  button.type = "submit";
  button.name = radio.name;
  button.value = radio.value;
  const shortcuts = radio.getAttribute("aria-keyshortcuts");
  if (shortcuts) button.setAttribute("aria-keyshortcuts", shortcuts);
  radio.remove();
  button.append(...label.childNodes);
  return button;
}
