// What of an answer is compared: all but names that were given out, times, numbers of processes, and what is said to people.

const NAMES = ["sidecarId", "connectionId", "sessionId", "ownerConnectionId", "vmId", "layerId"];
const NOT_SET_BY_A_GUEST = ["connection", "content-length", "date", "keep-alive", "transfer-encoding"];

/// An answer's payload without what may differ. `times` are compared where the client set them.
export function shape({ tag, val }, times) {
  const answer = { ...val };
  for (const name of NAMES) if (name in answer) answer[name] = "";
  if (tag === "ProcessStartedResponse") answer.pid = null;
  if (tag === "RejectedResponse") answer.message = errno(answer.message);
  if (tag === "VmFetchResponse") answer.responseJson = fetched(JSON.parse(answer.responseJson));
  if (answer.stat) answer.stat = stat(answer.stat, times);
  return plain({ tag, val: val === null ? null : answer });
}

/// As text of which equal values have one: maps by their keys.
export function plain(value) {
  return JSON.stringify(value, (_, part) => {
    if (typeof part === "bigint") return part.toString();
    if (part instanceof ArrayBuffer) return Buffer.from(part).toString("hex");
    if (part instanceof Map) return [...part].sort(([one], [other]) => (one < other ? -1 : 1));
    return part;
  });
}

function stat(of, times) {
  const ignored = ["blocks", "dev", "ino", "ctimeMs", "birthtimeMs"];
  if (!times) ignored.push("atimeMs", "mtimeMs");
  if (of.isDirectory) ignored.push("size", "nlink");
  return Object.fromEntries(Object.entries(of).filter(([name]) => !ignored.includes(name)));
}

/// The name of an errno that a message begins with, if it does.
function errno(message) {
  return /^(E[A-Z0-9]*)(:|$)/.exec(message)?.[1] ?? "";
}

/// What a guest's server answered, without headers that it did not set.
function fetched({ status, statusText, body, bodyEncoding, url, headers }) {
  const set = headers.filter(([name]) => !NOT_SET_BY_A_GUEST.includes(name));
  return { status, statusText, body, bodyEncoding, url, headers: set };
}
