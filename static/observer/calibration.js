// The size of the screen's pixels, by holding a bank card to it: the observer makes the drawn card as large as theirs.

const CARD_MM = { long: 85.6, short: 53.98 }; // ISO/IEC 7810 ID-1
const NARROW = 480; // CSS pixels: below, a card fits upright only

const part = document.getElementById("calibration");
const card = part.querySelector(".card");
const slider = part.querySelector("input");
const said = part.querySelector("output");
const sent = document.getElementById("consent-form").elements.css_px_per_mm;
const isUpright = window.innerWidth < NARROW;
const mm = isUpright ? CARD_MM.short : CARD_MM.long;

function draw() {
  card.style.width = `${slider.value}px`;
}

slider.addEventListener("input", () => {
  draw();
  const perMm = Number(slider.value) / mm;
  sent.value = perMm.toFixed(3);
  said.textContent = said.dataset.text.replace("{size}", perMm.toFixed(2));
});

card.classList.toggle("upright", isUpright);
// From half to twice what the browser takes a millimetre to be (96 CSS pixels an inch), within the page.
const nominal = (mm * 96) / 25.4;
part.hidden = false;
slider.min = Math.round(nominal / 2);
slider.max = Math.round(Math.min(nominal * 2, part.clientWidth - 42));
slider.value = Math.round(Math.min(nominal, Number(slider.max)));
draw();
