// The module `os`. A component sees little of the machine that it runs on: what it cannot know is said in the most
// modest way, and what it cannot do fails as it does for a process that may not do it.

const { codes } = require('internal/errors');
const { validateInt32, validateObject } = require('internal/validators');
const { defineLazy } = require('internal/util');

const env = (name) => globalThis.process.env[name];

// What a run may use is set by the host. Where that does not say it, its default is the best guess.
const usual = 256 * 2 ** 20;

function memory() {
  const [used, , , , limit] = binding.process.memory();
  return { used, limit: limit || Math.max(usual, used) };
}

function refused(call, code, message, errno) {
  return new codes.ERR_SYSTEM_ERROR({ syscall: call, code, message, errno });
}

const simple = {
  arch: () => globalThis.process.arch,
  availableParallelism: () => 1,
  endianness: () => 'LE',
  freemem() {
    const { used, limit } = memory();
    return Math.max(limit - used, 65536);
  },
  homedir: () => env('HOME') || '/',
  hostname: () => 'localhost',
  machine: () => 'wasm32',
  platform: () => globalThis.process.platform,
  release: () => globalThis.process.versions.tollgate ?? '0.0.0',
  tmpdir() {
    const path = env('TMPDIR') || env('TMP') || env('TEMP') || '/tmp';
    return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  },
  totalmem: () => memory().limit,
  type: () => 'Linux',
  // The machine of a run is as old as the run.
  uptime: () => Math.max(require('internal/performance').now() / 1000, 0.001),
  version: () => `Tollgate ${globalThis.process.versions.tollgate ?? ''}`.trim(),
};

// `${os.arch}` and `+os.uptime` give what the call gives.
for (const name of Object.keys(simple)) {
  const fn = simple[name];
  Object.defineProperty(fn, Symbol.toPrimitive, { configurable: true, value: () => fn() });
  exports[name] = fn;
}

exports.cpus = function cpus() {
  return [{ model: 'wasm32', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }];
};

exports.loadavg = function loadavg() {
  return [0, 0, 0];
};

// What every machine has, and all that a component can know of.
exports.networkInterfaces = function networkInterfaces() {
  return {
    lo: [{
      address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', mac: '00:00:00:00:00:00', internal: true,
      cidr: '127.0.0.1/8',
    }],
  };
};

exports.getPriority = function getPriority(pid) {
  if (pid === undefined) pid = 0;
  else validateInt32(pid, 'pid');
  if (pid !== 0 && pid !== globalThis.process.pid) {
    throw refused('uv_os_getpriority', 'ESRCH', 'no such process', -3);
  }
  return 0;
};

exports.setPriority = function setPriority(pid, priority) {
  if (priority === undefined) {
    priority = pid;
    pid = 0;
  }
  validateInt32(pid, 'pid');
  validateInt32(priority, 'priority', -20, 19);
  if (pid !== 0 && pid !== globalThis.process.pid) {
    throw refused('uv_os_setpriority', 'ESRCH', 'no such process', -3);
  }
  // The one priority that it has already.
  if (priority !== 0) throw refused('uv_os_setpriority', 'EACCES', 'permission denied', -13);
};

exports.userInfo = function userInfo(options) {
  if (options !== undefined) validateObject(options, 'options');
  const username = env('USER') || env('LOGNAME');
  // There is no table of users: without the environment nobody knows.
  if (!username) throw refused('uv_os_get_passwd', 'ENOENT', 'no such file or directory', -2);
  const { getuid, getgid } = globalThis.process;
  const info = {
    uid: getuid?.() ?? 0, gid: getgid?.() ?? 0, username, homedir: exports.homedir(), shell: env('SHELL') || '',
  };
  if (options?.encoding === 'buffer') {
    const { Buffer } = require('buffer');
    for (const key of ['username', 'homedir', 'shell']) info[key] = Buffer.from(info[key]);
  }
  return info;
};

defineLazy(exports, 'internal/os', ['constants']);
Object.defineProperties(exports, {
  EOL: { configurable: true, enumerable: true, writable: false, value: '\n' },
  devNull: { configurable: true, enumerable: true, writable: false, value: '/dev/null' },
});
