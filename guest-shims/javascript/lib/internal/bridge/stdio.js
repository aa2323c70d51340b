// The standard streams: what is logged goes to them, and the kernel's names read, write and wait for them.

const { codes, systemError } = require('internal/errors');
const { validateArray, validateInt32, validateObject, validateString } = require('internal/validators');
const { call } = require('internal/fs/operations');
const loop = require('internal/loop');
const { asBase64, atMost, text, timeout } = require('internal/bridge/values');

// The most that one read gives, and the most descriptors that one poll looks at.
const mostBytes = 65536;
const mostPolled = 1024;

function line(fd) {
  return (message) => {
    validateString(message, 'message');
    call('write', () => require('internal/stdio').writeLine(fd, message));
  };
}

function writeRaw(fd, chunk) {
  validateInt32(fd, 'fd', 0);
  const bytes = text(chunk, 'chunk');
  call('write', () => binding.stdio.write(fd, bytes));
  return bytes.length;
}

const readable = 1;                           // the bit of descriptor 0

// Bytes, none at the end, or undefined where nothing came in time. What is ready may be taken by another reader of the
// program's first, or be nothing yet: then it is waited for again.
function read(maxBytes, milliseconds) {
  const bytes = new Uint8Array(maxBytes);
  const taken = (take) => call('read', () => take(bytes));
  if (milliseconds < 0) return bytes.subarray(0, taken(binding.stdio.read));
  const end = now() + milliseconds;
  for (;;) {
    const count = taken(binding.stdio.tryRead);
    if (count >= 0) return bytes.subarray(0, count);
    const left = end - now();
    if (left <= 0) return undefined;
    binding.bridge.poll(readable, left);
  }
}

const now = () => require('internal/timers').clock();

function stdinReadRaw(maxBytes, timeoutMs) {
  const bytes = read(atMost(maxBytes, 'maxBytes', mostBytes), timeout(timeoutMs, 'timeoutMs'));
  if (bytes === undefined) return null;
  return bytes.length === 0 ? { done: true } : { dataBase64: asBase64(bytes) };
}

function pythonStdinRead(maxBytes, timeoutMs) {
  const bytes = read(atMost(maxBytes, 'maxBytes', mostBytes), timeout(timeoutMs, 'timeoutMs'));
  if (bytes === undefined) return '';
  return bytes.length === 0 ? null : asBase64(bytes);
}

// The event loop waits, and the program goes on.
function stdinRead() {
  return new Promise((resolve, reject) => {
    const listen = () => { loop.watch(binding.loop.watchStdin(), ready, { type: 'TTYWrap' }); };
    const ready = () => {
      let bytes;
      try {
        bytes = read(mostBytes, 0);
      } catch (error) {
        reject(error);
        return;
      }
      if (bytes === undefined) listen();
      else resolve(bytes.length === 0 ? { done: true } : { done: false, dataBase64: asBase64(bytes) });
    };
    listen();
  });
}

// The events of poll(2).
const IN = 1;
const OUT = 4;
const NVAL = 32;

function interest(each, index) {
  validateObject(each, `fds[${index}]`);
  const { fd, events } = each;
  validateInt32(fd, `fds[${index}].fd`, 0);
  validateInt32(events, `fds[${index}].events`, 0, 0x7fff);
  return { fd, events, revents: 0 };
}

const isOpen = (fd) => {
  try {
    binding.fs.fstat(fd);
    return true;
  } catch {
    return false;
  }
};

// Of a standard stream one direction can become ready; a file is ready always, as poll(2) has it.
function look(entries, ready) {
  for (const entry of entries) {
    const { fd, events } = entry;
    if (fd === 0) entry.revents = ready & readable ? events & IN : 0;
    else if (fd <= 2) entry.revents = ready & 1 << fd ? events & OUT : 0;
    else entry.revents = isOpen(fd) ? events & (IN | OUT) : NVAL;
  }
  return entries.filter((entry) => entry.revents !== 0).length;
}

function poll(fds, timeoutMs) {
  validateArray(fds, 'fds');
  if (fds.length > mostPolled) throw new codes.ERR_OUT_OF_RANGE('fds.length', `<= ${mostPolled}`, fds.length);
  const entries = Array.from(fds, interest);
  let milliseconds = timeout(timeoutMs, 'timeoutMs');
  let asked = 0;
  for (const { fd, events } of entries) {
    if (fd === 0 && events & IN || (fd === 1 || fd === 2) && events & OUT) asked |= 1 << fd;
  }
  if (look(entries, 0) > 0) milliseconds = 0;
  // poll(2) would wait for ever, and could not even be interrupted here.
  if (asked === 0 && milliseconds < 0) throw systemError({ code: 'EINVAL', syscall: 'poll' });
  const readyCount = look(entries, binding.bridge.poll(asked, milliseconds));
  return { readyCount, fds: entries };
}

module.exports = {
  _log: line(1),
  _error: line(2),
  _kernelStdioWriteRaw: writeRaw,
  _kernelStdinReadRaw: stdinReadRaw,
  _kernelStdinRead: stdinRead,
  _kernelPollRaw: poll,
  _pythonStdinRead: pythonStdinRead,
};
