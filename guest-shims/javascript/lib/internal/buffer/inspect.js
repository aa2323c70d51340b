// How a buffer is shown: its first bytes, and what a program hung on it.

// The properties of a buffer cannot be had without the names of all its bytes, which for a big one are too many.
const mostBytesWithExtras = 65536;

module.exports = function inspectBuffer(buffer, ctx) {
  const most = require('internal/buffer/limits').INSPECT_MAX_BYTES;
  const shown = Math.min(most, buffer.length);
  const rest = buffer.length - most;
  let out = buffer.hexSlice(0, shown).replace(/(..)(?=.)/g, '$1 ');
  if (rest > 0) out += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  if (ctx && buffer.length <= mostBytesWithExtras) {
    const keys = ctx.showHidden ? Reflect.ownKeys(buffer) : Object.keys(buffer);
    const extras = { __proto__: null };
    let any = false;
    for (let i = buffer.length; i < keys.length; i++) {
      any = true;
      extras[keys[i]] = buffer[keys[i]];
    }
    if (any) {
      const { inspect } = require('internal/util/inspect');
      const text = inspect(extras, { ...ctx, breakLength: Infinity, compact: true });
      if (buffer.length !== 0) out += ', ';
      // What is left of `[Object: null prototype] { a: 1 }` is what stands between the braces.
      out += text.slice(text.indexOf('{') + 2, -2);
    }
  }
  const name = buffer.constructor?.name ?? 'Buffer';
  return `<${name} ${out}>`;
};
