// A table that is wider than its place is scrolled sideways: only then is its place a stop for the keyboard. Without this
// script it always is one.
const places = document.querySelectorAll(".table-responsive[tabindex]");
const labels = new Map([...places].map((place) => [place, place.getAttribute("aria-label")]));

function mark(place) {
  const scrolls = place.scrollWidth > place.clientWidth;
  if (scrolls === place.hasAttribute("tabindex")) return;
  if (scrolls) {
    place.setAttribute("tabindex", "0");
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", labels.get(place));
  } else {
    for (const name of ["tabindex", "role", "aria-label"]) place.removeAttribute(name);
  }
}

const watcher = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
places.forEach((place) => watcher.observe(place));
