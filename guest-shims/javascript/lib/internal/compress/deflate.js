// Compression of RFC 1951: repetitions are looked for by hashes of three bytes, and written with the fixed codes.

const { lengthBase, lengthExtra, distanceBase, distanceExtra, fixedLengths, codesOf } = require('internal/compress/tables');

const reach = 32768;
const longest = 258;
const tries = 32;
const stored = 65535;

let tables;

function prepare() {
  if (tables !== undefined) return tables;
  const lengths = fixedLengths();
  const lengthCode = new Uint8Array(longest + 1);
  for (let code = 0; code < 29; code++) {
    for (let i = 0; i < 1 << lengthExtra[code] && lengthBase[code] + i <= longest; i++) lengthCode[lengthBase[code] + i] = code;
  }
  tables = { lengths, codes: codesOf(lengths), distances: codesOf(new Uint8Array(30).fill(5)), lengthCode };
  return tables;
}

function distanceCode(distance) {
  let low = 0;
  let high = 29;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (distanceBase[middle] <= distance) low = middle;
    else high = middle - 1;
  }
  return low;
}

class Deflate {
  #window = new Uint8Array(0);    // what was written before, as far as a repetition may reach
  #bits = 0;
  #held = 0;
  #out;
  #at = 0;

  #put(value, count) {
    this.#bits |= value << this.#held;
    this.#held += count;
    while (this.#held >= 8) {
      this.#out[this.#at++] = this.#bits & 255;
      this.#bits >>>= 8;
      this.#held -= 8;
    }
  }

  // One block of a piece: the compressed bytes that are complete.
  push(bytes, last) {
    const pieces = [];
    if (bytes.length === 0 && !last) return pieces;
    let from = 0;
    do {
      const part = bytes.subarray(from, from + stored);
      from += part.length;
      pieces.push(this.#block(part, last && from >= bytes.length));
    } while (from < bytes.length);
    return pieces;
  }

  #block(part, last) {
    const { lengths, codes, distances, lengthCode } = prepare();
    const start = this.#window.length;
    const all = new Uint8Array(start + part.length);
    all.set(this.#window);
    all.set(part, start);
    // A literal takes nine bits at most.
    this.#out = new Uint8Array(16 + part.length + (part.length >> 2));
    this.#at = 0;
    this.#put(last ? 1 : 0, 1);
    this.#put(1, 2);

    const heads = new Int32Array(32768).fill(-1);
    const before = new Int32Array(all.length);
    const hashAt = (i) => ((all[i] << 10) ^ (all[i + 1] << 5) ^ all[i + 2]) & 32767;
    const remember = (i) => {
      if (i + 2 >= all.length) return;
      const hash = hashAt(i);
      before[i] = heads[hash];
      heads[hash] = i;
    };
    for (let i = 0; i < start; i++) remember(i);

    for (let i = start; i < all.length;) {
      let best = 2;
      let where = -1;
      if (i + 2 < all.length) {
        const most = Math.min(longest, all.length - i);
        for (let at = heads[hashAt(i)], left = tries; at >= 0 && i - at <= reach && left > 0; at = before[at], left--) {
          if (all[at + best] !== all[i + best]) continue;
          let length = 0;
          while (length < most && all[at + length] === all[i + length]) length++;
          if (length > best) {
            best = length;
            where = at;
            if (length === most) break;
          }
        }
      }
      if (where < 0) {
        this.#put(codes[all[i]], lengths[all[i]]);
        remember(i++);
        continue;
      }
      const symbol = lengthCode[best];
      this.#put(codes[257 + symbol], lengths[257 + symbol]);
      this.#put(best - lengthBase[symbol], lengthExtra[symbol]);
      const code = distanceCode(i - where);
      this.#put(distances[code], 5);
      this.#put(i - where - distanceBase[code], distanceExtra[code]);
      for (const stop = i + best; i < stop;) remember(i++);
    }
    this.#put(codes[256], lengths[256]);
    if (last && this.#held > 0) this.#put(0, 8 - this.#held);
    this.#window = all.subarray(Math.max(0, all.length - reach));
    return this.#out.subarray(0, this.#at);
  }
}

module.exports = { Deflate };
