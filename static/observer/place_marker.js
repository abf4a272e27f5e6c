// The mark in the image: a click or a tap sets it, the arrow keys move it, and a button or Enter confirms it. It lies over
// the image while its question is asked, and moves nothing.

const STEPS = 50; // so many presses of an arrow key cross the image
const LARGE_STEPS = 10; // with Shift

export class PlaceMarker {
  // `ask`: the part of the form that asks for the place; `stage`: the element that holds the image.
  constructor(ask, stage) {
    this.stage = stage;
    this.button = ask.querySelector("button");
    this.told = ask.querySelector("[data-told]");
    this.words = ask.querySelector("template[data-words]").content.textContent;
    this.element = ask.querySelector("template[data-marker]").content.firstElementChild.cloneNode(true);
    this.cross = this.element.querySelector(".cross");
    stage.querySelector(".place").append(this.element);
    this.element.addEventListener("click", (event) => this.point(event));
    this.element.addEventListener("keydown", (event) => this.press(event));
  }

  // Take a mark, or none any more; where it was is forgotten.
  toggle(isAsked) {
    this.at = null;
    this.button.disabled = true;
    this.button.place = null;
    this.cross.hidden = true;
    this.told.textContent = "";
    this.element.hidden = !isAsked;
    if (isAsked) this.element.focus({ preventScroll: true });
  }

  get size() {
    return this.stage.querySelector("img").naturalWidth;
  }

  point(event) {
    const box = this.stage.querySelector("img").getBoundingClientRect();
    const pixel = (at, from, length) => Math.floor(((at - from) / length) * this.size);
    this.set(pixel(event.clientX, box.left, box.width), pixel(event.clientY, box.top, box.height));
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (!event.repeat && this.at) this.button.click();
      return;
    }
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (dx === undefined) return;
    event.preventDefault(); // the page does not scroll
    const middle = Math.floor(this.size / 2);
    // The first press shows the cross, in the middle.
    if (!this.at) return this.set(middle, middle);
    const step = Math.max(1, Math.round(this.size / (event.shiftKey ? LARGE_STEPS : STEPS)));
    this.set(this.at.x + dx * step, this.at.y + dy * step);
  }

  set(x, y) {
    const within = (at) => Math.min(Math.max(at, 0), this.size - 1);
    this.at = { x: within(x), y: within(y) };
    const percent = (at) => (100 * (at + 0.5)) / this.size;
    this.cross.style.left = `${percent(this.at.x)}%`;
    this.cross.style.top = `${percent(this.at.y)}%`;
    this.cross.hidden = false;
    this.button.disabled = false;
    this.button.place = { place_x: this.at.x, place_y: this.at.y };
    this.told.textContent = this.words
      .replace("{x}", Math.round(percent(this.at.x)))
      .replace("{y}", Math.round(percent(this.at.y)));
  }
}
