// The keyboard of a check: while a figure has the focus, a digit or an arrow says what is seen, and leads to the next one.

const SAID = { ArrowRight: "right", ArrowDown: "down", ArrowLeft: "left", ArrowUp: "up", 0: "none" };

for (const figure of document.querySelectorAll(".figure")) {
  const choices = [...figure.querySelectorAll("input")];
  figure.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const choice = choices.find(({ value }) => value === (SAID[event.key] ?? event.key));
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    const next = figure.closest("li").nextElementSibling;
    const target = next ? next.querySelector(":checked, input") : document.querySelector(".check .primary");
    target.focus();
  });
}
