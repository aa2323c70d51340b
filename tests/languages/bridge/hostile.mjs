// Arguments that nobody means well: each is a clean error, or is taken for what it says, and the program goes on.
import bridge from 'tollgate:bridge';
import contract from './contract.json' with { type: 'json' };

const b = bridge;
const fd = b['fs.openSync']('/work/file', 'w+');
b['fs.writeSync'](fd, 'content');
const closed = b['fs.openSync']('/work/file', 'r');
b['fs.closeSync'](closed);

const outcome = async (call) => {
  try {
    // What is not over at once is not waited for.
    return await Promise.race([call(), new Promise((resolve) => { setImmediate(() => setImmediate(resolve, 'waits')); })]);
  } catch (error) {
    if (!(error instanceof Error) || typeof error.code !== 'string') {
      console.log('WRONG', error);
      return undefined;
    }
    return error.code;
  }
};

// Each with the code that it is to have.
const type = 'ERR_INVALID_ARG_TYPE';
const value = 'ERR_INVALID_ARG_VALUE';
const range = 'ERR_OUT_OF_RANGE';
const calls = [
  [type, '_log'], [type, '_log', 5], [type, '_error', null], [type, '_log', Symbol('s')],
  [type, '_resolveModule'], [type, '_resolveModule', 'a', 5], [value, '_resolveModule', 'a', '/', 'steal'],
  [type, '_loadFile', {}], [type, '_moduleFormat', 1], [null, '_loadFile', '/etc/passwd'], [value, '_loadFile', ''],
  [null, '_loadFile', '\0'], [null, '_loadFile', '../../../../etc/passwd'], [null, '_moduleFormat', '/proc/self/mem'],
  [type, '_batchResolveModules', 'a'], [type, '_batchResolveModules', [['a']]], [type, '_batchResolveModules', [5]],
  [range, '_batchResolveModules', new Array(4097).fill(['a', '/'])], [type, '_batchResolveModules', new Array(5)],
  [type, '_cryptoRandomFill'], [type, '_cryptoRandomFill', '8'], [range, '_cryptoRandomFill', -1], [range, '_cryptoRandomFill', 0.5],
  [range, '_cryptoRandomFill', 65537], [range, '_cryptoRandomFill', 2 ** 53], [range, '_cryptoRandomFill', NaN],
  [type, '_cryptoHashDigest'], ['ERR_CRYPTO_INVALID_DIGEST', '_cryptoHashDigest', 'sha0', ''],
  ['ERR_CRYPTO_INVALID_DIGEST', '_cryptoHashDigest', '__proto__', ''], [value, '_cryptoHashDigest', 'md5', 'not base64!'],
  [value, '_cryptoHashDigest', 'md5', 'a'], [value, '_cryptoHashDigest', 'md5', 'YQ==\n'], [type, '_cryptoHashDigest', 'md5', 5],
  [value, '_cryptoHmacDigest', 'md5', '=', ''], [type, '_cryptoHmacDigest', 'md5', ''], [type, '_cryptoHmacDigest', 'md5', {}, ''],
  [value, '_cryptoHashDigest', 'md5', `${'A'.repeat(4_000_001)}!`],
  [type, '_fsReadFile'], [type, '_fsReadFile', fd], [type, '_fsReadFile', {}], [value, '_fsReadFile', '/work/\0file'],
  [value, '_fsReadFile', '/work/file', 'utf9'], [value, '_fsReadFile', '/work/file', 'buffer'], [type, '_fsReadFile', '/work/file', 8],
  ['EINVAL', '_fsReadFile', new Uint8Array([0xff, 0xfe])], ['ENOENT', '_fsReadFile', ''],
  ['ENAMETOOLONG', '_fsReadFile', `/work/${'n'.repeat(300)}`],
  [type, '_fsReadFileAsync', 5], [value, '_fsReadFileAsync', '/work/file', 'utf9'], [type, '_fsReadFileBinaryAsync', null],
  [type, '_fsWriteFile', '/work/file'], [type, '_fsWriteFile', '/work/file', 5], [type, '_fsWriteFile', '/work/file', {}],
  [range, '_fsWriteFile', '/work/file', '', -1], [value, '_fsWriteFile', '/work/file', '', { mode: 'rwx' }],
  [value, '_fsWriteFileBinary', '/work/file', '***'], [type, '_fsWriteFileBinary', '/work/file', [1, 2]],
  [type, '_fsWriteFileBinaryAsync', '/work/file', null], [value, '_fsWriteFileBinaryAsync', '/work/file', 'AAA*'],
  [type, '_fsReadDir', 5], [type, '_fsMkdir', '/work/new', { recursive: 1 }], [range, '_fsMkdir', '/work/new', { mode: 2 ** 32 }],
  [type, '_fsExists', 5], [value, '_fsExists', 'a\0b'], [type, '_fsStat', []], [type, '_fsRename', '/work/file'],
  [type, '_fsChmod', '/work/file'], [range, '_fsChmod', '/work/file', -1], [type, '_fsChown', '/work/file', '0', 0],
  [range, '_fsChown', '/work/file', 2 ** 32, 0], [type, '_fsLink', '/work/file', 7], [type, '_fsSymlink', 7, '/work/l'],
  [type, '_fsTruncate', '/work/file', '3'], [range, '_fsTruncate', '/work/file', 1e308], ['EFBIG', '_fsTruncate', '/work/file', 2 ** 53 - 1],
  [type, '_fsUtimes', '/work/file', NaN, 0], [type, '_fsUtimes', '/work/file', 0, {}], [type, '_fsUtimesAsync', '/work/file', Infinity, 0],
  [range, '_fsAccessAsync', '/work/file', 8], [type, '_fsAccessAsync', '/work/file', 'r'],
  [value, 'fs.openSync', '/work/file', 'rw'], [range, 'fs.openSync', '/work/file', 1e12], [type, 'fs.openSync', 5, 'r'],
  [type, 'fs.closeSync'], [range, 'fs.closeSync', -1], [range, 'fs.closeSync', 1.5], ['EBADF', 'fs.closeSync', closed],
  ['EBADF', 'fs.closeSync', 2 ** 31 - 1], ['EBADF', 'fs.readSync', closed, 1], ['EBADF', 'fs.readSync', 2 ** 31 - 1, 1],
  [type, 'fs.readSync', fd], [range, 'fs.readSync', fd, -1], [range, 'fs.readSync', fd, 1e300], [range, 'fs.readSync', fd, 1, -1],
  [range, 'fs.readSync', fd, 1, 2 ** 60], [type, 'fs.readSync', fd, 1, '0'],
  ['EBADF', 'fs.writeSync', closed, 'x'], [type, 'fs.writeSync', fd, 5], [type, 'fs.writeSync', fd, 'x', '0'],
  [range, 'fs.writeSync', fd, 'x', -1], ['EBADF', 'fs.fstatSync', closed], [type, 'fs.fstatSync', '3'],
  [type, 'process.cpuUsage', 5], [type, 'process.cpuUsage', { user: 'x', system: 0 }],
  ['ERR_INVALID_ARG_VALUE', 'process.cpuUsage', { user: -1, system: 0 }],
  [type, '_scheduleTimer'], [type, '_scheduleTimer', '5'], [range, '_scheduleTimer', -1], [range, '_scheduleTimer', NaN],
  [range, '_scheduleTimer', 2 ** 31], ['waits', '_scheduleTimer', 2 ** 31 - 1],
  [type, '_kernelStdioWriteRaw', '1', 'x'], [type, '_kernelStdioWriteRaw', 1, 5], ['EBADF', '_kernelStdioWriteRaw', 0, 'x'],
  ['EBADF', '_kernelStdioWriteRaw', fd, 'x'], [range, '_kernelStdioWriteRaw', -1, 'x'],
  [type, '_kernelPollRaw'], [type, '_kernelPollRaw', [5]], [type, '_kernelPollRaw', [{ fd: '0', events: 1 }], 0],
  [range, '_kernelPollRaw', [{ fd: -1, events: 1 }], 0], [range, '_kernelPollRaw', [{ fd: 0, events: 2 ** 40 }], 0],
  [range, '_kernelPollRaw', new Array(1025).fill({ fd: 0, events: 1 }), 0], [type, '_kernelPollRaw', new Array(3), 0],
  [range, '_kernelPollRaw', [], NaN], [range, '_kernelPollRaw', [], 2 ** 31], ['EINVAL', '_kernelPollRaw', []],
  ['EINVAL', '_kernelPollRaw', [{ fd: 1, events: 1 }], -1],
  [range, '_kernelStdinReadRaw', 0], [type, '_kernelStdinReadRaw', '5'], [range, '_kernelStdinReadRaw', 5, NaN],
  [range, '_pythonStdinRead', -5, 0], [type, '_pythonStdinRead', 5, '0'],
  [type, '_pythonRpc'], [type, '_pythonRpc', 'fsRead'], [type, '_pythonRpc', {}], [type, '_pythonRpc', { method: 'fsRead' }],
  [type, '_pythonRpc', { method: 'fsRead', path: 5 }], [type, '_pythonRpc', { method: 'fsWrite', path: '/work/file' }],
  [value, '_pythonRpc', { method: 'fsWrite', path: '/work/file', contentBase64: '?' }],
  [type, '_pythonRpc', { method: 'fsRename', path: '/work/file' }], [type, '_pythonRpc', { method: 'fsMkdir', path: '/work/a', recursive: 1 }],
];
for (const [expected, name, ...args] of calls) {
  const came = await outcome(() => b[name](...args));
  if (came !== expected) console.log('WRONG', name, args.map(String), came, 'and not', expected);
}
if (b._fsReadFile('/work/file') !== 'content') console.log('WRONG the file was changed');

// Whatever goes into whatever: an error has a code, and nothing ends the program.
const odd = [undefined, null, NaN, -0, 1e308, 2n ** 70n, '', '\0', '\ud800', '/work', Symbol('s'), [], {}, () => {}, new Proxy({}, {}),
             new Uint8Array(0), new Date(NaN), { __proto__: null, toString: undefined }, fd];
let tried = 0;
for (const name of Object.keys(contract.served)) {
  for (const first of odd) {
    for (const second of odd) {
      await outcome(() => b[name](first, second, first));
      tried++;
    }
  }
}
console.log('tried', tried);
process.exit(0);
