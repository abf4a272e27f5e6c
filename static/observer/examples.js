// Images outside trials, shown as exactly as those in them: on the screen's own pixels, and anew when the window changes.

import { fit } from "./exact_image.js";

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
  again.parentElement.hidden = false;
  again.addEventListener("click", () => {
    for (const examples of shown) {
      examples.classList.add("anew");
      void examples.offsetWidth; // the browser takes notice that there is no animation, so that there is a new one
      examples.classList.remove("anew");
      examples.classList.add("again");
    }
  });
}
