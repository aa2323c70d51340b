// console.table: rows and columns in a frame.

const types = require('internal/util/types');
const { widthOf } = require('internal/util/inspect/layout');

function frame(head, columns) {
  const rows = Math.max(0, ...columns.map((column) => column.length));
  const widths = columns.map((column, i) => {
    let width = widthOf(head[i]);
    for (let row = 0; row < rows; row++) width = Math.max(width, widthOf(column[row] ?? ''));
    return width + 2;
  });
  const lines = widths.map((width) => '─'.repeat(width));
  const cell = (text, width) => ` ${text}${' '.repeat(width - widthOf(text) - 1)}`;
  const row = (texts) => `│${texts.map((text, i) => cell(text, widths[i])).join('│')}│`;
  const output = [`┌${lines.join('┬')}┐`, row(head), `├${lines.join('┼')}┤`];
  for (let i = 0; i < rows; i++) output.push(row(columns.map((column) => column[i] ?? '')));
  output.push(`└${lines.join('┴')}┘`);
  return output.join('\n');
}

const INDEX = '(index)';
const ITERATION = '(iteration index)';
const KEY = 'Key';
const VALUES = 'Values';

function ofEntries(list, isPairs, inner) {
  const indices = list.map((each, i) => String(i));
  if (isPairs) return frame([ITERATION, KEY, VALUES], [indices, list.map(([key]) => inner(key)), list.map(([, value]) => inner(value))]);
  return frame([ITERATION, VALUES], [indices, list.map(inner)]);
}

function pairsOf(flat) {
  const pairs = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]]);
  return pairs;
}

function render(data, properties, inner) {
  if (types.isMap(data)) return ofEntries([...Map.prototype.entries.call(data)], true, inner);
  if (types.isSet(data)) return ofEntries([...Set.prototype.values.call(data)], false, inner);
  const left = types.isMapIterator(data) || types.isSetIterator(data) ? binding.vm.entries(data) : undefined;
  if (left !== undefined) {
    const [list, isPairs] = left;
    return ofEntries(isPairs ? pairsOf(list) : list, isPairs, inner);
  }

  const rows = Object.keys(data);
  const columns = new Map();
  const values = [];
  let hasValues = false;
  rows.forEach((key, i) => {
    const row = data[key];
    const isPrimitive = row === null || typeof row !== 'object' && typeof row !== 'function';
    if (isPrimitive) {
      hasValues = true;
      values[i] = inner(row);
      return;
    }
    for (const name of properties ?? Object.keys(row)) {
      if (!columns.has(name)) columns.set(name, []);
      if (Object.hasOwn(row, name)) columns.get(name)[i] = inner(row[name]);
    }
  });
  // Columns that were asked for stand there even when no row has them.
  for (const name of properties ?? []) if (!columns.has(name)) columns.set(name, []);
  const head = [INDEX, ...columns.keys()].map(String);
  const body = [rows, ...columns.values()];
  if (hasValues) {
    head.push(VALUES);
    body.push(values);
  }
  return frame(head, body.map((column) => Array.from({ length: rows.length }, (unused, i) => column[i] ?? '')));
}

exports.render = render;
