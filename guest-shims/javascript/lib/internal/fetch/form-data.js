// FormData, and how it is written and read as multipart/form-data.

const { expose, inspectAs, needs, toText } = require('internal/fetch/webidl');

const blobs = () => require('internal/blob');

function toEntry(name, value, filename, isFile) {
  if (!isFile) return [name, toText(value)];
  const { Blob, File } = blobs();
  if (!(value instanceof File)) {
    value = new File([value], filename ?? 'blob', { type: value.type });
  } else if (filename !== undefined) {
    value = new File([value], filename, { type: value.type, lastModified: value.lastModified });
  }
  return value instanceof Blob ? [name, value] : [name, toText(value)];
}

class FormData {
  #entries = [];

  constructor(form = undefined) {
    if (form !== undefined) {
      throw new TypeError("FormData constructor: Argument 1 could not be converted to: undefined.");
    }
  }

  #make(method, count, name, value, filename) {
    needs(count, 2, `FormData.${method}`);
    const isFile = blobs().isBlob(value);
    if (count > 2 && !isFile) {
      throw new TypeError(`Failed to execute '${method}' on 'FormData': parameter 2 is not of type 'Blob'`);
    }
    return toEntry(toText(name), value, filename === undefined ? undefined : toText(filename), isFile);
  }

  append(name, value, filename = undefined) {
    this.#entries.push(this.#make('append', arguments.length, name, value, filename));
  }

  delete(name) {
    needs(arguments.length, 1, 'FormData.delete');
    name = toText(name);
    this.#entries = this.#entries.filter((entry) => entry[0] !== name);
  }

  get(name) {
    needs(arguments.length, 1, 'FormData.get');
    name = toText(name);
    return this.#entries.find((entry) => entry[0] === name)?.[1] ?? null;
  }

  getAll(name) {
    needs(arguments.length, 1, 'FormData.getAll');
    name = toText(name);
    return this.#entries.filter((entry) => entry[0] === name).map((entry) => entry[1]);
  }

  has(name) {
    needs(arguments.length, 1, 'FormData.has');
    name = toText(name);
    return this.#entries.some((entry) => entry[0] === name);
  }

  set(name, value, filename = undefined) {
    const entry = this.#make('set', arguments.length, name, value, filename);
    const at = this.#entries.findIndex((each) => each[0] === entry[0]);
    if (at === -1) {
      this.#entries.push(entry);
      return;
    }
    this.#entries = this.#entries.filter((each, i) => i <= at || each[0] !== entry[0]);
    this.#entries[at] = entry;
  }

  * keys() { for (let i = 0; i < this.#entries.length; i++) yield this.#entries[i][0]; }
  * values() { for (let i = 0; i < this.#entries.length; i++) yield this.#entries[i][1]; }
  * entries() { for (let i = 0; i < this.#entries.length; i++) yield this.#entries[i].slice(); }

  forEach(callback, self = undefined) {
    needs(arguments.length, 1, 'FormData.forEach');
    if (typeof callback !== 'function') {
      throw new TypeError("Failed to execute 'forEach' on 'FormData': parameter 1 is not of type 'Function'.");
    }
    for (const [name, value] of this.entries()) Reflect.apply(callback, self, [value, name, this]);
  }
}

Object.defineProperty(FormData.prototype, Symbol.iterator, {
  value: FormData.prototype.entries, writable: true, configurable: true,
});
expose(FormData, 'FormData');
inspectAs(FormData, (form) => {
  const shown = {};
  for (const [name, value] of form) {
    if (!Object.hasOwn(shown, name)) shown[name] = value;
    else if (Array.isArray(shown[name])) shown[name].push(value);
    else shown[name] = [shown[name], value];
  }
  return shown;
});

// ---- multipart ------------------------------------------------------------------------------------------------------

const escapeName = (name) => name.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22');
const escapeFilename = (name) => name.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');

function writeMultipart(form) {
  const digits = new Uint8Array(12);
  binding.random.fill(digits);
  const boundary = `----formdata-tollgate-${Array.from(digits, (digit) => digit % 10).join('')}`;
  const pieces = [];
  const text = (string) => { pieces.push(binding.text.encode(string)); };
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`;
    if (typeof value === 'string') {
      text(`${head}\r\n\r\n${value.replace(/\r?\n|\r/g, '\r\n')}\r\n`);
    } else {
      text(`${head}; filename="${escapeFilename(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}\r\n\r\n`);
      pieces.push(blobs().blobBytes(value));
      text('\r\n');
    }
  }
  text(`--${boundary}--\r\n`);
  return { bytes: join(pieces), type: `multipart/form-data; boundary=${boundary}` };
}

function join(pieces) {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const decode = (bytes, start, end) => binding.text.decode(bytes, start, end, false, false);

// One character per byte, so that places in the text are places in the bytes.
function readMultipart(bytes, boundary) {
  const text = binding.text.latin1(bytes, 0, bytes.length);
  const mark = `--${boundary}`;
  const fail = () => new TypeError('Failed to parse body as FormData.');
  let at = text.indexOf(mark);
  if (at === -1) throw fail();
  const form = new FormData();
  for (;;) {
    at += mark.length;
    if (text.startsWith('--', at)) return form;
    if (!text.startsWith('\r\n', at)) throw fail();
    const headEnd = text.indexOf('\r\n\r\n', at);
    const next = headEnd === -1 ? -1 : text.indexOf(`\r\n${mark}`, headEnd + 2);
    if (next === -1) throw fail();
    const head = decode(bytes, at + 2, headEnd);
    const bodyStart = headEnd + 4;
    const bodyEnd = Math.max(bodyStart, next);
    addPart(form, head, bytes, bodyStart, bodyEnd, fail);
    at = next + 2;
  }
}

function addPart(form, head, bytes, start, end, fail) {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(head)?.[1];
  const name = disposition === undefined ? undefined : parameter(disposition, 'name');
  if (name === undefined) throw fail();
  const filename = parameter(disposition, 'filename');
  if (filename === undefined) {
    form.append(name, decode(bytes, start, end));
    return;
  }
  const type = /^content-type:\s*(.*?)\s*$/im.exec(head)?.[1] ?? 'text/plain';
  form.append(name, new (blobs().File)([bytes.subarray(start, end)], filename, { type }));
}

function parameter(text, name) {
  const value = new RegExp(`(?:^|[;\\s])${name}="([^"]*)"`, 'i').exec(text)?.[1];
  return value?.replace(/%0A/gi, '\n').replace(/%0D/gi, '\r').replace(/%22/g, '"');
}

module.exports = { FormData, join, readMultipart, writeMultipart };
