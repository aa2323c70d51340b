// Decompression of RFC 1951, as a generator: it is given a piece of the input each time it asks, and stands still in
// between, in the middle of a code if need be.

const { lengthBase, lengthExtra, distanceBase, distanceExtra, fixedLengths, codesOf } = require('internal/compress/tables');

const history = 32768;
const room = 65536;

function fail(message) {
  throw new TypeError(message);
}

// A table of all the bits that a code may begin with: the symbol, and how many of the bits are its own.
function tableOf(lengths) {
  let most = 0;
  let space = 0;
  let used = 0;
  for (const length of lengths) {
    if (length > most) most = length;
    if (length > 0) {
      used++;
      space += 2 ** (15 - length);
    }
  }
  // A single code of one bit may stand alone; else the codes must fill the tree.
  if (space > 32768 || (space < 32768 && used > 1)) fail('The compressed data is not valid: bad code lengths');
  const codes = codesOf(lengths);
  const bits = Math.max(most, 1);
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length === 0) continue;
    for (let at = codes[symbol]; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  }
  return { table, bits };
}

let fixed;

function fixedTables() {
  return (fixed ??= { literals: tableOf(fixedLengths()), distances: tableOf(new Uint8Array(32).fill(5)) });
}

const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

// `input` is { bytes, at }; `emit` takes what is ready. Asks for more input by yielding, and ends behind the last block,
// with `input.at` behind the last byte of it.
function* inflate(input, emit) {
  let bits = 0;
  let held = 0;
  let out = new Uint8Array(history + room);
  let end = 0;
  let told = 0;

  const flush = () => {
    if (end > told) emit(out.slice(told, end));
    told = end;
  };
  const makeRoom = () => {
    flush();
    const keep = Math.min(history, end);
    out.copyWithin(0, end - keep, end);
    end = told = keep;
  };
  // What is not decoded is not read: the byte that follows the stream belongs to somebody else.
  const take = (count) => {
    const value = bits & ((1 << count) - 1);
    bits >>>= count;
    held -= count;
    return value;
  };

  for (let last = false; !last;) {
    while (held < 3) {
      while (input.at >= input.bytes.length) { flush(); yield; }
      bits |= input.bytes[input.at++] << held;
      held += 8;
    }
    last = take(1) === 1;
    const type = take(2);
    if (type === 3) fail('The compressed data is not valid: bad block type');

    if (type === 0) {
      take(held & 7);
      const header = [];
      while (header.length < 4) {
        if (held >= 8) {
          header.push(take(8));
          continue;
        }
        while (input.at >= input.bytes.length) { flush(); yield; }
        header.push(input.bytes[input.at++]);
      }
      let left = header[0] | (header[1] << 8);
      if ((left ^ 0xffff) !== (header[2] | (header[3] << 8))) fail('The compressed data is not valid: bad stored length');
      while (left > 0) {
        while (input.at >= input.bytes.length) { flush(); yield; }
        if (end === out.length) makeRoom();
        const count = Math.min(left, input.bytes.length - input.at, out.length - end);
        out.set(input.bytes.subarray(input.at, input.at + count), end);
        input.at += count;
        end += count;
        left -= count;
      }
      continue;
    }

    let tables;
    if (type === 1) {
      tables = fixedTables();
    } else {
      while (held < 14) {
        while (input.at >= input.bytes.length) { flush(); yield; }
        bits |= input.bytes[input.at++] << held;
        held += 8;
      }
      const literals = take(5) + 257;
      const distances = take(5) + 1;
      const count = take(4) + 4;
      if (literals > 286 || distances > 30) fail('The compressed data is not valid: too many codes');
      const forLengths = new Uint8Array(19);
      for (let i = 0; i < count; i++) {
        while (held < 3) {
          while (input.at >= input.bytes.length) { flush(); yield; }
          bits |= input.bytes[input.at++] << held;
          held += 8;
        }
        forLengths[order[i]] = take(3);
      }
      const { table, bits: width } = tableOf(forLengths);
      const lengths = new Uint8Array(literals + distances);
      for (let i = 0; i < lengths.length;) {
        let entry;
        for (;;) {
          entry = table[bits & ((1 << width) - 1)];
          if (entry !== 0 && (entry & 15) <= held) break;
          if (held > 15) fail('The compressed data is not valid: unknown code');
          while (input.at >= input.bytes.length) { flush(); yield; }
          bits |= input.bytes[input.at++] << held;
          held += 8;
        }
        take(entry & 15);
        const symbol = entry >> 4;
        if (symbol < 16) {
          lengths[i++] = symbol;
          continue;
        }
        const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
        while (held < extra) {
          while (input.at >= input.bytes.length) { flush(); yield; }
          bits |= input.bytes[input.at++] << held;
          held += 8;
        }
        const repeat = take(extra) + (symbol === 18 ? 11 : 3);
        if (i + repeat > lengths.length || (symbol === 16 && i === 0)) fail('The compressed data is not valid: bad repeat');
        lengths.fill(symbol === 16 ? lengths[i - 1] : 0, i, i + repeat);
        i += repeat;
      }
      if (lengths[256] === 0) fail('The compressed data is not valid: no end of block');
      tables = { literals: tableOf(lengths.subarray(0, literals)), distances: tableOf(lengths.subarray(literals)) };
    }

    const { table: literalTable, bits: literalBits } = tables.literals;
    const { table: distanceTable, bits: distanceBits } = tables.distances;
    for (;;) {
      let entry;
      for (;;) {
        entry = literalTable[bits & ((1 << literalBits) - 1)];
        if (entry !== 0 && (entry & 15) <= held) break;
        if (held > 15) fail('The compressed data is not valid: unknown code');
        while (input.at >= input.bytes.length) { flush(); yield; }
        bits |= input.bytes[input.at++] << held;
        held += 8;
      }
      take(entry & 15);
      const symbol = entry >> 4;
      if (symbol < 256) {
        if (end === out.length) makeRoom();
        out[end++] = symbol;
        continue;
      }
      if (symbol === 256) break;
      if (symbol > 285) fail('The compressed data is not valid: unknown length');
      const lengthBits = lengthExtra[symbol - 257];
      while (held < lengthBits) {
        while (input.at >= input.bytes.length) { flush(); yield; }
        bits |= input.bytes[input.at++] << held;
        held += 8;
      }
      const length = lengthBase[symbol - 257] + take(lengthBits);
      for (;;) {
        entry = distanceTable[bits & ((1 << distanceBits) - 1)];
        if (entry !== 0 && (entry & 15) <= held) break;
        if (held > 15) fail('The compressed data is not valid: unknown code');
        while (input.at >= input.bytes.length) { flush(); yield; }
        bits |= input.bytes[input.at++] << held;
        held += 8;
      }
      take(entry & 15);
      const code = entry >> 4;
      if (code > 29) fail('The compressed data is not valid: unknown distance');
      const extra = distanceExtra[code];
      while (held < extra) {
        while (input.at >= input.bytes.length) { flush(); yield; }
        bits |= input.bytes[input.at++] << held;
        held += 8;
      }
      const distance = distanceBase[code] + take(extra);
      if (distance > end) fail('The compressed data is not valid: distance too far back');
      if (end + length > out.length) makeRoom();
      for (let from = end - distance, stop = end + length; end < stop;) out[end++] = out[from++];
    }
  }
  // Whole bytes that were taken in advance go back.
  input.at -= held >> 3;
  flush();
}

module.exports = { inflate };
