// What the engine calls: a run from its begin to its status, a request to be answered, a plugin that is asked, a
// function of a world of the user's own. What is called when a program is built into a component, and never in a run, comes last.

const loop = require('internal/loop');
const fatal = require('internal/errors-fatal');
const entry = require('internal/modules/entry');
const { process, exitStatus } = require('internal/process');

const kUnsettled = 13;

function finish(code) {
  if (!process._exiting) {
    process._exiting = true;
    try {
      process.emit('exit', code);
    } catch (error) {
      fatal.uncaught(error, false);
    }
  }
  return exitStatus() & 255;
}

// Where a place comes from, by its source map; asked by the engine when a limit is near, in the middle of anything.
function original(file, line, column) {
  const found = require('internal/errors-fatal/source-map').original({ file, line, column });
  return found === undefined ? undefined : [found.file, found.line, found.column];
}

const begin = () => { binding.vm.hooks({ rejection: fatal.rejection, original }); };

function run() {
  begin();
  let started;
  try {
    started = entry.start();
  } catch (error) {
    fatal.uncaught(error, false);
  }
  // The entry of an ES module is a promise; what it is rejected with is an uncaught exception.
  let waiting = false;
  if (started !== null && typeof started === 'object' && typeof started.then === 'function') {
    waiting = true;
    started.then(() => { waiting = false; }, (error) => {
      waiting = false;
      fatal.uncaught(error, false);
    });
  }
  loop.drain();
  do {
    loop.run();
    process.emit('beforeExit', exitStatus());
    loop.drain();
  } while (loop.isAlive() && loop.canProgress());
  if (waiting && process.exitCode === undefined) {
    require('internal/stdio').writeLine(2, 'Warning: Detected unsettled top-level await');
    process.exitCode = kUnsettled;
  }
  return finish(exitStatus());
}

let exported;

// What the program exports, of which there is one in an instance, however often it is called.
function program() {
  if (exported === undefined) {
    begin();
    exported = entry.load();
  }
  return exported;
}

module.exports = {
  run,
  serve: () => require('internal/serve').serve(program),
  describe: () => require('internal/plugin').describe(program),
  call: (name, argument) => require('internal/plugin').call(program, name, argument),
  invoke: (index, slots) => require('internal/world').invoke(program, index, slots),
  describeWorld: (text) => require('internal/world').describe(text),
  tryWorld: () => require('internal/world').lacking(program),
  prepare: (...names) => require('internal/modules/bundled').prepare(names),
};
