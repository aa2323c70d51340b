// Source maps: where in the original a place in a compiled text comes from. Looked for when an error is shown, and not
// before; what is wrong with a map makes it none.

const digits = new Map([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((digit, at) => [digit, at]));

// What comes after it in a text: of the last comment that has it, as Node finds it.
function urlIn(text) {
  const comments = text.matchAll(/\/[/*][#@][ \t]+sourceMappingURL=(\S+?)(?:\*\/|\s|$)/g);
  return [...comments].at(-1)?.[1];
}

const pathOf = (file) => (file.startsWith('file:') ? require('internal/url').fileURLToPath(file) : file);

function textOf(url, path) {
  if (url.startsWith('data:')) {
    const comma = url.indexOf(',');
    const body = decodeURIComponent(url.slice(comma + 1));
    return url.slice(0, comma).endsWith(';base64') ? require('buffer').Buffer.from(body, 'base64').toString() : body;
  }
  const { URL, pathToFileURL, fileURLToPath } = require('internal/url');
  return binding.modules.read(fileURLToPath(new URL(url, pathToFileURL(path))));
}

// The numbers of a segment, which follow from those of the one before.
function numbersOf(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = digits.get(digit);
    if (bits === undefined || shift > 30) throw new Error('no number');
    value |= (bits & 31) << shift;
    if (bits & 32) {
      shift += 5;
    } else {
      numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
      value = shift = 0;
    }
  }
  return numbers;
}

// For each line, segments of [column, source, line, column].
function decoded(mappings) {
  let source = 0;
  let line = 0;
  let column = 0;
  return mappings.split(';').map((text) => {
    let at = 0;
    const segments = [];
    for (const segment of text === '' ? [] : text.split(',')) {
      const [columns, sources, lines, originalColumns] = numbersOf(segment);
      at += columns;
      if (sources === undefined) continue;
      source += sources;
      line += lines;
      column += originalColumns;
      segments.push([at, source, line, column]);
    }
    return segments;
  });
}

function read(path) {
  const url = urlIn(binding.modules.load(path));
  if (url === undefined) return undefined;
  const map = JSON.parse(textOf(url, path).replace(/^\)\]\}'[^\n]*\n/, ''));
  if (map.version !== 3 || typeof map.mappings !== 'string' || !Array.isArray(map.sources)) return undefined;
  return { map, lines: decoded(map.mappings), path: url.startsWith('data:') ? path : pathBeside(url, path) };
}

function pathBeside(url, path) {
  const { URL, pathToFileURL, fileURLToPath } = require('internal/url');
  return fileURLToPath(new URL(url, pathToFileURL(path)));
}

const maps = new Map();

function mapOf(path) {
  if (!maps.has(path)) {
    let found;
    try {
      found = read(path);
    } catch {
      // A map that cannot be read says nothing.
    }
    maps.set(path, found);
  }
  return maps.get(path);
}

// The name of an original: its URL, which for a file is the path in the guest.
function nameOf({ map, path }, source) {
  const name = (map.sourceRoot ? `${map.sourceRoot.replace(/\/$/, '')}/` : '') + source;
  const { URL, pathToFileURL } = require('internal/url');
  return new URL(name, pathToFileURL(path)).href;
}

// The place that a place comes from, with its line's text where the map has it; undefined where there is no map. Lines and
// columns count from one.
function original({ file, line, column }) {
  try {
    const found = mapOf(pathOf(file));
    const segments = found?.lines[line - 1];
    const segment = segments?.findLast(([at]) => at <= column - 1) ?? segments?.[0];
    if (segment === undefined) return undefined;
    const [, source, originalLine, originalColumn] = segment;
    const name = found.map.sources[source];
    if (typeof name !== 'string') return undefined;
    const content = found.map.sourcesContent?.[source];
    return {
      file: nameOf(found, name),
      line: originalLine + 1,
      column: originalColumn + 1,
      text: typeof content === 'string' ? content.split('\n')[originalLine] : undefined,
    };
  } catch {
    return undefined;
  }
}

module.exports = { original };
