// Says recorded conversations to a sidecar as a client that is generated from the schema. What it is given, a JSON value on
// standard input: `modules`, the folder with the generator; `schema`; `golden`, the folder of the recordings; `command`,
// the words that start a sidecar, and `env`, its environment; `python`, an environment with what runs Python, or null;
// `only`, part of a name, or null.
//
// What it writes: `{ frames, differences }`, how many frames it read and wrote again, and for each conversation what went
// otherwise.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { generate } from "./codec.mjs";
import { Conversation } from "./conversation.mjs";
import { replay } from "./replay.mjs";

const AT_ONCE = 4;

const asked = JSON.parse(readFileSync(0, "utf8"));
const codec = await generate(asked.modules, asked.schema);
const files = readdirSync(asked.golden).filter((name) => name.endsWith(".json") && name.includes(asked.only ?? ""));
const open = files.sort().map((name) => new Conversation(codec, join(asked.golden, name)));
const frames = open.reduce((sum, { frames }) => sum + frames.length, 0);
const differences = {};

async function works() {
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const env = next.runsPython ? asked.python : asked.env;
    if (env === null) continue;
    differences[next.name] = [...next.written, ...(await replay(codec, next, asked.command, env))];
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, works));
process.stdout.write(JSON.stringify({ frames, differences }));
