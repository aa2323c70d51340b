// On one line, on several, or in columns.

const LIST = 2;

// A terminal shows a sign of eastern scripts or an emoji in two cells, and a combining mark in none.
const WIDE = ['\u1100-\u115f', '\u2329\u232a', '\u2e80-\u303e', '\u3041-\u4dbf', '\u4e00-\ua4cf', '\ua960-\ua97f',
              '\uac00-\ud7a3', '\uf900-\ufaff', '\ufe30-\ufe6f', '\uff01-\uff60', '\uffe0-\uffe6', '\u{1b000}-\u{1b2ff}',
              '\u{1f200}-\u{1f2ff}', '\u{1f300}-\u{1f64f}', '\u{1f900}-\u{1f9ff}', '\u{20000}-\u{3fffd}'];
const NONE = ['\\0-\u001f', '\u007f-\u009f', '\u0300-\u036f', '\u200b-\u200f', '\u20d0-\u20ff', '\ufe00-\ufe0f',
              '\ufe20-\ufe2f', '\u{e0100}-\u{e01ef}'];
let wide;
let none;
const PLAIN = /^[\x20-\x7e]*$/;

function widthOf(text, hasColors = true) {
  if (PLAIN.test(text)) return text.length;
  if (hasColors && text.includes('\u001b')) text = require('internal/util/strip').stripVTControlCharacters(text);
  wide ??= new RegExp(`[${WIDE.join('')}]`, 'u');
  none ??= new RegExp(`[${NONE.join('')}]`, 'u');
  let width = 0;
  for (const character of text.normalize('NFC')) {
    if (wide.test(character)) width += 2;
    else if (!none.test(character)) width++;
  }
  return width;
}

function fitsOneLine(context, output, start, base) {
  let total = output.length + start;
  if (total + output.length > context.breakLength) return false;
  for (const text of output) {
    total += context.colors ? require('internal/util/strip').stripVTControlCharacters(text).length : text.length;
    if (total > context.breakLength) return false;
  }
  return base === '' || !base.includes('\n');
}

// Many short elements are set in columns, about as wide as high.
function inColumns(context, output, value) {
  const hasRest = context.maxArrayLength < output.length;
  const count = hasRest ? output.length - 1 : output.length;
  const gap = 2;
  const widths = new Array(count);
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    widths[i] = widthOf(output[i], context.colors);
    total += widths[i] + gap;
    if (widths[i] > widest) widest = widths[i];
  }
  const cell = widest + gap;
  if (cell * 3 + context.indentation >= context.breakLength || total / cell <= 5 && widest > 6) return output;

  const bias = Math.sqrt(cell - total / output.length);
  const biased = Math.max(cell - 3 - bias, 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * biased * count) / biased),
    Math.floor((context.breakLength - context.indentation) / cell),
    context.compact * 4,
    15,
  );
  if (columns <= 1) return output;

  const columnWidths = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < count; i += columns) if (widths[i] > width) width = widths[i];
    columnWidths.push(width + gap);
  }
  const toRight = value !== undefined && isAllNumbers(value, output.length);
  const lines = [];
  for (let first = 0; first < count; first += columns) {
    const end = Math.min(first + columns, count);
    let line = '';
    for (let i = first; i < end; i++) {
      const isLast = i === end - 1;
      const text = isLast ? output[i] : `${output[i]}, `;
      const width = columnWidths[i - first] + output[i].length - widths[i] - (isLast ? gap : 0);
      if (toRight) line += text.padStart(width);
      else line += isLast ? text : text.padEnd(width);
    }
    lines.push(line);
  }
  if (hasRest) lines.push(output[count]);
  return lines;
}

function isAllNumbers(value, length) {
  for (let i = 0; i < length; i++) {
    if (typeof value[i] !== 'number' && typeof value[i] !== 'bigint') return false;
  }
  return true;
}

// Engines put long texts together without copying them: `join` would copy all of what is below, on every level.
function joined(output, separator) {
  let text = '';
  for (let i = 0; i < output.length; i++) text += i === 0 ? output[i] : separator + output[i];
  return text;
}

function layOut(context, output, base, braces, layout, level, value) {
  const head = base === '' ? '' : `${base} `;
  if (context.compact !== true) {
    if (typeof context.compact === 'number' && context.compact >= 1) {
      const entries = output.length;
      if (layout === LIST && entries > 6) output = inColumns(context, output, value);
      // Only the innermost levels, as many as `compact` says, are put on one line.
      if (context.currentDepth - level < context.compact && entries === output.length) {
        const start = output.length + context.indentation + braces[0].length + base.length + 10;
        if (fitsOneLine(context, output, start, base)) {
          const entry = output.join(', ');
          if (!entry.includes('\n')) return `${head}${braces[0]} ${entry} ${braces[1]}`;
        }
      }
    }
    const line = `\n${' '.repeat(context.indentation)}`;
    return `${head}${braces[0]}${line}  ${joined(output, `,${line}  `)}${line}${braces[1]}`;
  }
  if (fitsOneLine(context, output, 0, base)) return `${braces[0]}${base ? ` ${base}` : ''} ${output.join(', ')} ${braces[1]}`;
  const indentation = `\n${' '.repeat(context.indentation)}`;
  const first = base === '' && braces[0].length === 1 ? ' ' : `${base ? ` ${base}` : ''}\n${indentation.slice(1)}  `;
  return `${braces[0]}${first}${joined(output, `,${indentation}  `)} ${braces[1]}`;
}

module.exports = { layOut, widthOf };
