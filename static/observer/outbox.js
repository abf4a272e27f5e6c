// The answers on their way to the server: kept first, then sent one after the other, and forgotten when it has replied.

import { forgetAnswer, keepAnswer, keptAnswers } from "./kept_answers.js";
import { send } from "./sending.js";

export class Outbox {
  // `prefix` is what the addresses of one session begin with. `onReply` is called with each reply of the server,
  // `onTrouble` after each attempt that failed.
  constructor(prefix, { onReply, onTrouble }) {
    this.prefix = prefix;
    this.onReply = onReply;
    this.onTrouble = onTrouble;
    this.isSending = false;
  }

  // How many answers the server has not acknowledged.
  get size() {
    return keptAnswers(this.prefix).length;
  }

  // Keep an answer; `empty` sends it.
  add(url, body) {
    keepAnswer(url, body);
  }

  // Send what is kept, in order; resolve with the last reply, or null where there was nothing to send. Where the study
  // pauses, all that is left stays kept: it goes with the next page that is opened once the study goes on.
  async empty() {
    if (this.isSending) return null;
    this.isSending = true;
    let reply = null;
    for (let kept = keptAnswers(this.prefix); kept.length > 0; kept = keptAnswers(this.prefix)) {
      reply = await send(kept[0], this.onTrouble);
      if (reply.paused) break;
      forgetAnswer(kept[0].url);
      // The last one is reported below: by then the box must be free to send again.
      if (keptAnswers(this.prefix).length > 0) this.onReply(reply);
    }
    this.isSending = false;
    if (reply !== null) this.onReply(reply);
    return reply;
  }
}

// What the addresses of the session of this page begin with: `/o/TOKEN/`.
export function sessionPrefix() {
  return location.pathname.split("/").slice(0, 3).join("/") + "/";
}
