// The module `path`: that of systems with slashes. The one of Windows is only read when a program asks for it.

const posix = require('internal/path-posix');

posix.posix = posix;
Object.defineProperty(posix, 'win32', {
  configurable: true,
  enumerable: true,
  get() {
    const win32 = require('internal/path-win32');
    Object.defineProperty(posix, 'win32', { configurable: true, enumerable: true, writable: true, value: win32 });
    win32.win32 = win32;
    win32.posix = posix;
    win32._makeLong = win32.toNamespacedPath;
    return win32;
  },
  set(value) {
    Object.defineProperty(posix, 'win32', { configurable: true, enumerable: true, writable: true, value });
  },
});
posix._makeLong = posix.toNamespacedPath;

module.exports = posix;
