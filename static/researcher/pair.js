// Looks closely at one pair: clean and perturbed in one place, changed over by the space bar or the button and never by
// itself; image pixels as whole screen pixels, at any zoom; the arrow keys lead to the pairs before and after.

"use strict";

(() => {
  const viewer = document.querySelector(".viewer");
  const over = document.getElementById("flicker-over");
  const shown = document.getElementById("flicker-shown");
  const scale = document.getElementById("scale");
  const told = document.getElementById("scale-told");
  const REMEMBERED = "pair-scale";

  function changeOver() {
    over.classList.toggle("shown");
    shown.textContent = over.classList.contains("shown") ? viewer.dataset.perturbed : viewer.dataset.clean;
  }

  // An exact whole multiple of the image's pixels in screen pixels, its corner moved onto the screen's own grid.
  function resize() {
    const ratio = window.devicePixelRatio;
    const side = viewer.dataset.size * scale.value / ratio;
    const offGrid = (at) => Math.round(at * ratio) / ratio - at;
    const images = viewer.querySelectorAll("img");
    for (const image of images) {
      image.style.width = image.style.height = `${side}px`;
      image.style.left = image.style.top = "0";
    }
    for (const image of images) {
      const corner = image.getBoundingClientRect();
      image.style.left = `${offGrid(corner.left)}px`;
      image.style.top = `${offGrid(corner.top)}px`;
    }
    told.textContent = scale.value === "1" ? viewer.dataset.onePixel : viewer.dataset.pixels.replaceAll("{n}", scale.value);
  }

  // The scale stays from pair to pair, where the browser lets a page remember it.
  function remembered() {
    try {
      return sessionStorage.getItem(REMEMBERED);
    } catch {
      return null;
    }
  }

  function remember() {
    try {
      sessionStorage.setItem(REMEMBERED, scale.value);
    } catch {
      // Then it does not stay.
    }
  }

  document.getElementById("flicker").addEventListener("click", changeOver);
  scale.addEventListener("change", () => {
    remember();
    resize();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    // These have a use of their own for the keys.
    if (event.target.closest("select, input, textarea")) return;
    if (event.key === " " && !event.target.closest("button, a, summary")) {
      event.preventDefault();
      if (!event.repeat) changeOver();
    }
    const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const images = event.target.closest(".viewer-images");
    if (!way || (images && images.scrollWidth > images.clientWidth)) return;
    document.querySelector(`a[rel=${way}]`)?.click();
  });
  window.addEventListener("resize", resize);

  const before = remembered();
  if ([...scale.options].some((option) => option.value === before)) scale.value = before;
  for (const hidden of viewer.querySelectorAll(".viewer-tools, .flicker, #viewer-help")) hidden.hidden = false;
  resize();
})();
