// The constants of the module `os`: numbers of Linux, which is the platform that a program is told.

const signalNames = `HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP
  TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS`.split(/\s+/);

function frozen(entries) {
  return Object.freeze(Object.assign(Object.create(null), entries));
}

function signals() {
  const all = {};
  signalNames.forEach((name, i) => { all[`SIG${name}`] = i + 1; });
  all.SIGIOT = all.SIGABRT;
  all.SIGPOLL = all.SIGIO;
  return frozen(all);
}

function errno() {
  const { byCode } = require('internal/errors/system');
  const all = {};
  for (const code of Object.keys(byCode)) {
    const number = -byCode[code][0];
    // Those above are made up by libuv and stand for nothing in the system.
    if (number < 3000) all[code] = number;
  }
  return Object.assign(Object.create(null), all);
}

const makers = {
  dlopen: () => Object.assign(Object.create(null), {
    RTLD_LAZY: 1, RTLD_NOW: 2, RTLD_GLOBAL: 256, RTLD_LOCAL: 0, RTLD_DEEPBIND: 8,
  }),
  errno,
  signals,
  priority: () => frozen({
    PRIORITY_LOW: 19, PRIORITY_BELOW_NORMAL: 10, PRIORITY_NORMAL: 0, PRIORITY_ABOVE_NORMAL: -7, PRIORITY_HIGH: -14,
    PRIORITY_HIGHEST: -20,
  }),
};

const constants = Object.create(null, { UV_UDP_REUSEADDR: { value: 4, enumerable: true } });

for (const name of Object.keys(makers)) {
  Object.defineProperty(constants, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = makers[name]();
      Object.defineProperty(constants, name, { value, enumerable: true });
      return value;
    },
  });
}

exports.constants = constants;
