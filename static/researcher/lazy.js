// What takes the server a moment is fetched once the page is there. Where it cannot be had, the place stays empty.

for (const place of document.querySelectorAll("[data-load]")) {
  fetch(place.dataset.load).then(async (response) => {
    if (response.ok) place.innerHTML = await response.text();
  }).catch(() => {});
}
