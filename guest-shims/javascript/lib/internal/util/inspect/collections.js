// The entries of lists, maps, sets, buffers and promises.

const { ELEMENT, LIST, formatDescriptor, formatProperty, formatValue } = require('internal/util/inspect');
const { numberText, bigintText } = require('internal/util/inspect/primitives');
const { typedArrayLength } = require('internal/util/types');
const { layOut } = require('internal/util/inspect/layout');

const limitOf = (context, length) => Math.min(Math.max(0, context.maxArrayLength), length);
const restText = (count) => `... ${count} more item${count > 1 ? 's' : ''}`;

function array(context, value, level) {
  const { length } = value;
  const limit = limitOf(context, length);
  const output = [];
  for (let i = 0; i < limit; i++) {
    const descriptor = Object.getOwnPropertyDescriptor(value, i);
    if (descriptor === undefined) return arrayWithHoles(context, value, level, limit, output, i);
    output.push(formatDescriptor(context, descriptor, level, i, ELEMENT, value));
  }
  if (length > limit) output.push(restText(length - limit));
  return output;
}

// Holes in a row count as one entry.
function arrayWithHoles(context, value, level, limit, output, next) {
  const hole = (count) => context.stylize(`<${count} empty item${count > 1 ? 's' : ''}>`, 'undefined');
  const keys = Object.keys(value);
  for (let i = next; i < keys.length && output.length < limit; i++) {
    const key = keys[i];
    if (!/^(?:0|[1-9]\d*)$/.test(key) || Number(key) > 2 ** 32 - 2) break;
    const index = Number(key);
    if (index !== next) {
      output.push(hole(index - next));
      next = index;
      if (output.length === limit) break;
    }
    output.push(formatProperty(context, value, level, key, ELEMENT));
    next++;
  }
  const rest = value.length - next;
  if (rest > 0) output.push(output.length < limit ? hole(rest) : restText(rest));
  return output;
}

function typedArray(context, value, level, isField) {
  const length = typedArrayLength(value);
  const limit = limitOf(context, length);
  const isNumber = length > 0 && typeof value[0] === 'number';
  const output = new Array(limit);
  for (let i = 0; i < limit; i++) {
    output[i] = isNumber ? context.stylize(numberText(value[i], context.numericSeparator), 'number') :
      context.stylize(bigintText(value[i], context.numericSeparator), 'bigint');
  }
  if (length > limit) output.push(restText(length - limit));
  if (context.showHidden && !isField) {
    context.indentation += 2;
    for (const key of ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer']) {
      output.push(`[${key}]: ${formatValue(context, value[key], level, true)}`);
    }
    context.indentation -= 2;
  }
  return output;
}

function formatAll(context, values, level) {
  const limit = limitOf(context, values.length);
  const output = [];
  context.indentation += 2;
  for (let i = 0; i < limit; i++) output.push(formatValue(context, values[i], level));
  if (values.length > limit) output.push(restText(values.length - limit));
  context.indentation -= 2;
  return output;
}

function set(context, value, level) {
  const values = [];
  Set.prototype.forEach.call(value, (each) => { values.push(each); });
  return formatAll(context, values, level);
}

function map(context, value, level) {
  const limit = limitOf(context, Reflect.apply(Object.getOwnPropertyDescriptor(Map.prototype, 'size').get, value, []));
  const output = [];
  let count = 0;
  context.indentation += 2;
  Map.prototype.forEach.call(value, (each, key) => {
    if (count++ < limit) output.push(`${formatValue(context, key, level)} => ${formatValue(context, each, level)}`);
  });
  context.indentation -= 2;
  if (count > limit) output.push(restText(count - limit));
  return output;
}

// What is left in the iterator, without moving it on.
function iterator(context, value, level, isField, braces) {
  const [entries, isPairs] = binding.vm.entries(value);
  if (!isPairs) return formatAll(context, entries, level);
  braces[0] = braces[0].replace(/ Iterator\] \{$/, ' Entries] {');
  const count = entries.length / 2;
  const limit = limitOf(context, count);
  const output = [];
  context.indentation += 2;
  for (let i = 0; i < limit; i++) {
    const pair = [formatValue(context, entries[2 * i], level), formatValue(context, entries[2 * i + 1], level)];
    output.push(layOut(context, pair, '', ['[', ']'], LIST, level));
  }
  context.indentation -= 2;
  if (count > limit) output.push(restText(count - limit));
  return output;
}

function arrayBuffer(context, value, level, isField) {
  const length = `byteLength: ${context.stylize(String(value.byteLength), 'number')}`;
  if (isField) return [length];
  let bytes;
  try {
    bytes = new Uint8Array(value);
  } catch {
    return [context.stylize('(detached)', 'special'), length];
  }
  const limit = limitOf(context, bytes.length);
  let text = '';
  for (let i = 0; i < limit; i++) text += `${i === 0 ? '' : ' '}${bytes[i].toString(16).padStart(2, '0')}`;
  const rest = bytes.length - limit;
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  return [`${context.stylize('[Uint8Contents]', 'special')}: <${text}>`, length];
}

function promise(context, value, level) {
  const [state, result] = binding.vm.promise(value);
  if (state === 0) return [context.stylize('<pending>', 'special')];
  context.indentation += 2;
  const text = formatValue(context, result, level);
  context.indentation -= 2;
  return [state === 2 ? `${context.stylize('<rejected>', 'special')} ${text}` : text];
}

function namespace(context, value, level, keys) {
  const output = [];
  for (const key of keys) {
    try {
      output.push(formatProperty(context, value, level, key, 0));
    } catch (error) {
      // An export that is still in its temporal dead zone.
      if (!(error instanceof ReferenceError)) throw error;
      output.push(`${String(key)}: ${context.stylize('<uninitialized>', 'special')}`);
    }
  }
  return output;
}

module.exports = { array, arrayBuffer, iterator, map, namespace, promise, set, typedArray };
