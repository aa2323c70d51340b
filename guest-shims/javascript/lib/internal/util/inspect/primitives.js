// Strings with their quotes, numbers, and the other values that are no objects.

const NEEDS_ESCAPE = /[\x00-\x1f\x27\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ESCAPED = new RegExp(NEEDS_ESCAPE, 'g');
const SHORT = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\', "'": "\\'" };

function escapeOne(character) {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

const escapeText = (text) => NEEDS_ESCAPE.test(text) ? text.replace(ESCAPED, escapeOne) : text;

// With the quotes that need the least escaping.
function quote(text) {
  if (!NEEDS_ESCAPE.test(text)) return `'${text}'`;
  let mark = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"';
    else if (!text.includes('`') && !text.includes('${')) mark = '`';
  }
  const escape = mark === "'" ? escapeOne : (character) => character === "'" ? character : escapeOne(character);
  return mark + text.replace(ESCAPED, escape) + mark;
}

function grouped(digits, fromLeft) {
  return fromLeft ? digits.replace(/\d{3}(?=\d)/g, '$&_') : digits.replace(/\B(?=(?:\d{3})+(?!\d))/g, '_');
}

function numberText(value, separator) {
  if (!separator) return Object.is(value, -0) ? '-0' : String(value);
  const text = Object.is(value, -0) ? '-0' : String(value);
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  const [whole, fraction] = text.split('.');
  return fraction === undefined ? grouped(whole, false) : `${grouped(whole, false)}.${grouped(fraction, true)}`;
}

const bigintText = (value, separator) => `${separator ? grouped(String(value), false) : value}n`;

function formatString(context, value) {
  let rest = '';
  if (value.length > context.maxStringLength) {
    const left = value.length - context.maxStringLength;
    value = value.slice(0, context.maxStringLength);
    rest = `... ${left} more character${left > 1 ? 's' : ''}`;
  }
  if (context.compact !== true && value.length > 16 && value.includes('\n') &&
      value.length > context.breakLength - context.indentation - 4) {
    const lines = value.split(/(?<=\n)/).map((line) => context.stylize(quote(line), 'string'));
    return lines.join(` +\n${' '.repeat(context.indentation + 2)}`) + rest;
  }
  return context.stylize(quote(value), 'string') + rest;
}

function formatPrimitive(context, value) {
  switch (typeof value) {
    case 'string': return formatString(context, value);
    case 'number': return context.stylize(numberText(value, context.numericSeparator), 'number');
    case 'bigint': return context.stylize(bigintText(value, context.numericSeparator), 'bigint');
    case 'boolean': return context.stylize(String(value), 'boolean');
    case 'undefined': return context.stylize('undefined', 'undefined');
    default: return context.stylize(escapeSymbol(value), 'symbol');
  }
}

const escapeSymbol = (symbol) => escapeText(Symbol.prototype.toString.call(symbol));

module.exports = { bigintText, escapeText, formatPrimitive, numberText, quote };
