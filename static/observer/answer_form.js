// The questions of a trial, one after the other: each is one key or one click. Without JavaScript the form asks them
// all at once, with radio buttons where there is more than one; here these become buttons like those of a single one.

import { listen } from "./keyboard.js";

// An image that has been there for less time than this cannot have been judged: the press was meant for the last one.
export const EARLIEST_MS = 150;
const DOUBLE_CLICK_MS = 500;

export class AnswerForm {
  // `since` returns for how long (ms) the images had been shown at a time, or null while no answer is taken.
  // `onAnswer(fields)` is called with all the answers, the time of the first (rt_ms), and how many presses came too
  // early to count (early).
  constructor(form, { since, onAnswer }) {
    this.form = form;
    this.since = since;
    this.onAnswer = onAnswer;
    this.asks = [...form.querySelectorAll(".ask")];
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
    this.ask(0);
  }

  buttons() {
    return [...this.asks[this.current].querySelectorAll("button[value]")];
  }

  choose(button, event) {
    const since = this.since(event.timeStamp);
    if (since === null || since < EARLIEST_MS || (event.detail > 1 && since < DOUBLE_CLICK_MS)) {
      this.early += 1;
      return;
    }
    this.rtMs ??= Math.round(since);
    this.answers[button.name] = button.value;
    if (this.current + 1 < this.asks.length) {
      this.ask(this.current + 1);
      return;
    }
    const fields = { ...this.answers, rt_ms: this.rtMs, early: this.early };
    this.reset();
    this.onAnswer(fields);
  }

  ask(index) {
    const hadFocus = this.form.contains(document.activeElement);
    this.current = index;
    this.asks.forEach((ask, at) => ask.classList.toggle("not-asked", at !== index));
    // Whoever goes by the Tab key stays in the form.
    if (hadFocus && !this.asks[index].contains(document.activeElement)) this.asks[index].focus();
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
