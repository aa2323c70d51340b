// What the loader asks of the file system, for what the host does not serve. It goes to the binding itself, so that a
// program that replaces functions of `fs` does not change how its modules are found.

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

// 0 a file (or whatever can be read), 1 a folder, negative where there is nothing.
function kind(path) {
  const held = binding.modules.kind(path);
  if (held >= 0) return held;
  try {
    return (Number(binding.fs.stat(path)[1]) & S_IFMT) === S_IFDIR ? 1 : 0;
  } catch {
    return -1;
  }
}

const readBytes = (path) => require('internal/fs/operations-files').readFile(path)();

// Without a byte order mark, as a script or a JSON text begins.
function readText(path) {
  const host = require('internal/modules/host');
  if (host.has(path)) return host.text(path);
  const bytes = readBytes(path);
  return binding.text.decode(bytes, 0, bytes.length, false, false);
}

function realpath(path) {
  if (binding.modules.kind(path) >= 0) return path;
  try {
    return binding.fs.realpath(path);
  } catch (error) {
    throw require('internal/fs/operations').failed(error, 'lstat', path);
  }
}

module.exports = { kind, readText, realpath };
