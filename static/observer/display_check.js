// The check of the display on the first page: whether the images will fit, said to the observer and sent with the
// consent. Where the study refuses windows that are too small, the button waits until this one is large enough.

import { cssSide } from "./exact_image.js";

// CSS pixels around an image: the line at the top and the margins.
const AROUND = { width: 32, height: 72 };

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
  };
  for (const [name, value] of Object.entries(told)) form.elements[name].value = value;
}

check.hidden = false;
window.addEventListener("resize", look);
look();
