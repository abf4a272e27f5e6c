// On every page but a trial's: answers that an earlier page could not send are sent first. Where the page is one that
// they take the session past (`data-follow`), it goes on to where the server then is.

import { Outbox, sessionPrefix } from "./outbox.js";

const nothing = () => {};
const outbox = new Outbox(sessionPrefix(), { onReply: nothing, onTrouble: nothing });

outbox.empty().then((reply) => {
  if (reply?.url && document.querySelector("[data-follow]")) location.replace(reply.url);
});
