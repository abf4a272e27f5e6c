// Images outside trials, shown as exactly as those in them: on the screen's own pixels, and anew when the window changes.

import { fit } from "./exact_image.js";
import { isFlickerStopped, keepStopped, onEscape } from "./stopped_flicker.js";

const shown = [...document.querySelectorAll(".examples")];

function fitAll() {
  for (const examples of shown) fit([...examples.querySelectorAll("img")], Number(examples.dataset.scale));
}

const images = shown.flatMap((examples) => [...examples.querySelectorAll("img")]);
Promise.all(images.map((image) => image.decode())).then(fitAll, () => {});
window.addEventListener("resize", fitAll);

// Images that alternate stop by themselves, and begin anew when asked.
const again = document.getElementById("again");
if (again) {
  // Whoever has stopped the flicker, here or in a trial, sees none but when they ask for it.
  const hold = () => { for (const examples of shown) examples.classList.add("stopped"); };
  onEscape(() => {
    keepStopped(true);
    hold();
  });
  if (isFlickerStopped()) hold();
  again.parentElement.hidden = false;
  again.addEventListener("click", () => {
    for (const examples of shown) {
      examples.classList.remove("stopped");
      examples.classList.add("anew");
      void examples.offsetWidth; // the browser takes notice that there is no animation, so that there is a new one
      examples.classList.remove("anew");
      examples.classList.add("again");
    }
  });
}
