// Called when a run begins. Gives the status with which it ends, unless the program ends it before.

const loop = require('internal/loop');
const fatal = require('internal/errors-fatal');
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

module.exports = function main() {
  binding.vm.hooks({ rejection: fatal.rejection });
  let entry;
  try {
    entry = require('internal/modules/entry').start();
  } catch (error) {
    fatal.uncaught(error, false);
  }
  // The entry of an ES module is a promise; what it is rejected with is an uncaught exception.
  let waiting = false;
  if (entry !== null && typeof entry === 'object' && typeof entry.then === 'function') {
    waiting = true;
    entry.then(() => { waiting = false; }, (error) => {
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
};
