// The methods of Buffer that read and write numbers.

const { codes } = require('internal/errors');
const { validateNumber } = require('internal/validators');

// One number seen as bytes. The component's machine has the low byte first, always.
const float32 = new Float32Array(1);
const float32Bytes = new Uint8Array(float32.buffer);
const float64 = new Float64Array(1);
const float64Bytes = new Uint8Array(float64.buffer);

function outOfBounds(value, last, name) {
  if (Math.floor(value) !== value) {
    validateNumber(value, name);
    throw new codes.ERR_OUT_OF_RANGE(name ?? 'offset', 'an integer', value);
  }
  if (last < 0) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS();
  throw new codes.ERR_OUT_OF_RANGE(name ?? 'offset', `>= ${name ? 1 : 0} and <= ${last}`, value);
}

// Only called once a byte was found missing: that is how a bad offset shows.
function badOffset(buffer, offset, size) {
  validateNumber(offset, 'offset');
  outOfBounds(offset, buffer.length - size);
}

function checkPlace(buffer, offset, size) {
  if (typeof offset !== 'number') validateNumber(offset, 'offset');
  if (buffer[offset] === undefined || buffer[offset + size - 1] === undefined) badOffset(buffer, offset, size);
}

function checkWidth(offset, width) {
  if (offset === undefined) throw new codes.ERR_INVALID_ARG_TYPE('offset', 'number', offset);
  if (typeof width !== 'number' || width < 1 || width > 6 || Math.floor(width) !== width) {
    validateNumber(width, 'byteLength');
    outOfBounds(width, 6, 'byteLength');
  }
}

function badValue(value, min, max, size) {
  const n = typeof min === 'bigint' ? 'n' : '';
  let range;
  if (size <= 4) {
    range = `>= ${min}${n} and <= ${max}${n}`;
  } else if (min === 0 || min === 0n) {
    range = `>= 0${n} and < 2${n} ** ${size * 8}${n}`;
  } else {
    const power = `2${n} ** ${size * 8 - 1}${n}`;
    range = `>= -(${power}) and < ${power}`;
  }
  throw new codes.ERR_OUT_OF_RANGE('value', range, value);
}

// ---- reading ------------------------------------------------------------------------------------------------------

function readUInt8(offset = 0) {
  if (typeof offset !== 'number') validateNumber(offset, 'offset');
  const value = this[offset];
  if (value === undefined) badOffset(this, offset, 1);
  return value;
}

function readInt8(offset = 0) {
  return readUInt8.call(this, offset) << 24 >> 24;
}

// In these the checks are written out: programs that read formats of bytes spend their time here.

function readUInt16LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== 'number') badOffset(this, offset, 2);
  return first | last << 8;
}

function readUInt16BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== 'number') badOffset(this, offset, 2);
  return first << 8 | last;
}

function readInt16LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== 'number') badOffset(this, offset, 2);
  return (first << 16 | last << 24) >> 16;
}

function readInt16BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== 'number') badOffset(this, offset, 2);
  return (first << 24 | last << 16) >> 16;
}

function readInt32LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== 'number') badOffset(this, offset, 4);
  return first | this[offset + 1] << 8 | this[offset + 2] << 16 | last << 24;
}

function readInt32BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== 'number') badOffset(this, offset, 4);
  return first << 24 | this[offset + 1] << 16 | this[offset + 2] << 8 | last;
}

function readUInt32LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== 'number') badOffset(this, offset, 4);
  return (first | this[offset + 1] << 8 | this[offset + 2] << 16 | last << 24) >>> 0;
}

function readUInt32BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== 'number') badOffset(this, offset, 4);
  return (first << 24 | this[offset + 1] << 16 | this[offset + 2] << 8 | last) >>> 0;
}

// Beyond 32 bits the shifts of numbers end, so the sum is one of products.
function gatherLE(buffer, offset, width) {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + buffer[offset + i];
  return value;
}

function gatherBE(buffer, offset, width) {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + buffer[offset + i];
  return value;
}

function signed(value, width) {
  const half = 2 ** (8 * width - 1);
  return value >= half ? value - 2 * half : value;
}

function readUIntLE(offset, byteLength) {
  checkWidth(offset, byteLength);
  checkPlace(this, offset, byteLength);
  return gatherLE(this, offset, byteLength);
}

function readUIntBE(offset, byteLength) {
  checkWidth(offset, byteLength);
  checkPlace(this, offset, byteLength);
  return gatherBE(this, offset, byteLength);
}

function readIntLE(offset, byteLength) {
  return signed(readUIntLE.call(this, offset, byteLength), byteLength);
}

function readIntBE(offset, byteLength) {
  return signed(readUIntBE.call(this, offset, byteLength), byteLength);
}

function readBigUInt64LE(offset = 0) {
  checkPlace(this, offset, 8);
  const low = gatherLE(this, offset, 4);
  return BigInt(gatherLE(this, offset + 4, 4)) << 32n | BigInt(low);
}

function readBigUInt64BE(offset = 0) {
  checkPlace(this, offset, 8);
  const high = gatherBE(this, offset, 4);
  return BigInt(high) << 32n | BigInt(gatherBE(this, offset + 4, 4));
}

function readBigInt64LE(offset = 0) {
  return BigInt.asIntN(64, readBigUInt64LE.call(this, offset));
}

function readBigInt64BE(offset = 0) {
  return BigInt.asIntN(64, readBigUInt64BE.call(this, offset));
}

const floatReader = (numbers, bytes, backwards) => {
  const size = bytes.length;
  return function(offset = 0) {
    checkPlace(this, offset, size);
    if (backwards) for (let i = 0; i < size; i++) bytes[size - 1 - i] = this[offset + i];
    else for (let i = 0; i < size; i++) bytes[i] = this[offset + i];
    return numbers[0];
  };
};

// ---- writing ------------------------------------------------------------------------------------------------------

function checkPut(buffer, value, offset, size, min, max) {
  // With a single byte Node looks at the offset first, otherwise at the value.
  if (size === 1 && typeof offset !== 'number') validateNumber(offset, 'offset');
  if (value > max || value < min) badValue(value, min, max, size);
  checkPlace(buffer, offset, size);
}

// The bit operators see the low 32 bits of any number; what is above them needs a division.
const above32 = (value) => Math.floor(Math.trunc(value) / 0x100000000);

function putLE(buffer, value, offset, size, min, max) {
  value = +value;
  checkPut(buffer, value, offset, size, min, max);
  let rest = value | 0;
  for (let i = 0; i < size; i++) {
    if (i === 4) rest = above32(value);
    buffer[offset + i] = rest;
    rest >>= 8;
  }
  return offset + size;
}

function putBE(buffer, value, offset, size, min, max) {
  value = +value;
  checkPut(buffer, value, offset, size, min, max);
  let rest = value | 0;
  for (let i = 0; i < size; i++) {
    if (i === 4) rest = above32(value);
    buffer[offset + size - 1 - i] = rest;
    rest >>= 8;
  }
  return offset + size;
}

function writeUInt8(value, offset = 0) { return putLE(this, value, offset, 1, 0, 0xFF); }
function writeInt8(value, offset = 0) { return putLE(this, value, offset, 1, -0x80, 0x7F); }
function writeUInt16LE(value, offset = 0) { return putLE(this, value, offset, 2, 0, 0xFFFF); }
function writeUInt16BE(value, offset = 0) { return putBE(this, value, offset, 2, 0, 0xFFFF); }
function writeInt16LE(value, offset = 0) { return putLE(this, value, offset, 2, -0x8000, 0x7FFF); }
function writeInt16BE(value, offset = 0) { return putBE(this, value, offset, 2, -0x8000, 0x7FFF); }
function writeUInt32LE(value, offset = 0) { return putLE(this, value, offset, 4, 0, 0xFFFFFFFF); }
function writeUInt32BE(value, offset = 0) { return putBE(this, value, offset, 4, 0, 0xFFFFFFFF); }
function writeInt32LE(value, offset = 0) { return putLE(this, value, offset, 4, -0x80000000, 0x7FFFFFFF); }
function writeInt32BE(value, offset = 0) { return putBE(this, value, offset, 4, -0x80000000, 0x7FFFFFFF); }

function writeUIntLE(value, offset, byteLength) {
  checkWidth(offset, byteLength);
  return putLE(this, value, offset, byteLength, 0, 2 ** (8 * byteLength) - 1);
}

function writeUIntBE(value, offset, byteLength) {
  checkWidth(offset, byteLength);
  return putBE(this, value, offset, byteLength, 0, 2 ** (8 * byteLength) - 1);
}

function writeIntLE(value, offset, byteLength) {
  checkWidth(offset, byteLength);
  const half = 2 ** (8 * byteLength - 1);
  return putLE(this, value, offset, byteLength, -half, half - 1);
}

function writeIntBE(value, offset, byteLength) {
  checkWidth(offset, byteLength);
  const half = 2 ** (8 * byteLength - 1);
  return putBE(this, value, offset, byteLength, -half, half - 1);
}

function putBig(buffer, value, offset, min, max, backwards) {
  if (typeof value !== 'bigint') throw new codes.ERR_INVALID_ARG_TYPE('value', 'bigint', value);
  if (value > max || value < min) badValue(value, min, max, 8);
  checkPlace(buffer, offset, 8);
  const low = Number(value & 0xFFFFFFFFn);
  const high = Number(value >> 32n & 0xFFFFFFFFn);
  if (backwards) {
    putBE(buffer, high, offset, 4, 0, 0xFFFFFFFF);
    return putBE(buffer, low, offset + 4, 4, 0, 0xFFFFFFFF);
  }
  putLE(buffer, low, offset, 4, 0, 0xFFFFFFFF);
  return putLE(buffer, high, offset + 4, 4, 0, 0xFFFFFFFF);
}

const bigMin = -0x8000000000000000n;
const bigMax = 0x7FFFFFFFFFFFFFFFn;
const bigUnsigned = 0xFFFFFFFFFFFFFFFFn;

function writeBigUInt64LE(value, offset = 0) { return putBig(this, value, offset, 0n, bigUnsigned, false); }
function writeBigUInt64BE(value, offset = 0) { return putBig(this, value, offset, 0n, bigUnsigned, true); }
function writeBigInt64LE(value, offset = 0) { return putBig(this, value, offset, bigMin, bigMax, false); }
function writeBigInt64BE(value, offset = 0) { return putBig(this, value, offset, bigMin, bigMax, true); }

const floatWriter = (numbers, bytes, backwards) => {
  const size = bytes.length;
  return function(value, offset = 0) {
    value = +value;
    checkPlace(this, offset, size);
    numbers[0] = value;
    if (backwards) for (let i = 0; i < size; i++) this[offset + i] = bytes[size - 1 - i];
    else for (let i = 0; i < size; i++) this[offset + i] = bytes[i];
    return offset + size;
  };
};

module.exports = function addNumberMethods(prototype) {
  const methods = {
    readUIntLE, readUInt32LE, readUInt16LE, readUInt8, readUIntBE, readUInt32BE, readUInt16BE,
    readIntLE, readInt32LE, readInt16LE, readInt8, readIntBE, readInt32BE, readInt16BE,
    readBigUInt64LE, readBigUInt64BE, readBigInt64LE, readBigInt64BE,
    writeUIntLE, writeUInt32LE, writeUInt16LE, writeUInt8, writeUIntBE, writeUInt32BE, writeUInt16BE,
    writeIntLE, writeInt32LE, writeInt16LE, writeInt8, writeIntBE, writeInt32BE, writeInt16BE,
    writeBigUInt64LE, writeBigUInt64BE, writeBigInt64LE, writeBigInt64BE,
  };
  for (const name of Object.keys(methods)) {
    prototype[name] = methods[name];
    // Node gives each unsigned method a second name.
    if (name.includes('UInt')) prototype[name.replace('UInt', 'Uint')] = methods[name];
  }
  const floats = {
    readFloatLE: floatReader(float32, float32Bytes, false),
    readFloatBE: floatReader(float32, float32Bytes, true),
    readDoubleLE: floatReader(float64, float64Bytes, false),
    readDoubleBE: floatReader(float64, float64Bytes, true),
    writeFloatLE: floatWriter(float32, float32Bytes, false),
    writeFloatBE: floatWriter(float32, float32Bytes, true),
    writeDoubleLE: floatWriter(float64, float64Bytes, false),
    writeDoubleBE: floatWriter(float64, float64Bytes, true),
  };
  for (const name of Object.keys(floats)) {
    Object.defineProperty(floats[name], 'name', { value: name, configurable: true });
    prototype[name] = floats[name];
  }
};
