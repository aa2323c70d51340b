// Runs the program that the first argument names, in the engine component, as `native/src/main.rs` runs it in QuickJS
// itself: with `print`, and with a line for what nobody caught. All of it is written at the end, in one piece.

import process from 'node:process';
import { writeFileSync } from 'node:fs';

const text = String;
let lines = '';
let settled = false;
globalThis.print = (line) => { lines += `${line}\n`; };

process.on('unhandledRejection', (reason) => { lines += `unhandled: ${text(reason)}\n`; });
process.on('exit', () => {
  if (!settled) lines += 'unsettled\n';
  writeFileSync(1, lines);
});
import(process.argv[2]).then(() => { settled = true; }, (error) => {
  settled = true;
  lines += `uncaught: ${text(error)}\n`;
});
