// The console of the program. As long as nobody looked at process.stdout, a line goes straight to the output.

const { bindMethods, equip, Console } = require('internal/console/console');
const { methods } = require('internal/console/methods');

const console = Object.create({});
bindMethods(console, methods);

// These are for an inspector, and there never is one.
Object.assign(console, { Console, profile() {}, profileEnd() {}, timeStamp() {} });

const replaced = [];

function standard(name, fd) {
  Object.defineProperty(console, name, {
    configurable: true,
    enumerable: false,
    get: () => replaced[fd] ?? require('process')[fd === 1 ? 'stdout' : 'stderr'],
    set: (stream) => { replaced[fd] = stream; },
  });
}
standard('_stdout', 1);
standard('_stderr', 2);

const isUntouched = (fd) => replaced[fd] === undefined && !require('internal/process').streamMade(fd);
const isTerminal = [];

equip(console, {
  // Gives whether it was written: errors are ignored as for every console that is not told otherwise.
  direct(fd, text) {
    if (!isUntouched(fd)) return false;
    try {
      binding.stdio.write(fd, binding.text.encode(text));
    } catch {
      return true;
    }
    return true;
  },
  isPlain: (fd) => isUntouched(fd) && !(isTerminal[fd] ??= binding.stdio.isTTY(fd)),
}, true);

exports.console = console;
