// The size of the screen's pixels, by holding a bank card to it: the observer makes the drawn card as large as theirs.

const CARD_MM = { long: 85.6, short: 53.98 }; // ISO/IEC 7810 ID-1
const NARROW = 480; // CSS pixels: below, a card fits upright only

const part = document.getElementById("calibration");
const card = part.querySelector(".card");
const slider = part.querySelector("input");
const said = part.querySelector("output");
const unmeasured = said.textContent;
const sent = document.getElementById("consent-form").elements.css_px_per_mm;
const isUpright = window.innerWidth < NARROW;
const mm = isUpright ? CARD_MM.short : CARD_MM.long;
// From half to twice what the browser takes a millimetre to be (96 CSS pixels an inch), within the page.
const nominal = (mm * 96) / 25.4;
// What was found, in the screen's own pixels: a zoom changes CSS pixels, but not these.
let found = null;

function draw() {
  card.style.width = `${slider.value}px`;
}

function fitSlider(value) {
  slider.min = Math.round(nominal / 2);
  slider.max = Math.floor(Math.min(nominal * 2, card.parentElement.clientWidth - margins()));
  slider.value = Math.round(value);
  draw();
}

function margins() {
  const style = getComputedStyle(part);
  return parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
}

// At its end the rectangle is as wide as the page lets it be: who knows how much wider the card is.
function isAtTheEnd() {
  return Number(slider.value) >= Number(slider.max) && Number(slider.max) < Math.floor(nominal * 2);
}

function take() {
  found = isAtTheEnd() ? null : (Number(slider.value) / mm) * window.devicePixelRatio;
  tell();
}

function tell() {
  const perMm = found === null ? null : found / window.devicePixelRatio;
  sent.value = perMm === null ? "" : perMm.toFixed(3);
  if (perMm !== null) said.textContent = said.dataset.text.replace("{size}", perMm.toFixed(2));
  else said.textContent = isAtTheEnd() ? said.dataset.end : unmeasured;
}

slider.addEventListener("input", () => {
  draw();
  take();
});
document.getElementById("card-fits").addEventListener("click", take);
window.addEventListener("resize", () => {
  if (found === null) return fitSlider(Math.min(Number(slider.value), nominal * 2));
  fitSlider((found / window.devicePixelRatio) * mm);
  tell();
});

card.classList.toggle("upright", isUpright);
part.classList.toggle("wide", isUpright);
part.hidden = false;
fitSlider(nominal);
