// The module `tty`.

const { fill } = require('internal/unavailable');

exports.isatty = function isatty(fd) {
  return Number.isInteger(fd) && fd >= 0 && fd <= 2 && Boolean(binding.stdio.isTTY(fd));
};

fill(exports, 'tty', [], ['ReadStream', 'WriteStream'],
     (name) => require('stream')[name === 'ReadStream' ? 'Readable' : 'Writable']);
