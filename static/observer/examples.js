// Images outside trials, shown as exactly as those in them: on the screen's own pixels, and anew when the window changes.

import { fit } from "./exact_image.js";

const shown = [...document.querySelectorAll(".examples")];

function fitAll() {
  for (const examples of shown) fit([...examples.querySelectorAll("img")], Number(examples.dataset.scale));
}

const images = shown.flatMap((examples) => [...examples.querySelectorAll("img")]);
Promise.all(images.map((image) => image.decode())).then(fitAll, () => {});
window.addEventListener("resize", fitAll);
