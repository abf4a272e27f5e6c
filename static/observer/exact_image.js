// Images exact to the screen's pixels: one image pixel is `scale` screen pixels, whatever the pixel ratio and the
// browser's zoom.

// The side in CSS pixels of an image that is `pixels` wide.
export function cssSide(pixels, scale) {
  return (pixels * scale) / window.devicePixelRatio;
}

// What an image is seen in: itself; a file that holds two, one below the other, in a window of the size of one.
export function seenIn(image) {
  return image.closest(".window") ?? image;
}

// Size the images, then move each one's corner onto the grid of screen pixels (by its offsets: a transform would make
// the browser interpolate).
export function fit(images, scale) {
  const places = images.map(seenIn);
  images.forEach((image, index) => {
    const { style } = places[index];
    style.width = `${cssSide(image.naturalWidth, scale)}px`;
    // The two images of one file are square.
    style.height = `${cssSide(places[index] === image ? image.naturalHeight : image.naturalWidth, scale)}px`;
    style.left = style.top = "0";
  });
  // Whole CSS pixels are whole screen pixels at a whole ratio; in between, only the screen's own grid is exact.
  const perPixel = Number.isInteger(window.devicePixelRatio) ? 1 : window.devicePixelRatio;
  const offGrid = (at) => Math.round(at * perPixel) / perPixel - at;
  const corners = places.map((place) => place.getBoundingClientRect());
  places.forEach((place, index) => {
    place.style.left = `${offGrid(corners[index].left)}px`;
    place.style.top = `${offGrid(corners[index].top)}px`;
  });
}

// How much the page is magnified by a pinch: 1 where it is not. A pinch interpolates, and no page can undo it.
export function pinch() {
  return window.visualViewport?.scale ?? 1;
}

// Whether every image can be seen whole, as the page stands.
export function areWhole(images) {
  const width = document.documentElement.clientWidth + 0.5;
  const height = window.innerHeight + 0.5;
  const isWhole = (box) => box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height;
  return pinch() < 1.01 && images.every((image) => isWhole(seenIn(image).getBoundingClientRect()));
}
