// The numbers of RFC 1951: what the codes of lengths and distances stand for.

const lengthBase = new Uint16Array(29);
const lengthExtra = new Uint8Array(29);
const distanceBase = new Uint16Array(30);
const distanceExtra = new Uint8Array(30);

for (let code = 0, base = 3; code < 28; code++) {
  lengthExtra[code] = code < 4 ? 0 : (code >> 2) - 1;
  lengthBase[code] = base;
  base += 1 << lengthExtra[code];
}
lengthBase[28] = 258;

for (let code = 0, base = 1; code < 30; code++) {
  distanceExtra[code] = code < 2 ? 0 : (code >> 1) - 1;
  distanceBase[code] = base;
  base += 1 << distanceExtra[code];
}

// Lengths of the codes of a block with fixed codes.
function fixedLengths() {
  const lengths = new Uint8Array(288);
  lengths.fill(8, 0, 144);
  lengths.fill(9, 144, 256);
  lengths.fill(7, 256, 280);
  lengths.fill(8, 280, 288);
  return lengths;
}

function reversed(code, length) {
  let result = 0;
  for (let i = 0; i < length; i++) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}

// The codes, by length and then by symbol, with the first bit lowest, as they stand in the stream.
function codesOf(lengths) {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  const next = new Uint16Array(16);
  for (let bits = 1, code = 0; bits < 16; bits++) {
    code = (code + counts[bits - 1]) << 1;
    next[bits] = code;
  }
  const codes = new Uint16Array(lengths.length);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length > 0) codes[symbol] = reversed(next[length]++, length);
  }
  return codes;
}

module.exports = { lengthBase, lengthExtra, distanceBase, distanceExtra, fixedLengths, codesOf };
