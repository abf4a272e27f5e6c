// Questions that are asked only if another was answered so: each is shown when it is due, and not sent when it is not.
// The server decides the same of what is sent. Until this runs the style sheet hides them (scripted.js), and without
// it all are shown, with the words that say when they are meant.

const conditional = [...document.querySelectorAll("[data-if]")];
const { form } = conditional[0].querySelector("input, textarea");

// What is answered: the places of the chosen choices, or the number as it is typed. Fields that are not sent do not count.
function answered(name) {
  const fields = [...form.elements].filter((field) => !field.closest("[disabled]"));
  const places = fields.filter((field) => field.checked && field.type === "checkbox" && field.name.startsWith(`${name}-`))
    .map((field) => field.name.slice(name.length + 1));
  const values = fields.filter((field) => field.name === name && (field.type !== "radio" || field.checked))
    .map((field) => field.value.trim());
  return [...places, ...values];
}

function isDue({ if: name, places, lowest, highest }) {
  const among = places?.split(" ");
  return answered(name).some((answer) => among
    ? among.includes(answer)
    : /^\d+$/.test(answer) && Number(lowest) <= Number(answer) && Number(answer) <= Number(highest));
}

// In the order of the page: a question may rest on one that is not due itself.
function look() {
  for (const question of conditional) {
    const due = isDue(question.dataset);
    question.toggleAttribute("data-due", due);
    for (const field of question.querySelectorAll("input, textarea")) field.disabled = !due;
  }
}

form.addEventListener("input", look);
// A browser that goes back fills in again what was there, after this has run.
window.addEventListener("pageshow", look);
look();
