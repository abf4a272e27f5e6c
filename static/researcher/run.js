// Watches a run: asks how far it is every second and a half, while the page is looked at and until the run has ended.
// Then the page is loaded again, with what the run made.

"use strict";

(() => {
  const EVERY = 1500;
  // The time left is told from the pace of the last minute, once there are a few seconds to tell it from.
  const WINDOW = 60;
  const ENOUGH = 3;

  const watch = document.querySelector("[data-run]");
  const part = (id) => document.getElementById(`run-${id}`);
  const curves = document.querySelector("[data-curves]");
  let heard = [];
  let timer = null;
  let drawn = "";

  // The page holds the sentences, in its language; `{name}` in one is replaced by the value of that name.
  function words(name, values = {}) {
    return watch.dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  function inWords(seconds) {
    if (seconds < 60) return words("seconds", { n: Math.max(1, Math.round(seconds)) });
    if (seconds < 3600) return words("minutes", { n: Math.round(seconds / 60) });
    return words("hours", { h: Math.floor(seconds / 3600), n: Math.round((seconds % 3600) / 60) });
  }

  function timeLeft(state) {
    if (state.heard_at === null || !state.total || state.done >= state.total) return "";
    const before = heard[heard.length - 1];
    if (before && (before.total !== state.total || before.done > state.done)) heard = [];
    if (!before || before.heard_at !== state.heard_at) heard.push(state);
    heard = heard.filter((one) => state.heard_at - one.heard_at <= WINDOW);
    const steps = state.done - heard[0].done;
    const seconds = state.heard_at - heard[0].heard_at;
    return steps > 0 && seconds >= ENOUGH ? inWords((state.total - state.done) * seconds / steps) : "";
  }

  function show(state) {
    part("state").textContent = state.title;
    part("state").className = `state state-${state.state}`;
    const running = state.state === "running";
    part("progress").hidden = !running;
    if (running && state.total) {
      part("progress").max = state.total;
      part("progress").value = state.done;
    }
    if (running) part("steps").textContent = state.total ? words("steps", state) : words("begins");
    part("note").textContent = running ? state.note : "";
    part("left").textContent = running ? timeLeft(state) : "";
    part("waits").hidden = !state.waits;
    part("waits").textContent = state.waits;
    part("cancelling").hidden = !state.cancelling;
    part("cancel").disabled = state.cancelling;
    document.getElementById("no-worker").hidden = !state.no_worker;
    const text = JSON.stringify(state.curve);
    curves.closest("section").hidden = !state.curve.length;
    if (text !== drawn) curves.dispatchEvent(new CustomEvent("curves", { detail: state.curve }));
    drawn = text;
    if (state.shards) showShards(state.shards);
  }

  function showShards(shards) {
    part("shards").hidden = false;
    for (const name of ["done", "running", "pending"]) part(`shards-${name}`).textContent = shards[name];
    part("shards-again").textContent = shards.failed.length;
    part("shards-wait").hidden = !shards.waiting_for;
    part("shards-waiting").textContent = shards.waiting_for;
    part("shards-failures").hidden = !shards.failed.length;
    part("shards-failed").replaceChildren(...shards.failed.map(failedRow));
  }

  function failedRow(failed) {
    const row = document.createElement("tr");
    const shard = document.createElement("th");
    shard.scope = "row";
    shard.textContent = failed.shard;
    row.append(shard);
    row.insertCell().textContent = failed.attempts;
    const why = row.insertCell();
    why.lang = "en";
    why.textContent = failed.why;
    return row;
  }

  async function ask() {
    timer = null;
    let state = null;
    try {
      const answer = await fetch(watch.dataset.run, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok) state = await answer.json();
    } catch {
      // The server is away, or the session is over: the page says so and asks again.
    }
    part("lost").hidden = state !== null;
    if (state !== null) {
      if (state.ended) {
        window.location.reload();
        return;
      }
      show(state);
    }
    plan();
  }

  function plan() {
    if (timer === null && !document.hidden) timer = setTimeout(ask, EVERY);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(timer);
      timer = null;
    } else if (timer === null) {
      ask();
    }
  });
  plan();
})();
