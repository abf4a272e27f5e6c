// Answers that the server has not acknowledged: kept in the browser's own storage, in the order in which they were
// given, until the server's reply. They outlive a reload, a crash of the browser and a lost connection.

const MARK = "answer:";

const storage = (() => {
  try {
    localStorage.setItem("storage-works", "1");
    localStorage.removeItem("storage-works");
    return localStorage;
  } catch {
    // Storage is off or full: as long as the page lives, then.
    const kept = new Map();
    return {
      get length() { return kept.size; },
      key: (index) => [...kept.keys()][index] ?? null,
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => { kept.set(name, value); },
      removeItem: (name) => { kept.delete(name); },
    };
  }
})();

// Return the answers kept for the addresses that begin with `prefix`: [{url, body}], the oldest first.
export function keptAnswers(prefix) {
  const found = [];
  for (let index = 0; index < storage.length; index += 1) {
    const name = storage.key(index);
    if (!name.startsWith(MARK + prefix)) continue;
    const { turn, body } = JSON.parse(storage.getItem(name));
    found.push({ url: name.slice(MARK.length), turn, body });
  }
  return found.sort((one, other) => one.turn - other.turn);
}

// Keep an answer to one trial, by the address that it goes to. The first one stays: a trial is answered once.
export function keepAnswer(url, body) {
  if (storage.getItem(MARK + url) !== null) return;
  const last = keptAnswers("").at(-1);
  storage.setItem(MARK + url, JSON.stringify({ turn: last ? last.turn + 1 : 1, body }));
}

export function forgetAnswer(url) {
  storage.removeItem(MARK + url);
}
