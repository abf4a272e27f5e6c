// Images fetched ahead and decoded, so that showing them is one change of the page and one frame.

import { mark } from "./paint_clock.js";

let ahead = { key: "", images: null, isReady: false };

// Whether the images of the addresses are there, to be shown in the next frame.
export function isReady(urls) {
  return ahead.key === urls.join(" ") && ahead.isReady;
}

// Resolve with the decoded images of the addresses, in order; reject if one cannot be had.
export function load(urls) {
  const key = urls.join(" ");
  const found = ahead.key === key ? ahead.images : null;
  return found ?? Promise.all(urls.map(decoded));
}

// Begin to fetch the images of the next trial.
export function fetchAhead(urls) {
  const key = urls.join(" ");
  if (ahead.key === key) return;
  const fetched = { key, images: Promise.all(urls.map(decoded)), isReady: false };
  ahead = fetched;
  fetched.images.then(
    () => { fetched.isReady = true; },
    () => { fetched.key = ""; }, // asked for again when its turn comes
  );
}

// Resolve once an image that the page holds is there to be painted.
export async function decode(image) {
  image.decoding = "sync"; // painted in the frame that shows it, not in a later one
  image.draggable = false;
  mark(image);
  await image.decode();
  return image;
}

function decoded(url) {
  const image = new Image();
  image.src = url;
  return decode(image);
}
