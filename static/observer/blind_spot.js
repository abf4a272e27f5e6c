// The viewing distance, by the blind spot of the left eye (Li, Joo, Yeatman & Reinecke 2020): a dot moves away from a
// square until it vanishes, which the observer says by a press. It moves only between two presses.

const TOO_SOON_MS = 400; // after the start: the press that started it, twice

const part = document.getElementById("blind-spot");
const track = part.querySelector(".track");
const square = part.querySelector(".square");
const dot = part.querySelector(".dot");
const button = part.querySelector("button");
const said = part.querySelector("[role=status]");
const sent = part.querySelector("input[type=hidden]");
const { form } = sent;
const told = document.getElementById("told");
const asked = Object.fromEntries(Object.entries(part.dataset).map(([name, value]) => [name, Number(value)]));

const ROOM = 1.2; // of the way to where the dot vanishes at the largest distance, so that somewhat farther is told as well
const AROUND_PX = 64; // the square, and room at both ends

let separations = [];
let width = window.innerWidth;
let running = null; // what the moving dot is at: { since, from, at }, in ms and mm
let frame = 0;

// CSS pixels a millimetre now: zoom changes them, and the pixel ratio with them.
function pxPerMm() {
  return (asked.pxPerMm * asked.pixelRatio) / window.devicePixelRatio;
}

function fit() {
  const way = 10 * asked.most * Math.tan((asked.degrees * Math.PI) / 180) * ROOM;
  track.style.setProperty("--way", `${Math.ceil(way * pxPerMm()) + AROUND_PX}px`);
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return box.left + box.width / 2;
}

function say(name, values = {}) {
  said.textContent = Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), said.dataset[name] ?? "");
}

function start() {
  if (separations.length === asked.repetitions) separations = [];
  sent.value = "";
  told.disabled = false;
  const from = asked.first + Math.random() * (asked.last - asked.first);
  running = { since: null, from, at: from };
  button.textContent = button.dataset.gone;
  said.textContent = "";
  part.classList.add("running");
  dot.hidden = false;
  place();
  track.scrollIntoView({ block: "nearest" });
  frame = requestAnimationFrame(move);
}

function place() {
  dot.style.left = `${middle(square) - track.getBoundingClientRect().left - track.clientLeft - running.at * pxPerMm()}px`;
}

function move(now) {
  running.since ??= now;
  running.at = running.from + ((now - running.since) / 1000) * asked.speed;
  place();
  const left = middle(dot) - dot.offsetWidth / 2 - track.getBoundingClientRect().left;
  if (left <= 0) stop("edge");
  else frame = requestAnimationFrame(move);
}

function stop(name, values) {
  cancelAnimationFrame(frame);
  running = null;
  dot.hidden = true;
  part.classList.remove("running");
  button.textContent = separations.length === asked.repetitions ? button.dataset.again : button.dataset.start;
  say(name, values);
}

function press(now) {
  if (!running) {
    start();
    return;
  }
  if (running.since === null || now - running.since < TOO_SOON_MS) return;
  separations.push(running.at);
  if (separations.length < asked.repetitions) {
    stop("done", { n: separations.length, total: asked.repetitions });
    return;
  }
  const sorted = [...separations].sort((one, other) => one - other);
  const cm = sorted[(sorted.length - 1) / 2] / 10 / Math.tan((asked.degrees * Math.PI) / 180);
  sent.value = separations.map((separation) => separation.toFixed(1)).join(" ");
  told.disabled = true; // what was measured counts
  const name = { [-1]: "near", 0: "fits", 1: "far" }[cm < asked.least ? -1 : Number(cm > asked.most)];
  stop(name, { cm: cm.toFixed(0) });
  (name === "fits" ? form.querySelector(".primary") : button).focus();
}

button.addEventListener("click", () => press(performance.now()));
button.addEventListener("keydown", (event) => { if (event.repeat) event.preventDefault(); });
track.addEventListener("pointerdown", (event) => {
  if (!running) return;
  event.preventDefault();
  press(performance.now());
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && running) stop("stopped"); });
document.addEventListener("visibilitychange", () => { if (document.hidden && running) stop("stopped"); });
// A phone's bars come and go, and change the height alone.
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  if (running) stop("stopped");
  fit();
});
part.hidden = false;
fit();
