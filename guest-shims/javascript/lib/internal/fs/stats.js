// What `stat` gives. The numbers come as a BigInt64Array: dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks,
// and four times in nanoseconds.

const constants = require('internal/fs/constants');

const names = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks'];
const times = ['atime', 'mtime', 'ctime', 'birthtime'];
const kinds = {
  isDirectory: constants.S_IFDIR,
  isFile: constants.S_IFREG,
  isBlockDevice: constants.S_IFBLK,
  isCharacterDevice: constants.S_IFCHR,
  isSymbolicLink: constants.S_IFLNK,
  isFIFO: constants.S_IFIFO,
  isSocket: constants.S_IFSOCK,
};

// No classes: old programs call `fs.Stats` on an object of theirs.
function Common() {}

for (const [name, kind] of Object.entries(kinds)) {
  Object.defineProperty(Common.prototype, name, {
    value: { [name]() { return this._checkModeProperty(kind); } }[name],
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

Common.prototype._checkModeProperty = function(kind) {
  return (Number(this.mode) & constants.S_IFMT) === kind;
};

function setDates(stats, values) {
  for (let i = 0; i < 4; i++) stats[times[i]] = new Date(values[i]);
}

function Stats(...values) {
  for (let i = 0; i < names.length; i++) this[names[i]] = values[i];
  for (let i = 0; i < 4; i++) this[`${times[i]}Ms`] = values[10 + i];
  // Rounded half up, not cut: a time that `utimes` was given comes back as it went in.
  setDates(this, values.slice(10).map((ms) => Math.floor(Number(ms) + 0.5)));
}
Object.defineProperty(Stats, 'length', { value: 14 });
Object.setPrototypeOf(Stats.prototype, Common.prototype);
Object.setPrototypeOf(Stats, Common);

function BigIntStats(numbers) {
  for (let i = 0; i < names.length; i++) this[names[i]] = numbers[i];
  for (let i = 0; i < 4; i++) this[`${times[i]}Ms`] = numbers[10 + i] / 1_000_000n;
  for (let i = 0; i < 4; i++) this[`${times[i]}Ns`] = numbers[10 + i];
  setDates(this, times.map((time) => Number(this[`${time}Ms`])));
}
Object.setPrototypeOf(BigIntStats.prototype, Common.prototype);
Object.setPrototypeOf(BigIntStats, Common);

// Whole milliseconds and the rest are taken apart: a count of nanoseconds is too long for a double.
const toMilliseconds = (ns) => Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6;

function makeStats(numbers, bigint) {
  if (bigint) return new BigIntStats(numbers);
  const values = new Array(14);
  for (let i = 0; i < 10; i++) values[i] = Number(numbers[i]);
  for (let i = 10; i < 14; i++) values[i] = toMilliseconds(numbers[i]);
  return new Stats(...values);
}

const kindOf = (numbers) => Number(numbers[1]) & constants.S_IFMT;

module.exports = { Stats, BigIntStats, makeStats, kindOf };
