// Draws the figures of a training, one small chart a figure, into every element with `data-curves`: the id of a JSON
// list of [step, {name: value}]. An event `curves` on the element, with such a list, draws anew. The same figures
// stand in a table below, which needs no script.

"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 150;
  const MARGIN = { left: 46, right: 10, top: 8, bottom: 22 };

  function element(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const POINT = (0.5).toLocaleString(document.documentElement.lang).charAt(1);
  const short = (value) => String(Number(value.toPrecision(3))).replace("-", "−").replace(".", POINT);

  // Round numbers at and between the ends, three to six of them.
  function ticks(least, most) {
    const raw = (most - least || Math.abs(most) || 1) / 3;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [5, 2, 1].map((times) => times * power).find((candidate) => candidate <= raw);
    const found = [];
    for (let at = Math.floor(least / step); (at - 1) * step < most || found.length < 2; at += 1) {
      found.push(at * step);
      if (at * step >= most && found.length > 1) break;
    }
    return found;
  }

  function chart(name, points, { unit, told: sentence }, width) {
    const values = points.map(([, value]) => value);
    const least = Math.min(...values);
    const most = Math.max(...values);
    const marks = ticks(least >= 0 && least < most / 2 ? 0 : least, most);
    const [low, high] = [marks[0], marks[marks.length - 1]];
    const [first, last] = [points[0][0], points[points.length - 1][0]];
    const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
    const x = (step) => MARGIN.left + inner.width * (last > first ? (step - first) / (last - first) : 0.5);
    const y = (value) => MARGIN.top + inner.height * (1 - (value - low) / (high - low));

    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.append(name.charAt(0).toUpperCase() + name.slice(1));
    const now = document.createElement("strong");
    now.textContent = short(values[values.length - 1]);
    caption.append(" ", now);
    const figures = {
      name, unit, first, last, at_first: short(values[0]), at_last: short(values[values.length - 1]), least: short(least), most: short(most),
    };
    const told = sentence.replace(/\{(\w+)\}/g, (_, key) => figures[key]);
    const svg = element("svg", { width, height: HEIGHT, role: "img", "aria-label": told });
    for (const mark of marks) {
      svg.append(element("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(mark), y2: y(mark), class: "grid" }));
      svg.append(element("text", { x: MARGIN.left - 8, y: y(mark), dy: "0.35em", "text-anchor": "end" }, short(mark)));
    }
    const below = HEIGHT - 5;
    svg.append(element("text", { x: x(first), y: below, "text-anchor": last > first ? "start" : "middle" }, `${unit} ${first}`));
    if (last > first) svg.append(element("text", { x: x(last), y: below, "text-anchor": "end" }, String(last)));
    if (points.length > 1) {
      svg.append(element("polyline", { points: points.map(([step, value]) => `${x(step)},${y(value)}`).join(" ") }));
    }
    const [step, value] = points[points.length - 1];
    svg.append(element("circle", { cx: x(step), cy: y(value), r: 3 }));
    figure.append(caption, svg);
    return figure;
  }

  function draw(place, points) {
    if (!place.clientWidth) return; // hidden: drawn when it is seen
    const names = [...new Set(points.flatMap(([, figures]) => Object.keys(figures)))];
    const columns = place.clientWidth >= 720 && names.length > 1 ? 2 : 1;
    const width = Math.floor((place.clientWidth - (columns - 1) * 32) / columns);
    place.classList.toggle("two", columns === 2);
    const charts = names.map((name) => {
      const own = points.filter(([, figures]) => name in figures).map(([step, figures]) => [step, figures[name]]);
      return chart(name, own, place.dataset, Math.min(width, 720));
    });
    place.replaceChildren(...charts);
  }

  for (const place of document.querySelectorAll("[data-curves]")) {
    let points = JSON.parse(document.getElementById(place.dataset.curves).textContent);
    let width = 0;
    place.addEventListener("curves", (event) => {
      points = event.detail;
      draw(place, points);
    });
    new ResizeObserver(() => {
      if (place.clientWidth === width) return;
      width = place.clientWidth;
      draw(place, points);
    }).observe(place);
  }
})();
