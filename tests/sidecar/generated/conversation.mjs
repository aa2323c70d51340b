// A recorded conversation, read with the generated codec.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { framed, unframed } from "./codec.mjs";

export class Conversation {
  /// What was said: `{ frame }` or, by the client, `{ bytes }` that are no frame.
  said = [];
  /// What the process ended with.
  exitCode = 0;
  /// Frames that the codec wrote otherwise than they were recorded.
  written = [];

  constructor(codec, file) {
    this.name = basename(file, ".json");
    const { frames, steps } = JSON.parse(readFileSync(file, "utf8"));
    for (const { hex } of frames) {
      const bytes = Buffer.from(hex, "hex");
      const frame = unframed(codec, bytes);
      this.said.push(frame === undefined ? { bytes } : { frame });
      if (frame !== undefined && !framed(codec, frame).equals(bytes)) {
        this.written.push(`the codec writes ${framed(codec, frame).toString("hex")} instead of ${hex}`);
      }
    }
    for (const { expect } of steps) if (Number.isInteger(expect?.exit_code)) this.exitCode = expect.exit_code;
  }

  get frames() {
    return this.said.flatMap(({ frame }) => (frame === undefined ? [] : [frame]));
  }

  get runsPython() {
    return this.frames.some(({ val }) => val.payload.tag === "ExecuteRequest" && val.payload.val.runtime === "Python");
  }

  /// What the client answered about a mount that it served, by what it was asked.
  bridge(operation, args) {
    const payloads = this.frames.map(({ val }) => val.payload);
    const same = JSON.stringify(JSON.parse(args));
    const call = payloads.find(
      ({ tag, val }) =>
        tag === "JsBridgeCallRequest" && val.operation === operation && JSON.stringify(JSON.parse(val.args)) === same,
    );
    const answer = payloads.find(
      ({ tag, val }) => call && tag === "JsBridgeResultResponse" && val.callId === call.val.callId,
    );
    return answer?.val;
  }
}
