// Every name that is served, called as a shim calls it. A folder /work is granted, and standard input says what it says.
import assert from 'node:assert';
import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import bridge from 'tollgate:bridge';
import contract from './contract.json' with { type: 'json' };

const b = bridge;
const here = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');
const bytes = Buffer.from([0, 0xff, 0x80, 10]);
const asBase64 = (text) => Buffer.from(text).toString('base64');
const thrown = (work) => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
};
const rejected = async (promise) => {
  assert.ok(promise instanceof Promise);
  return promise.then(() => assert.fail('nothing was rejected'), (error) => error);
};
const system = (error, code, syscall, path) => {
  assert.ok(error instanceof Error);
  assert.deepEqual([error.code, error.syscall, error.path], [code, syscall, path]);
  assert.ok(error.message.startsWith(`${code}: `) && error.errno < 0);
};

// The synchronous and the asynchronous name of one thing, tried alike. Each gets a folder of its own.
let count = 0;
const both = (base, attempt) => Object.fromEntries(['', 'Async'].map((end) => {
  const name = `${base}${end}`;
  const call = end === '' ? async (...args) => b[name](...args) : (...args) => {
    const promise = b[name](...args);
    assert.ok(promise instanceof Promise, `${name} gives a promise`);
    return promise;
  };
  return [name, async () => {
    const folder = `/work/${count++}`;
    b._fsMkdir(folder, false);
    await attempt(call, folder);
  }];
}));
const gone = async (call, syscall, path, ...rest) => system(await rejected(call(path, ...rest)), 'ENOENT', syscall, path);

const tries = {
  _log() { assert.equal(b._log('logged'), undefined); },
  _error() { assert.equal(b._error('told'), undefined); },

  _resolveModule() {
    assert.equal(b._resolveModule('./beside.cjs', here), `${here}/beside.cjs`);
    assert.equal(b._resolveModule('fs', here, 'import'), 'node:fs');
    assert.equal(b._resolveModule('tollgate:bridge', here, 'import'), 'tollgate:bridge');
    assert.equal(b._resolveModule('tollgate:bridge', here, 'require'), 'tollgate:bridge');
    assert.equal(b._resolveModule('./none', here), null);
    assert.equal(b._resolveModule.applySyncPromise(undefined, ['none', here, 'import']), null);
  },
  _resolveModuleSync() { assert.equal(b._resolveModuleSync('./contract', here, 'require'), `${here}/contract.json`); },
  _loadFile() {
    assert.equal(b._loadFile(`${here}/beside.cjs`), "exports.beside = 'beside';\n");
    assert.equal(b._loadFile(`${here}/none.js`), null);
  },
  _loadFileSync() { assert.equal(b._loadFileSync(`${here}/beside.cjs`), "exports.beside = 'beside';\n"); },
  _moduleFormat() {
    assert.deepEqual(['beside.cjs', 'served.mjs', 'contract.json', 'none.js'].map((name) => b._moduleFormat(`${here}/${name}`)),
                     ['commonjs', 'module', 'json', null]);
  },
  _batchResolveModules() {
    assert.deepEqual(b._batchResolveModules([['./beside.cjs', here], ['./none', here], ['none', here]]),
                     [{ resolved: `${here}/beside.cjs`, source: "exports.beside = 'beside';\n" }, null, null]);
    assert.deepEqual(b._batchResolveModules([]), []);
  },

  _cryptoRandomFill() {
    const [one, two] = [b._cryptoRandomFill(32), b._cryptoRandomFill(32)];
    assert.equal(Buffer.from(one, 'base64').length, 32);
    assert.notEqual(one, two);
    assert.equal(b._cryptoRandomFill(0), '');
    assert.equal(Buffer.from(b._cryptoRandomFill.applySync(undefined, [65536]), 'base64').length, 65536);
  },
  _cryptoRandomUUID() {
    assert.match(b._cryptoRandomUUID(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(b._cryptoRandomUUID(), b._cryptoRandomUUID());
  },
  _cryptoHashDigest() {
    assert.equal(Buffer.from(b._cryptoHashDigest('sha256', asBase64('abc')), 'base64').toString('hex'),
                 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(b._cryptoHashDigest('md5', ''), '1B2M2Y8AsgTpgAmY7PhCfg==');
    for (const algorithm of ['sha1', 'SHA-224', 'RSA-SHA384', 'sha512']) {
      assert.equal(b._cryptoHashDigest(algorithm, bytes), createHash(algorithm).update(bytes).digest('base64'));
    }
  },
  _cryptoHmacDigest() {
    // RFC 4231, test case 2.
    assert.equal(Buffer.from(b._cryptoHmacDigest('sha256', asBase64('Jefe'), asBase64('what do ya want for nothing?')), 'base64')
      .toString('hex'), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
    assert.equal(b._cryptoHmacDigest('sha1', bytes, bytes), createHmac('sha1', bytes).update(bytes).digest('base64'));
  },

  ...both('_fsReadFile', async (call, folder) => {
    b._fsWriteFileBinary(`${folder}/a`, Buffer.from('h\xe9\u{1f600}'));
    assert.equal(await call(`${folder}/a`, 'utf8'), 'h\xe9\u{1f600}');
    assert.equal(await call(`${folder}/a`), 'h\xe9\u{1f600}');
    assert.equal(await call(`${folder}/a`, { encoding: 'hex' }), '68c3a9f09f9880');
    b._fsWriteFileBinary(`${folder}/b`, bytes);
    assert.equal(await call(`${folder}/b`), '\0\ufffd\ufffd\n');
    await gone(call, 'open', `${folder}/none`);
    assert.equal((await rejected(call(folder))).code, 'EISDIR');
  }),
  ...both('_fsWriteFile', async (call, folder) => {
    assert.equal(await call(`${folder}/a`, 'text \u20ac', 'utf8'), undefined);
    assert.equal(b._fsReadFile(`${folder}/a`), 'text \u20ac');
    await call(`${folder}/a`, 'ff', { encoding: 'hex', mode: 0o644 });
    await call(`${folder}/b`, bytes, 0o600);
    assert.deepEqual(b._fsReadFileBinary(`${folder}/a`), Buffer.from([0xff]));
    assert.deepEqual(b._fsReadFileBinary(`${folder}/b`), bytes);
    await gone(call, 'open', `${folder}/none/a`, 'text');
  }),
  ...both('_fsReadFileBinary', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, bytes);
    const read = await call(`${folder}/a`);
    assert.ok(read instanceof Uint8Array);
    assert.deepEqual(read, bytes);
    // As shims that get base64 from their host take it.
    assert.deepEqual(Buffer.from(read, 'base64'), bytes);
    await gone(call, 'open', `${folder}/none`);
  }),
  ...both('_fsWriteFileBinary', async (call, folder) => {
    const much = Buffer.alloc(3_000_001, 'abc');
    await call(`${folder}/a`, bytes.toString('base64'));
    await call(`${folder}/b`, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    await call(`${folder}/c`, much.toString('base64'));
    assert.deepEqual(b._fsReadFileBinary(`${folder}/a`), bytes);
    assert.deepEqual(b._fsReadFileBinary(`${folder}/b`), bytes);
    assert.ok(b._fsReadFileBinary(`${folder}/c`).equals(much));
    await gone(call, 'open', `${folder}/none/a`, '');
  }),
  ...both('_fsReadDir', async (call, folder) => {
    b._fsMkdir(`${folder}/b`, false);
    b._fsWriteFile(`${folder}/c`, '');
    b._fsSymlink('c', `${folder}/a`);
    assert.deepEqual(await call(folder), [
      { name: 'a', isDirectory: false, isSymbolicLink: true }, { name: 'b', isDirectory: true, isSymbolicLink: false },
      { name: 'c', isDirectory: false, isSymbolicLink: false },
    ]);
    await gone(call, 'scandir', `${folder}/none`);
    system(await rejected(call(`${folder}/c`)), 'ENOTDIR', 'scandir', `${folder}/c`);
  }),
  ...both('_fsMkdir', async (call, folder) => {
    assert.equal(await call(`${folder}/a`, false), undefined);
    await call(`${folder}/b/c/d`, true);
    await call(`${folder}/b/c/e`, { recursive: true, mode: 0o755 });
    await call(`${folder}/b`, true);
    assert.deepEqual(b._fsReadDir(`${folder}/b/c`).map((each) => each.name), ['d', 'e']);
    system(await rejected(call(`${folder}/a`)), 'EEXIST', 'mkdir', `${folder}/a`);
    await gone(call, 'mkdir', `${folder}/none/a`);
  }),
  ...both('_fsRmdir', async (call, folder) => {
    b._fsMkdir(`${folder}/a/b`, true);
    system(await rejected(call(`${folder}/a`)), 'ENOTEMPTY', 'rmdir', `${folder}/a`);
    assert.equal(await call(`${folder}/a/b`), undefined);
    assert.deepEqual(b._fsReadDir(`${folder}/a`), []);
    await gone(call, 'rmdir', `${folder}/none`);
  }),
  _fsExists() {
    b._fsWriteFile('/work/there', '');
    b._fsSymlink('nowhere', '/work/dangling');
    assert.deepEqual(['/work/there', '/work', '/work/none', '/work/there/below', '/work/dangling'].map((path) => b._fsExists(path)),
                     [true, true, false, false, false]);
  },
  async _fsAccessAsync() {
    b._fsWriteFile('/work/accessible', '');
    assert.equal(await b._fsAccessAsync('/work/accessible'), undefined);
    await b._fsAccessAsync('/work', 1);
    await gone(b._fsAccessAsync, 'access', '/work/none');
    system(await rejected(b._fsAccessAsync('/work/accessible', 1)), 'EACCES', 'access', '/work/accessible');
  },
  ...both('_fsStat', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, '12345');
    b._fsUtimes(`${folder}/a`, 1.5, 1_700_000_000.25);
    const { dev, ino, ctimeMs, birthtimeMs, ...rest } = await call(`${folder}/a`);
    assert.deepEqual(rest, {
      mode: 0o100644, size: 5, blocks: 1, rdev: 0, isDirectory: false, isSymbolicLink: false, atimeMs: 1500,
      mtimeMs: 1_700_000_000_250, nlink: 1, uid: 0, gid: 0,
    });
    assert.ok([dev, ino, ctimeMs, birthtimeMs].every(Number.isFinite));
    b._fsSymlink('a', `${folder}/l`);
    assert.equal((await call(`${folder}/l`)).isSymbolicLink, false);
    assert.equal((await call(folder)).isDirectory, true);
    await gone(call, 'stat', `${folder}/none`);
  }),
  ...both('_fsLstat', async (call, folder) => {
    b._fsSymlink('nowhere', `${folder}/l`);
    const stat = await call(`${folder}/l`);
    assert.deepEqual([stat.isSymbolicLink, stat.isDirectory, stat.size], [true, false, 7]);
    await gone(call, 'lstat', `${folder}/none`);
  }),
  ...both('_fsUnlink', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, '');
    assert.equal(await call(`${folder}/a`), undefined);
    await gone(call, 'unlink', `${folder}/a`);
  }),
  ...both('_fsRename', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, 'moved');
    assert.equal(await call(`${folder}/a`, `${folder}/b`), undefined);
    assert.deepEqual(b._fsReadDir(folder).map((each) => each.name), ['b']);
    const error = await rejected(call(`${folder}/none`, `${folder}/c`));
    system(error, 'ENOENT', 'rename', `${folder}/none`);
    assert.equal(error.dest, `${folder}/c`);
  }),
  ...both('_fsChmod', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, '');
    // What changes nothing is done; more WASI cannot, and nobody is to believe that it was.
    assert.equal(await call(`${folder}/a`, 0o644), undefined);
    system(await rejected(call(`${folder}/a`, 0o600)), 'ENOSYS', 'chmod', `${folder}/a`);
    await gone(call, 'chmod', `${folder}/none`, 0o644);
  }),
  ...both('_fsChown', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, '');
    const { uid, gid } = b._fsStat(`${folder}/a`);
    assert.equal(await call(`${folder}/a`, uid, gid), undefined);
    system(await rejected(call(`${folder}/a`, 4711, gid)), 'ENOSYS', 'chown', `${folder}/a`);
    await gone(call, 'chown', `${folder}/none`, uid, gid);
  }),
  ...both('_fsLink', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, 'one');
    assert.equal(await call(`${folder}/a`, `${folder}/b`), undefined);
    b._fsWriteFile(`${folder}/a`, 'other');
    assert.equal(b._fsReadFile(`${folder}/b`), 'other');
    assert.equal(b._fsStat(`${folder}/b`).nlink, 2);
    assert.equal((await rejected(call(`${folder}/a`, `${folder}/b`))).code, 'EEXIST');
    assert.equal((await rejected(call(`${folder}/none`, `${folder}/c`))).code, 'ENOENT');
  }),
  ...both('_fsSymlink', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, 'behind');
    assert.equal(await call('a', `${folder}/l`), undefined);
    assert.equal(b._fsReadFile(`${folder}/l`), 'behind');
    assert.equal((await rejected(call('a', `${folder}/l`))).code, 'EEXIST');
  }),
  ...both('_fsReadlink', async (call, folder) => {
    b._fsSymlink('some/where', `${folder}/l`);
    assert.equal(await call(`${folder}/l`), 'some/where');
    await gone(call, 'readlink', `${folder}/none`);
    system(await rejected(call(folder)), 'EINVAL', 'readlink', folder);
  }),
  ...both('_fsTruncate', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, '123456');
    assert.equal(await call(`${folder}/a`, 3), undefined);
    assert.equal(b._fsReadFile(`${folder}/a`), '123');
    await call(`${folder}/a`, 5);
    assert.equal(b._fsReadFile(`${folder}/a`), '123\0\0');
    await call(`${folder}/a`);
    assert.equal(b._fsStat(`${folder}/a`).size, 0);
    await gone(call, 'open', `${folder}/none`, 1);
  }),
  ...both('_fsUtimes', async (call, folder) => {
    b._fsWriteFile(`${folder}/a`, '');
    assert.equal(await call(`${folder}/a`, 12.5, new Date(34_000)), undefined);
    const { atimeMs, mtimeMs } = b._fsStat(`${folder}/a`);
    assert.deepEqual([atimeMs, mtimeMs], [12_500, 34_000]);
    await gone(call, 'utime', `${folder}/none`, 1, 1);
  }),

  'fs.openSync'() {
    const fd = b['fs.openSync']('/work/opened', 0o101, 0o644);
    assert.ok(Number.isInteger(fd) && fd > 2);
    b['fs.closeSync'](fd);
    b['fs.closeSync'](b['fs.openSync']('/work/opened', 'r+'));
    b['fs.closeSync'](b['fs.openSync']('/work/opened', 0, null));
    system(thrown(() => b['fs.openSync']('/work/opened', 'wx')), 'EEXIST', 'open', '/work/opened');
    system(thrown(() => b['fs.openSync']('/work/none', 'r')), 'ENOENT', 'open', '/work/none');
  },
  'fs.closeSync'() {
    const fd = b['fs.openSync']('/work/closed', 'w');
    assert.equal(b['fs.closeSync'](fd), undefined);
    system(thrown(() => b['fs.closeSync'](fd)), 'EBADF', 'close', undefined);
  },
  'fs.readSync'() {
    b._fsWriteFile('/work/read', '0123456789');
    const fd = b['fs.openSync']('/work/read', 'r');
    const read = (...args) => {
      const got = b['fs.readSync'](fd, ...args);
      assert.ok(got instanceof Uint8Array);
      return Buffer.from(got).toString();
    };
    assert.deepEqual([read(4), read(2, 7), read(3, null), read(100), read(5), read(0)], ['0123', '78', '456', '789', '', '']);
    assert.equal(read(2 ** 31 - 1, 0), '0123456789');
    b['fs.closeSync'](fd);
    system(thrown(() => b['fs.readSync'](fd, 1)), 'EBADF', 'read', undefined);
  },
  'fs.writeSync'() {
    const fd = b['fs.openSync']('/work/written', 'w+');
    const write = b['fs.writeSync'];
    assert.deepEqual([write(fd, 'h\xe9'), write(fd, bytes), write(fd, 'H', 0), write(fd, '!', null)], [3, 4, 1, 1]);
    b['fs.closeSync'](fd);
    assert.deepEqual(b._fsReadFileBinary('/work/written'), Buffer.concat([Buffer.from('H\xe9'), bytes, Buffer.from('!')]));
    const only = b['fs.openSync']('/work/written', 'r');
    assert.equal(thrown(() => write(only, 'x')).code, 'EBADF');
    b['fs.closeSync'](only);
  },
  'fs.fstatSync'() {
    b._fsWriteFile('/work/stated', 'abc');
    const fd = b['fs.openSync']('/work/stated', 'r');
    const { size, isDirectory, mode } = b['fs.fstatSync'](fd);
    assert.deepEqual([size, isDirectory, mode], [3, false, 0o100644]);
    b['fs.closeSync'](fd);
    system(thrown(() => b['fs.fstatSync'](fd)), 'EBADF', 'fstat', undefined);
  },

  'process.cpuUsage'() {
    const before = b['process.cpuUsage']();
    for (let i = 0; i < 100_000; i++);
    const since = b['process.cpuUsage'](before);
    assert.ok(before.user >= 0 && before.system === 0 && since.user >= 0 && since.user <= b['process.cpuUsage']().user);
  },
  'process.memoryUsage'() {
    const before = b['process.memoryUsage']();
    const held = new Uint8Array(8 << 20).fill(1);
    const { rss, heapTotal, heapUsed, external, arrayBuffers } = b['process.memoryUsage']();
    assert.ok(rss >= heapTotal && heapTotal >= heapUsed && heapUsed - before.heapUsed >= held.length);
    assert.ok(Number.isFinite(external) && Number.isFinite(arrayBuffers));
  },
  'process.resourceUsage'() {
    const usage = b['process.resourceUsage']();
    assert.ok(usage.userCPUTime > 0 && usage.maxRSS > 1000);
    assert.equal(Object.keys(usage).length, 16);
  },
  'process.versions'() {
    const versions = b['process.versions']();
    assert.deepEqual(versions, { ...process.versions });
    assert.ok(['node', 'quickjs', 'tollgate'].every((name) => /^\d+\.\d+/.test(versions[name])));
  },

  async _scheduleTimer() {
    const start = performance.now();
    const order = [];
    await Promise.all([b._scheduleTimer(30).then((value) => order.push(30, value)), b._scheduleTimer(0).then(() => order.push(0)),
                       b._scheduleTimer.apply(undefined, [10], { result: { promise: true } }).then(() => order.push(10))]);
    assert.deepEqual(order, [0, 10, 30, undefined]);
    assert.ok(performance.now() - start >= 29);
  },

  _kernelStdioWriteRaw() {
    assert.equal(b._kernelStdioWriteRaw(1, 'out \u20ac\n'), 8);
    assert.equal(b._kernelStdioWriteRaw(2, Buffer.from('err\n')), 4);
    assert.equal(b._kernelStdioWriteRaw(1, ''), 0);
    system(thrown(() => b._kernelStdioWriteRaw(7, 'x')), 'EBADF', 'write', undefined);
  },
  // Of `0123456789`, and then the end: each of the three takes its part, in the order in which they stand here.
  _kernelPollRaw() {
    assert.deepEqual(b._kernelPollRaw([{ fd: 0, events: 1 }, { fd: 1, events: 4 }, { fd: 99, events: 1 }], 1000), {
      readyCount: 3, fds: [{ fd: 0, events: 1, revents: 1 }, { fd: 1, events: 4, revents: 4 }, { fd: 99, events: 1, revents: 32 }],
    });
    const fd = b['fs.openSync']('/work/polled', 'w');
    assert.deepEqual(b._kernelPollRaw([{ fd, events: 5 }, { fd: 0, events: 4 }]), {
      readyCount: 1, fds: [{ fd, events: 5, revents: 5 }, { fd: 0, events: 4, revents: 0 }],
    });
    b['fs.closeSync'](fd);
    const start = performance.now();
    assert.deepEqual(b._kernelPollRaw([{ fd: 1, events: 1 }], 20), { readyCount: 0, fds: [{ fd: 1, events: 1, revents: 0 }] });
    assert.ok(performance.now() - start >= 19);
  },
  _kernelStdinReadRaw() {
    assert.deepEqual(b._kernelStdinReadRaw(3, 1000), { dataBase64: asBase64('012') });
  },
  _pythonStdinRead() {
    assert.equal(b._pythonStdinRead(2, 1000), asBase64('34'));
  },
  async _kernelStdinRead() {
    let during = false;
    setImmediate(() => { during = true; });
    assert.deepEqual(await b._kernelStdinRead(), { done: false, dataBase64: asBase64('56789') });
    assert.deepEqual(await b._kernelStdinRead(), { done: true });
    assert.ok(during);
    assert.deepEqual(b._kernelStdinReadRaw(10, 0), { done: true });
    assert.equal(b._pythonStdinRead(10), null);
  },

  _pythonRpc() {
    const call = (method, path, more) => b._pythonRpc({ method, path, ...more });
    assert.deepEqual(call('fsMkdir', '/work/python/a', { recursive: true }), {});
    assert.deepEqual(call('fsWrite', '/work/python/a/b', { contentBase64: bytes.toString('base64') }), {});
    assert.deepEqual(call('fsRead', '/work/python/a/b'), { contentBase64: bytes.toString('base64') });
    assert.deepEqual(call('fsStat', '/work/python/a/b'), { stat: b._fsStat('/work/python/a/b') });
    assert.deepEqual(call('fsLstat', '/work/python/a'), { stat: b._fsLstat('/work/python/a') });
    assert.deepEqual(call('fsRename', '/work/python/a/b', { destination: '/work/python/a/c' }), {});
    assert.deepEqual(call('fsReaddir', '/work/python/a'), { entries: ['c'] });
    assert.deepEqual(call('fsUnlink', '/work/python/a/c'), {});
    assert.deepEqual(call('fsRmdir', '/work/python/a'), {});
    system(thrown(() => call('fsRead', '/work/python/a')), 'ENOENT', 'open', '/work/python/a');
    for (const method of ['httpRequest', 'dnsLookup', 'subprocessRun', 'toString', '__proto__']) {
      const error = thrown(() => call(method, '/'));
      assert.deepEqual([error.code, error.bridgeName], ['ERR_BRIDGE_NOT_SERVED', `_pythonRpc(${method})`]);
    }
  },
};

const tried = Object.keys(tries);
assert.deepEqual(tried.toSorted(), Object.keys(contract.served).toSorted());
for (const name of tried) {
  try {
    await tries[name]();
    console.log(name, 'behaves');
  } catch (error) {
    console.log(name, 'FAILED', error?.stack ?? error);
  }
}
