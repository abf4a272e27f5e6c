// The trial page with JavaScript: keys, the next image at once, time from the paint, saving without a page load.
// Without it the plain form does the same work. The server owns the place in the series, and an answer counts as saved
// when the server has said so: what is shown ahead of its reply is one trial, and only addresses are known of it.

import { AnswerForm, EARLIEST_MS } from "./answer_form.js";
import { decode, fetchAhead, isReady, load } from "./image_loader.js";
import { switchBy } from "./keyboard.js";
import { Outbox, sessionPrefix } from "./outbox.js";
import { pauseBeforeRetry } from "./sending.js";
import { Stage } from "./stage.js";
import { isFlickerStopped, keepStopped, onEscape } from "./stopped_flicker.js";
import { words } from "./words.js";

const main = document.getElementById("trial");
const status = document.getElementById("status");
const pauseMs = Number(main.dataset.pauseMs);
const SEND_AFTER_MS = 40;

let step = JSON.parse(document.getElementById("step").textContent); // the trial on the stage, and the one after it
let isAnswered = false;
let isLeaving = false;

const stage = new Stage(document.getElementById("stage"), {
  scale: Number(main.dataset.scale),
  refuses: main.dataset.displayRule === "refuse",
  displayMs: Number(main.dataset.displayMs),
  fixationMs: Number(main.dataset.fixationMs),
  flickerHz: Number(main.dataset.flickerHz ?? 0),
}, { onFit: (fits) => (fits ? say("") : say(words("unfit"), { isProblem: true })) });

const form = new AnswerForm(document.getElementById("trial-form"), {
  since: (now) => (isAnswered || stage.shownAt === null || !stage.isFit ? null : now - stage.shownAt),
  onAnswer: answered,
  stage: document.getElementById("stage"),
});

const outbox = new Outbox(sessionPrefix(), { onReply: replied, onTrouble: sayTrouble });

function say(text, { isProblem = false } = {}) {
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("problem", isProblem);
}

function sayTrouble() {
  say(words(isAnswered ? "waiting" : "kept"), { isProblem: isAnswered });
}

function go(url) {
  isLeaving = true;
  stage.blank();
  location.replace(url);
}

function answered(fields) {
  const told = { ...fields, ...stage.display(performance.now()) };
  isAnswered = true;
  main.setAttribute("aria-busy", "true");
  outbox.add(step.answer_url, new URLSearchParams(told).toString());
  // One trial may be shown before the server has acknowledged the last, never two: it gives out no further image.
  if (step.next && !step.next.reload && outbox.size === 1) {
    take({ ...step.next, next: null });
    // The next frames are the image's; the answer is kept already.
    setTimeout(() => outbox.empty(), SEND_AFTER_MS);
  } else {
    outbox.empty();
    wait();
  }
}

// Show nothing until the server has replied; say so if that takes long enough to be noticed.
async function wait() {
  const waited = step;
  await stage.blank(1000);
  if (step === waited && !isLeaving && status.textContent === "") say(words("saving"));
}

// Show a trial: its images are there, if they were fetched ahead.
async function take(trial) {
  step = { ...step, ...trial };
  const taken = step;
  isAnswered = false;
  stage.close();
  const images = load(trial.image_urls);
  images.catch(() => {}); // dealt with below, after the pause
  if (pauseMs > 0 || !isReady(trial.image_urls)) await stage.blank(pauseMs);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await show(taken, await (attempt === 0 ? images : load(trial.image_urls)));
      return;
    } catch {
      if (isLeaving) return;
      say(words("no_image"), { isProblem: true });
      await stage.blank();
      await pauseBeforeRetry(attempt);
      // The server is there, but not this image: its page knows which trial is current.
      if (await isReachable()) return go(step.url);
    }
  }
}

async function isReachable() {
  try {
    // 409, 423: the page says in words why there is no image, or that the study pauses, and what to do.
    const { ok, status } = await fetch(step.url, { method: "HEAD" });
    return ok || status === 409 || status === 423;
  } catch {
    return false;
  }
}

async function show(trial, images) {
  if (isLeaving || step.answer_url !== trial.answer_url) return;
  if (status.textContent === words("saving") || status.textContent === words("waiting")) say("");
  await stage.show(images);
  // Nothing but the image changes in its frame: what else is drawn anew keeps it from the screen.
  if (step.answer_url === trial.answer_url) sayPlace(trial);
  document.title = words("title", trial);
  if (step.next) fetchAhead(step.next.image_urls);
  setTimeout(() => takeAnswers(trial), EARLIEST_MS);
}

// Say that an answer counts from now on; not before the time since the images were presented allows it.
function takeAnswers(trial) {
  if (isAnswered || step.answer_url !== trial.answer_url) return;
  const left = stage.shownAt === null ? 0 : stage.shownAt + EARLIEST_MS - performance.now();
  if (left > 0) setTimeout(() => takeAnswers(trial), left);
  else main.setAttribute("aria-busy", "false");
}

function sayPlace({ position }) {
  const told = document.getElementById("position");
  if (told.textContent === String(position)) return; // a screen reader says each change, and nothing has changed
  told.textContent = position;
  document.getElementById("progress").value = position - 1;
}

// The server has replied to an answer.
function replied(reply) {
  if (isLeaving) return;
  if (reply.gone) return refuse(words("gone"));
  if (reply.paused) return go(reply.url); // the page says so; the answer is kept
  if (reply.error) return refuse(reply.error);
  const isLast = outbox.size === 0;
  if (!isLast) {
    // The trial that it names is answered already, and that answer is on its way; the one after may be fetched.
    if (reply.next) fetchAhead(reply.next.image_urls);
    return;
  }
  if (!isAnswered && !stage.isFit) say(words("unfit"), { isProblem: true });
  else say("");
  if (reply.reload || reply.finished) return go(reply.url);
  if (reply.answer_url === step.answer_url && !isAnswered) {
    step.next = reply.next;
    if (stage.shownAt !== null && step.next) fetchAhead(step.next.image_urls);
  } else if (isAnswered && reply.answer_url !== step.answer_url) {
    take(reply);
  } else {
    go(reply.url); // another tab or another device has gone on: the server's place counts
  }
}

function refuse(text) {
  isLeaving = true;
  stage.blank();
  say(text, { isProblem: true });
}

// The page is left within those frames: send at once.
window.addEventListener("pagehide", () => { outbox.empty(); });

// A page from the browser's back-forward cache may show an old trial: ask the server which one is current.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

switchBy(document.getElementById("shortcuts"));

// Whoever has stopped the flicker sees none in later trials either, nor on later pages, until they let it go on.
const stop = document.getElementById("stop");
if (stop) {
  const take = (isStopped) => {
    stop.checked = isStopped;
    stage.alternation.stop(isStopped);
    keepStopped(isStopped);
  };
  stop.addEventListener("change", () => { take(stop.checked); });
  onEscape(() => { if (!stop.checked) take(true); }); // never lets it go on
  if (isFlickerStopped()) take(true);
}

async function begin() {
  main.setAttribute("aria-busy", "true");
  // Answers that were kept when the page was left go first: the page that came then shows a trial that has an answer.
  if (outbox.size > 0) {
    isAnswered = true;
    say(words("saving"));
    await outbox.empty();
    return;
  }
  try {
    await show(step, await Promise.all(stage.images.map(decode)));
  } catch {
    say(words("no_image_reload"), { isProblem: true });
  }
}

begin();
