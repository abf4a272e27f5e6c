// The check of the display on the first page: whether the images will fit, said to the observer and sent with the
// consent. Where the study refuses windows that are too small, the button waits until this one is large enough.

import { cssSide } from "./exact_image.js";

// CSS pixels around an image: the line at the top and the margins.
const AROUND = { width: 32, height: 72 };

// Between the steps beside 100%, with room for the window's borders; and what still counts as no pinch. As on the server.
const ZOOM_AT_100 = [0.95, 1.05];
const LARGEST_PINCH = 1.01;

const LEAST_DEPTH = 24; // bits a pixel
const GAMUTS = ["srgb", "p3", "rec2020"]; // each wider than the one before

const needed = document.getElementById("device-checks");
const check = document.getElementById("display-check");
const form = document.getElementById("consent-form");
const { images, scale, side, refuses } = check.dataset;

function look() {
  const shown = cssSide(Number(side), Number(scale));
  const beside = Number(images) === 1 ? 0 : 1;
  const fitsWide = shown * (1 + beside) + 32 * beside + AROUND.width <= window.innerWidth;
  const fitsHigh = shown + AROUND.height <= window.innerHeight;
  const fitsStacked = beside && shown + AROUND.width <= window.innerWidth && 2 * shown + 80 + AROUND.height <= window.innerHeight;
  const fits = (fitsWide && fitsHigh) || Boolean(fitsStacked);
  for (const line of check.querySelectorAll("[data-when]")) line.hidden = (line.dataset.when === "fits") !== fits;
  form.querySelector("button[type=submit]").disabled = refuses === "yes" && !fits;
  const told = {
    pixel_ratio: window.devicePixelRatio,
    window_width: window.innerWidth,
    window_height: window.innerHeight,
    screen_width: window.screen.width,
    screen_height: window.screen.height,
    fits: fits ? 1 : 0,
    touch: window.matchMedia("(pointer: coarse)").matches ? 1 : 0,
    pinch: window.visualViewport ? window.visualViewport.scale : 1,
    // Of the window with its borders, which zoom leaves as wide as it is; some browsers do not tell.
    zoom: window.outerWidth ? window.outerWidth / window.innerWidth : 1,
    ...colours(),
  };
  for (const [name, value] of Object.entries(told)) form.elements[name].value = value;
  if (needed) tellNeeds(told);
}

// What the browser says of the screen's colours. What it does not know of is not told: a query it does not know holds
// neither as it stands nor with "not".
function colours() {
  const holds = (query) => window.matchMedia(query).matches;
  const either = (one, other) => (holds(one) ? 1 : holds(other) ? 0 : "");
  const widest = GAMUTS.filter((gamut) => holds(`(color-gamut: ${gamut})`)).length;
  return {
    colour_depth: window.screen.colorDepth ?? "",
    gamut: widest || (holds("not all and (color-gamut: srgb)") ? 0 : ""),
    high_dynamic_range: either("(dynamic-range: high)", "(dynamic-range: standard)"),
    forced_colours: either("(forced-colors: active)", "(forced-colors: none)"),
    inverted_colours: either("(inverted-colors: inverted)", "(inverted-colors: none)"),
  };
}

// Whether a screen shows its own colours, and those that the study needs. As on the server.
function areColoursFit(told, { gamut, range }) {
  return told.colour_depth >= LEAST_DEPTH && told.forced_colours === 0 && told.inverted_colours !== 1
    && (!gamut || (told.gamut !== "" && told.gamut <= 1)) && (!range || told.high_dynamic_range === 0);
}

// Say of each thing that the study needs whether this device has it.
function tellNeeds(told) {
  const { width, height, least, most } = needed.dataset;
  const met = {
    touch: told.touch === 0,
    window: told.window_width >= Number(width) && told.window_height >= Number(height),
    pixel_ratio: told.pixel_ratio >= Number(least) && told.pixel_ratio <= Number(most),
    zoom: told.zoom >= ZOOM_AT_100[0] && told.zoom <= ZOOM_AT_100[1] && told.pinch <= LARGEST_PINCH,
    screen_colours: areColoursFit(told, needed.dataset),
  };
  for (const line of needed.querySelectorAll("[data-check]")) {
    const has = met[line.dataset.check];
    line.classList.toggle("problem", !has);
    line.querySelector("[data-met]").hidden = !has;
    line.querySelector("[data-unmet]").hidden = has;
  }
}

check.hidden = false;
window.addEventListener("resize", look);
look();
