// A codec of the protocol that a generator of others makes out of the schema, and frames around what it reads and writes.
// Nothing here knows the protocol but the schema.

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const PREFIX = 4;

/// The codec of the schema in the text `document`, made with the packages of the folder `modules`.
export async function generate(modules, document) {
  const { Config, transform } = createRequire(join(modules, "package.json"))("@bare-ts/tools");
  const config = Config({ schema: "schema.bare", out: "schema.js", generator: "js", useGenericArray: true });
  const folder = mkdtempSync(join(tmpdir(), "tollgate-generated-"));
  try {
    symlinkSync(join(modules, "node_modules"), join(folder, "node_modules"));
    const file = join(folder, "schema.mjs");
    writeFileSync(file, transform(schemaOf(readFileSync(document, "utf8")), config));
    return await import(pathToFileURL(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/// The schema alone, of a text that it stands in: from its first type to the end of its last.
function schemaOf(text) {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith("type "));
  const fence = lines.findIndex((line, at) => at > first && line.startsWith("```"));
  return lines.slice(first, fence < 0 ? undefined : fence).join("\n");
}

/// A frame around a value.
export function framed(codec, value) {
  const body = codec.encodeProtocolFrame(value);
  const frame = Buffer.alloc(PREFIX + body.length);
  frame.writeUInt32BE(body.length);
  frame.set(body, PREFIX);
  return frame;
}

/// The value in bytes that are one frame and nothing else; none in others.
export function unframed(codec, bytes) {
  if (bytes.length < PREFIX || bytes.readUInt32BE() !== bytes.length - PREFIX) return undefined;
  try {
    return codec.decodeProtocolFrame(new Uint8Array(bytes.subarray(PREFIX)));
  } catch {
    return undefined;
  }
}

/// Cuts what comes in pieces into frames.
export class Frames {
  #held = Buffer.alloc(0);

  /// The frames that are whole with this piece.
  *push(piece) {
    this.#held = Buffer.concat([this.#held, piece]);
    while (this.#held.length >= PREFIX) {
      const end = PREFIX + this.#held.readUInt32BE();
      if (this.#held.length < end) return;
      yield this.#held.subarray(0, end);
      this.#held = this.#held.subarray(end);
    }
  }
}
