// The binding of the README's table, made of Node. What it gives belongs to the program's realm, as in the engine.

import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import tty from 'node:tty';
import url from 'node:url';
import { makeVm } from './emulate-vm.mjs';

export function makeBinding(emulation) {
  const { context, evaluate } = emulation;

  const makeError = evaluate(`(kind, message, fields) => {
    const error = new (globalThis[kind] ?? Error)(message);
    return Object.assign(error, fields);
  }`);
  const isOurs = evaluate('(value) => value instanceof Object');
  const emptyArray = evaluate('() => []');
  const emptyObject = evaluate('() => ({})');

  function adopt(value) {
    if (value === null || typeof value !== 'object' || isOurs(value)) return value;
    if (Array.isArray(value)) {
      const array = emptyArray();
      for (const each of value) array.push(adopt(each));
      return array;
    }
    if (value instanceof BigInt64Array) return context.BigInt64Array.from(value);
    if (ArrayBuffer.isView(value)) return context.Uint8Array.from(value);
    if (Object.getPrototypeOf(value) === Object.prototype) {
      const object = emptyObject();
      for (const [key, each] of Object.entries(value)) object[key] = adopt(each);
      return object;
    }
    return value;
  }

  function failure(error) {
    if (isOurs(error) || !(error instanceof Error)) return error;
    const fields = {};
    if (error.code !== undefined) fields.code = error.code;
    return makeError(error.constructor.name, error.message, adopt(fields));
  }

  // What `vm` gives may be the program's own objects: these must not be looked into.
  const shallow = (value) => {
    if (!Array.isArray(value) || isOurs(value)) return value;
    const array = emptyArray();
    for (const each of value) array.push(Array.isArray(each) && !isOurs(each) ? shallow(each) : each);
    return array;
  };

  const wrap = (fn, take) => evaluate('(f) => (...args) => f(args)')((args) => {
    try {
      return take(fn(...args));
    } catch (error) {
      throw failure(error);
    }
  });

  function wrapAll(table, take = adopt) {
    const made = emptyObject();
    for (const [key, value] of Object.entries(table)) {
      made[key] = typeof value === 'function' ? wrap(value, take) : wrapAll(value, key === 'vm' ? shallow : adopt);
    }
    return made;
  }

  const notHere = (what) => () => {
    throw Object.assign(new Error(`${what} is not emulated`), { code: 'ENOTSUP' });
  };

  const binding = wrapAll({
    fs: makeFs(),
    stdio: makeStdio(),
    loop: makeLoop(),
    time: {
      hrtime: () => process.hrtime.bigint(),
      now: () => performance.timeOrigin + performance.now(),
    },
    random: { fill: (bytes) => { crypto.randomFillSync(bytes); } },
    hash: makeHash(),
    text: makeText(),
    url: makeUrl(),
    http: Object.fromEntries(['start', 'write', 'end', 'watch', 'response', 'read', 'close'].map((n) => [n, notHere(`http.${n}`)])),
    process: {
      argv: () => [emulation.program, ...emulation.args],
      env: () => Object.entries(process.env).flat(),
      versions: () => ['quickjs', '0.15.1', 'tollgate', '0.1.0'],
      cwd: () => process.cwd(),
      chdir: (path) => process.chdir(path),
      exit: (code) => process.reallyExit(code),
      memory: () => {
        const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
        return [rss, heapTotal, heapUsed, external];
      },
    },
    modules: makeModules(emulation),
    vm: makeVm(emulation, { failure }),
    // Standard streams count as ready, as with `loop`.
    bridge: {
      batchResolve: notHere('bridge.batchResolve'),
      poll(asked, milliseconds) {
        if (asked === 0 && milliseconds > 0) pause(milliseconds);
        return asked;
      },
    },
  });
  makeVm.binding = binding;
  return binding;
}

function makeFs() {
  const stats = (s) => BigInt64Array.of(s.dev, s.mode, s.nlink, s.uid, s.gid, s.rdev, s.blksize, s.ino, s.size, s.blocks,
                                        s.atimeNs, s.mtimeNs, s.ctimeNs, s.birthtimeNs);
  const big = { bigint: true };
  const kind = (entry) => entry.isFile() ? 1 : entry.isDirectory() ? 2 : entry.isSymbolicLink() ? 3 : entry.isFIFO() ? 4 :
    entry.isSocket() ? 5 : entry.isCharacterDevice() ? 6 : entry.isBlockDevice() ? 7 : 0;
  const at = (position) => typeof position === 'bigint' ? (position < 0n ? null : position) : position < 0 ? null : position;
  return {
    open: fs.openSync, close: fs.closeSync, fsync: fs.fsyncSync, fdatasync: fs.fdatasyncSync,
    read: (fd, bytes, offset, length, position) =>
      length === 0 ? 0 : fs.readSync(fd, bytes, offset, length, at(position)),
    write: (fd, bytes, offset, length, position) => fs.writeSync(fd, bytes, offset, length, at(position)),
    stat: (path) => stats(fs.statSync(path, big)),
    lstat: (path) => stats(fs.lstatSync(path, big)),
    fstat: (fd) => stats(fs.fstatSync(fd, big)),
    readdir: (path) => fs.readdirSync(path, { withFileTypes: true }).flatMap((entry) => [entry.name, kind(entry)]),
    mkdir: (path, mode) => fs.mkdirSync(path, mode), rmdir: (path) => fs.rmdirSync(path), unlink: fs.unlinkSync,
    rename: fs.renameSync, link: fs.linkSync, symlink: (target, path) => fs.symlinkSync(target, path),
    readlink: (path) => fs.readlinkSync(path), realpath: (path) => fs.realpathSync.native(path),
    ftruncate: fs.ftruncateSync,
    utimes: fs.utimesSync, lutimes: fs.lutimesSync, futimes: fs.futimesSync, access: fs.accessSync,
  };
}

function blockingRead(bytes) {
  for (;;) {
    try {
      return fs.readSync(0, bytes, 0, bytes.length, null);
    } catch (error) {
      if (error.code === 'EOF') return 0;
      if (error.code !== 'EAGAIN') throw error;
      pause(5);
    }
  }
}

function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function makeStdio() {
  return {
    write(fd, bytes) {
      let done = 0;
      while (done < bytes.length) {
        try {
          done += fs.writeSync(fd, bytes, done);
        } catch (error) {
          if (error.code !== 'EAGAIN') throw error;
          pause(1);
        }
      }
    },
    read: blockingRead,
    tryRead: (bytes) => blockingRead(bytes),
    isTTY: (fd) => tty.isatty(fd),
  };
}

// Standard input counts as ready whenever it is watched: reading it then blocks, which is honest enough for a test.
function makeLoop() {
  let next = 1;
  const watches = new Set();
  return {
    poll(milliseconds) {
      if (watches.size > 0) {
        const ready = [...watches];
        watches.clear();
        return ready;
      }
      if (milliseconds > 0) pause(milliseconds);
      return [];
    },
    watchStdin() {
      watches.add(next);
      return next++;
    },
    unwatch: (watch) => { watches.delete(watch); },
  };
}

function makeHash() {
  const running = new Map();
  let next = 1;
  const bytesOf = (buffer) => new Uint8Array(buffer);
  return {
    digest: (algorithm, bytes) => bytesOf(crypto.createHash(algorithm).update(bytes).digest()),
    hmac: (algorithm, key, bytes) => bytesOf(crypto.createHmac(algorithm, key).update(bytes).digest()),
    create(algorithm, key) {
      running.set(next, key === undefined ? crypto.createHash(algorithm) : crypto.createHmac(algorithm, key));
      return next++;
    },
    update: (id, bytes) => { running.get(id).update(bytes); },
    finish(id) {
      const digest = bytesOf(running.get(id).digest());
      running.delete(id);
      return digest;
    },
  };
}

function makeText() {
  const view = (bytes, start = 0, end = bytes.length) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start));
  return {
    encode: (string) => new Uint8Array(Buffer.from(string, 'utf8')),
    decode: (bytes, start, end, fatal, ignoreBOM) =>
      new TextDecoder('utf-8', { fatal: Boolean(fatal), ignoreBOM: Boolean(ignoreBOM) }).decode(view(bytes, start, end)),
    latin1: (bytes, start, end) => view(bytes, start, end).toString('latin1'),
    utf16: (bytes, start, end) => view(bytes, start, end).toString('utf16le'),
    hex: (bytes, start, end) => view(bytes, start, end).toString('hex'),
    base64: (bytes, start, end, forUrl) => view(bytes, start, end).toString(forUrl ? 'base64url' : 'base64'),
    write: (bytes, string, encoding, offset = 0, length = bytes.length - offset) =>
      view(bytes).write(string, offset, length, encoding),
    byteLength: (string) => Buffer.byteLength(string),
    isUtf8: (bytes) => isUtf8(view(bytes)),
    isAscii: (bytes) => view(bytes).every((byte) => byte < 128),
  };
}

function isUtf8(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function makeUrl() {
  function offsets(parsed) {
    const { href, protocol, username, password, host, port, pathname, search, hash } = parsed;
    const protocolEnd = protocol.length;
    let usernameEnd = protocolEnd;
    let hostStart = protocolEnd;
    if (href.startsWith('//', protocolEnd)) {
      usernameEnd = protocolEnd + 2 + username.length;
      hostStart = usernameEnd + (password === '' ? 0 : password.length + 1) + (username !== '' || password !== '' ? 1 : 0);
    }
    const hostEnd = hostStart + (port === '' ? host.length : host.length - port.length - 1);
    const bare = href.length - (href.endsWith('#') && hash === '' ? 1 : hash.length);
    const hashStart = bare === href.length ? 0 : bare;
    const beforeSearch = search === '' && href[bare - 1] === '?' ? bare - 1 : bare - search.length;
    return [href, protocolEnd, usernameEnd, hostStart, hostEnd, port === '' ? -1 : Number(port),
            beforeSearch - pathname.length, beforeSearch === bare ? 0 : beforeSearch, hashStart];
  }
  return {
    parse(input, base) {
      try {
        return offsets(new URL(input, base));
      } catch {
        return null;
      }
    },
    set(href, part, value) {
      const parsed = new URL(href);
      const before = parsed.href;
      if (part === 'href') {
        try { return new URL(value).href; } catch { return null; }
      }
      parsed[part] = value;
      return parsed.href === before ? null : parsed.href;
    },
    domainToASCII: url.domainToASCII,
    domainToUnicode: url.domainToUnicode,
  };
}

function makeModules({ program, inline, isBuiltin, resolveImport }) {
  const format = (path) => {
    if (path.endsWith('.mjs')) return 'module';
    if (path.endsWith('.cjs')) return 'commonjs';
    if (path.endsWith('.json')) return 'json';
    if (path.endsWith('.node') || path.endsWith('.wasm')) return null;
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const manifest = join(folder, 'package.json');
      if (fs.existsSync(manifest) && !folder.endsWith('/node_modules')) {
        const type = JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module' ? 'module' : 'commonjs';
        const extension = /\.[^./]*$/.exec(path)?.[0] ?? '';
        return extension === '.js' || extension === '' ? type : type === 'module' ? null : 'commonjs';
      }
      if (folder === dirname(folder)) return 'commonjs';
    }
  };
  return {
    entry: () => ({
      path: program,
      format: inline === undefined ? format(program) : 'commonjs',
      source: inline ?? fs.readFileSync(program, 'utf8'),
    }),
    resolve(specifier, from, mode) {
      const plain = specifier.startsWith('node:') ? specifier.slice(5) : specifier;
      if (isBuiltin(plain)) return plain.startsWith('tollgate:') ? plain : `node:${plain}`;
      if (mode === 'require') {
        const found = createRequire(join(from, 'noop.js')).resolve(specifier);
        // A builtin of Node that the library does not have.
        if (!isAbsolute(found)) throw Object.assign(new Error(`Cannot find module '${specifier}'`), { code: 'MODULE_NOT_FOUND' });
        return found;
      }
      const found = resolveImport(specifier, url.pathToFileURL(join(from, 'noop.js')).href);
      if (!found.startsWith('file:')) return found;
      const path = url.fileURLToPath(found);
      if (!fs.existsSync(path)) {
        throw Object.assign(new Error(`Cannot find module '${path}' imported from ${from}`), { code: 'ERR_MODULE_NOT_FOUND' });
      }
      if (fs.statSync(path).isDirectory()) {
        throw Object.assign(new Error(`Directory import '${path}' is not supported resolving ES modules imported from ${from}`),
                            { code: 'ERR_UNSUPPORTED_DIR_IMPORT' });
      }
      return fs.realpathSync(path);
    },
    load: (path) => fs.readFileSync(path, 'utf8'),
    format,
  };
}
