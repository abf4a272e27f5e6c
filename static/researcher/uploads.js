// Sends files to an import's form, piece by piece. The list goes first and is judged; a piece says where in its file it
// begins. A lost connection is tried again; a page that was closed goes on where it was when the same files are chosen.
// Without this script the form takes a path on the server.

"use strict";

(() => {
  const zone = document.querySelector(".upload");
  if (!zone) return;
  const part = (id) => document.getElementById(`upload-${id}`);
  const form = zone.closest("form");
  const select = form.elements.upload;
  const PIECE = Number(zone.dataset.pieceBytes);
  const LONGEST_WAIT = 30_000;
  const LANGUAGE = document.documentElement.lang;
  let sending = null;

  zone.hidden = false;

  // The page holds the sentences, in its language; `{name}` in one is replaced by the value of that name.
  function words(name, values = {}) {
    const found = zone.querySelector(`[data-word="${name}"]`).textContent;
    return found.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  function say(text) {
    part("status").textContent = text;
  }

  function inWords(bytes) {
    const size = (number) => number.toLocaleString(LANGUAGE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    return bytes >= 1e9 ? words("gigabytes", { n: size(bytes / 1e9) }) : words("megabytes", { n: size(bytes / 1e6) });
  }

  function counted(count) {
    return words(count === 1 ? "file" : "files", { n: count.toLocaleString(LANGUAGE) });
  }

  // What was dropped: files, and the files of folders below folders. A browser gives a folder's entries in portions.
  async function filesOf(entry) {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
      return [{ file, path: entry.fullPath.replace(/^\//, "") }];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const portion = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
      if (!portion.length) return found;
      for (const below of portion) found.push(...await filesOf(below));
    }
  }

  async function dropped(transfer) {
    // Both are taken at once: what a drop holds is gone after the first pause.
    const items = [...transfer.items].filter((item) => item.kind === "file")
      .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
    const found = [];
    for (const { entry, file } of items) {
      if (entry) found.push(...await filesOf(entry));
      else if (file) found.push({ file, path: file.name });
    }
    return found;
  }

  function nameOf(chosen) {
    const first = chosen[0].path.split("/");
    if (first.length > 1) return first[0];
    return chosen.length === 1 ? first[0].replace(/\.[^.]*$/, "") : "files";
  }

  class Refused extends Error {}

  async function ask(address, body, type, signal) {
    const response = await fetch(address, {
      method: "POST",
      body,
      signal,
      headers: { "Content-Type": type, "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
    });
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (response.status >= 500 && response.status !== 507) throw new TypeError("the server is busy");
    if (!isJson) {
      throw new Refused(words(response.status === 413 ? "too-long" : "signed-out"));
    }
    const said = await response.json();
    if (!response.ok && response.status !== 409) throw new Refused(said.error);
    return said;
  }

  // Tries again after a lost connection, ever less often, until it is stopped.
  async function patiently(work, signal) {
    for (let wait = 1000; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted || !(error instanceof TypeError)) throw error;
        say(words("lost", { n: wait / 1000 }));
        await new Promise((resolve) => { setTimeout(resolve, wait); });
        if (signal.aborted) throw error;
      }
    }
  }

  async function send(chosen, signal) {
    const list = chosen.map(({ file, path }) => ({ path, size: file.size, modified: file.lastModified }));
    const begun = await patiently(
      () => ask(zone.dataset.begin, JSON.stringify({ name: nameOf(chosen), files: list }), "application/json", signal),
      signal,
    );
    showRefused(begun.refused);
    const files = new Map(chosen.map(({ file, path }) => [path, file]));
    const total = begun.files.reduce((sum, { path }) => sum + files.get(path).size, 0);
    let sent = begun.files.reduce((sum, { received }) => sum + received, 0);
    const address = zone.dataset.piece.replace("00000000-0000-0000-0000-000000000000", begun.uid);
    for (const [place, { path, received }] of begun.files.entries()) {
      const file = files.get(path);
      let offset = received;
      while (offset < file.size) {
        const piece = file.slice(offset, offset + PIECE);
        const here = address.replace(/0\/$/, `${place}/?offset=${offset}`);
        const { received: now } = await patiently(() => ask(here, piece, "application/octet-stream", signal), signal);
        sent += now - offset;
        offset = now;
        part("progress").value = sent / total;
        say(words("sent", { sent: inWords(sent), total: inWords(total), files: counted(begun.files.length) }));
      }
    }
    return begun;
  }

  function showRefused(refused) {
    const list = part("refused");
    list.replaceChildren(...Object.entries(refused).slice(0, 50).map(([path, reason]) => {
      const item = document.createElement("li");
      item.textContent = words("not-sent", { path, reason });
      return item;
    }));
    list.hidden = !list.children.length;
  }

  function choose(begun, chosen) {
    const option = [...select.options].find(({ value }) => value === begun.uid) || new Option(begun.label, begun.uid);
    select.add(option);
    select.value = begun.uid;
    const name = form.elements.name;
    if (name && !name.value) name.value = nameOf(chosen);
    say(words("all-sent", { label: begun.label }));
  }

  async function begin(chosen) {
    if (sending || !chosen.length) return;
    const wanted = chosen.reduce((sum, { file }) => sum + file.size, 0);
    if (wanted > Number(zone.dataset.room) || chosen.length > Number(zone.dataset.mostFiles)) {
      // The server knows what of it is there already, and says what is too much.
      say(words("asking"));
    }
    sending = new AbortController();
    part("progress").hidden = part("stop").hidden = false;
    part("progress").value = 0;
    try {
      choose(await send(chosen, sending.signal), chosen);
    } catch (error) {
      const stopped = sending.signal.aborted;
      say(stopped ? words("stopped") : error.message);
    } finally {
      sending = null;
      part("progress").hidden = part("stop").hidden = true;
    }
  }

  part("files").addEventListener("change", (event) => {
    begin([...event.target.files].map((file) => ({ file, path: file.name })));
  });
  part("folder").addEventListener("change", (event) => {
    begin([...event.target.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
  });
  part("stop").addEventListener("click", () => sending?.abort());
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    begin(await dropped(event.dataTransfer));
  });
  form.addEventListener("submit", (event) => {
    if (!sending || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    say(words("still-sending"));
    part("status").scrollIntoView({ block: "center" });
  });
  window.addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
})();
