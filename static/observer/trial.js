// The trial page with JavaScript: keys, the next image fetched ahead, time from the paint, saving without a page
// load. Without it the plain form does the same work. The server owns the place in the series: this page shows what
// the server names, and an answer counts as saved when the server has said so.

"use strict";

(() => {
  const main = document.getElementById("trial");
  const form = document.getElementById("trial-form");
  const status = document.getElementById("status");
  const progress = document.getElementById("progress");
  const position = document.getElementById("position");
  const scale = Number(main.dataset.scale);
  const keys = { p: "perturbed", ArrowLeft: "perturbed", c: "clean", ArrowRight: "clean" };

  let stimulus = document.getElementById("stimulus");
  let ahead = null; // the next image, fetched while this one is judged
  let shownAt = null; // when this image was painted; null while no answer is taken
  let focusLosses = 0;
  let resizes = 0;

  function say(text, problem = false) {
    status.textContent = text;
    status.classList.toggle("problem", problem);
  }

  // One image pixel is `scale` screen pixels, exactly, whatever the browser's zoom: the size in CSS pixels follows
  // from the pixel ratio, and the image's corner is moved onto the grid of screen pixels (by its offsets: a transform
  // would make the browser interpolate).
  function fit(image) {
    const side = (image.naturalWidth * scale) / window.devicePixelRatio;
    image.style.width = image.style.height = `${side}px`;
    image.style.left = image.style.top = "0";
    const corner = image.getBoundingClientRect();
    // Whole CSS pixels are whole screen pixels at a whole ratio; in between, only the screen's own grid is exact.
    const perPixel = Number.isInteger(window.devicePixelRatio) ? 1 : window.devicePixelRatio;
    const offGrid = (at) => Math.round(at * perPixel) / perPixel - at;
    image.style.left = `${offGrid(corner.left)}px`;
    image.style.top = `${offGrid(corner.top)}px`;
  }

  function isWhole(image) {
    const box = image.getBoundingClientRect();
    const seen = document.documentElement;
    return box.left >= 0 && box.top >= 0 && box.right <= seen.clientWidth + 0.5 && box.bottom <= window.innerHeight + 0.5;
  }

  // Whether an image may be judged as it is shown now; where it may not, say what would help.
  function isFit(image) {
    if (isWhole(image) || main.dataset.displayRule !== "refuse") return true;
    say("The image does not fit. Please make the window larger, or zoom out.", true);
    return false;
  }

  function painted() {
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }

  async function show() {
    fit(stimulus);
    stimulus.classList.toggle("waiting", !isFit(stimulus));
    await painted();
    shownAt = performance.now();
    focusLosses = resizes = 0;
    main.setAttribute("aria-busy", "false");
  }

  function fetchAhead(url) {
    ahead = null;
    if (!url) return;
    ahead = new Image();
    ahead.src = url;
  }

  async function load(url) {
    const image = ahead !== null && ahead.src === new URL(url, location.href).href ? ahead : new Image();
    if (!image.src) image.src = url;
    await image.decode();
    image.id = "stimulus";
    image.alt = stimulus.alt;
    image.draggable = false;
    return image;
  }

  function fill(response) {
    const box = stimulus.getBoundingClientRect();
    const values = {
      rt_ms: Math.round(performance.now() - shownAt),
      pixel_ratio: window.devicePixelRatio,
      window_width: window.innerWidth,
      window_height: window.innerHeight,
      shown_width: box.width,
      shown_height: box.height,
      visible: isWhole(stimulus) ? 1 : 0,
      focus_losses: focusLosses,
      resizes,
    };
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    const data = new URLSearchParams(new FormData(form));
    data.set("response", response);
    return data;
  }

  // Send until the server has answered. A repeat is harmless: the server keeps the first.
  async function save(data) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const reply = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
        if (reply.ok || reply.status === 409 || reply.status === 422) return await reply.json();
        if (reply.status === 404) return { stored: false, error: "This link is no longer valid." };
      } catch {
        // No connection, or a broken reply: try again below.
      }
      say("Not saved yet: no connection. Trying again …", true);
      await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** attempt, 8000)));
    }
  }

  async function answer(response) {
    if (shownAt === null || stimulus.classList.contains("waiting")) return;
    const data = fill(response);
    shownAt = null;
    main.setAttribute("aria-busy", "true");
    const reply = await save(data);
    if (reply.error) {
      say(reply.error, true);
      return;
    }
    say("");
    if (reply.finished) {
      location.replace(reply.url);
      return;
    }
    try {
      const image = await load(reply.image_url);
      stimulus.replaceWith(image);
      stimulus = image;
    } catch {
      location.reload(); // the server shows the current trial again
      return;
    }
    form.action = reply.answer_url;
    position.textContent = reply.position;
    progress.value = reply.position - 1;
    document.title = `Image ${reply.position} of ${reply.total}`;
    await show();
    fetchAhead(reply.next_image_url);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter) answer(event.submitter.value);
  });

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const response = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!response) return;
    event.preventDefault();
    answer(response);
  });

  window.addEventListener("blur", () => { focusLosses += 1; });
  window.addEventListener("resize", () => {
    resizes += 1;
    fit(stimulus);
    const fits = isFit(stimulus);
    if (fits && stimulus.classList.contains("waiting")) {
      say("");
      stimulus.classList.remove("waiting");
      painted().then(() => { shownAt = performance.now(); });
    } else {
      stimulus.classList.toggle("waiting", !fits);
    }
  });

  // A page from the browser's back-forward cache may show an old trial: ask the server which one is current.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  stimulus.decode().then(show).then(() => fetchAhead(main.dataset.nextImage)).catch(() => {
    say("The image could not be loaded. Please reload the page.", true);
  });
})();
