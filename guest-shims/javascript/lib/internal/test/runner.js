// The tests of `node:test`: one after the other, reported in the Test Anything Protocol.

const { validateFunction, validateObject } = require('internal/validators');
const { codes } = require('internal/errors');

const noop = () => {};

function readArguments(name, options, fn) {
  if (typeof name === 'function') return { name: name.name || '<anonymous>', options: {}, fn: name };
  if (name !== null && typeof name === 'object') return { ...readArguments(options, {}, undefined), ...named(name, options) };
  if (typeof options === 'function') return { name: name || '<anonymous>', options: {}, fn: options };
  return { name: String(name ?? '<anonymous>'), options: options ?? {}, fn: fn ?? noop };
}

const named = (options, fn) => ({ name: fn?.name || '<anonymous>', options, fn: typeof fn === 'function' ? fn : noop });

class Entry {
  constructor(parent, kind, { name, options, fn }) {
    validateObject(options, 'options');
    validateFunction(fn, 'fn');
    this.parent = parent;
    this.kind = kind;
    this.name = name || '<anonymous>';
    this.options = options;
    this.fn = fn;
    this.children = [];
    this.hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
    this.skipped = options.skip;
    this.todo = options.todo;
    this.failed = 0;
    this.number = 0;
    this.done = new Promise((resolve) => { this.finish = resolve; });
  }

  get depth() { return this.parent === null ? -1 : this.parent.depth + 1; }

  say(text) { console.log(text.replace(/^/gm, '    '.repeat(Math.max(0, this.depth)))); }

  report(error, time) {
    this.parent.number++;
    const note = this.skipped ? ` # SKIP${reason(this.skipped)}` : this.todo ? ` # TODO${reason(this.todo)}` : '';
    const bad = error !== undefined;
    if (this.children.length > 0) this.say(`    1..${this.number}`);
    this.say(`${bad ? 'not ok' : 'ok'} ${this.parent.number} - ${this.name}${note}`);
    const lines = [`duration_ms: ${time.toFixed(3)}`];
    if (this.kind === 'suite') lines.push("type: 'suite'");
    if (bad) lines.push(`error: |-\n${require('internal/util/inspect').inspect(error.reason).replace(/^/gm, '  ')}`);
    this.say(`  ---\n${lines.join('\n').replace(/^/gm, '  ')}\n  ...`);
    if (bad && !this.todo) {
      this.parent.failed++;
      process.exitCode = 1;
    }
  }
}

const reason = (value) => (typeof value === 'string' ? ` ${value}` : '');

class TestContext {
  #entry;
  #mock;
  #controller;

  constructor(entry) { this.#entry = entry; }

  get name() { return this.#entry.name; }

  get signal() { return (this.#controller ??= new AbortController()).signal; }

  get mock() { return (this.#mock ??= new (require('internal/test/mock').MockTracker)()); }

  before(fn) { this.#entry.hooks.before.push(fn); }

  after(fn) { this.#entry.hooks.after.push(fn); }

  beforeEach(fn) { this.#entry.hooks.beforeEach.push(fn); }

  afterEach(fn) { this.#entry.hooks.afterEach.push(fn); }

  diagnostic(message) { this.#entry.say(`# ${message}`); }

  skip(message) { this.#entry.skipped = message ?? true; }

  todo(message) { this.#entry.todo = message ?? true; }

  test(name, options, fn) {
    const entry = new Entry(this.#entry, 'test', readArguments(name, options, fn));
    this.#entry.children.push(entry);
    const before = this.#entry.last ?? Promise.resolve();
    this.#entry.last = before.then(() => runEntry(entry));
    return this.#entry.last;
  }

  static end(context) {
    context.#mock?.restoreAll();
    context.#controller?.abort();
  }
}

// `done` of a test that takes two parameters ends it.
function call(fn, context, withDone) {
  if (!withDone) return Reflect.apply(fn, context, [context]);
  return new Promise((resolve, reject) => {
    const done = (error) => (error ? reject(error) : resolve());
    const result = Reflect.apply(fn, context, [context, done]);
    if (typeof result?.then === 'function') {
      reject(new codes.ERR_TEST_FAILURE('passed a callback but also returned a Promise', 'callbackAndPromisePresent'));
    }
  });
}

async function withTimeout(promise, timeout) {
  if (timeout === undefined || timeout === Infinity) return promise;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new codes.ERR_TEST_FAILURE(`test timed out after ${timeout}ms`, 'testTimeoutFailure')),
                       timeout);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function runHooks(entry, kind, context) {
  for (const hook of entry.hooks[kind]) await call(hook, context, hook.length > 1);
}

async function runEach(entry, kind, context) {
  const chain = [];
  for (let at = entry.parent; at !== null; at = at.parent) chain.push(at);
  if (kind === 'beforeEach') chain.reverse();
  for (const at of chain) await runHooks(at, kind, context);
}

async function attempt(work) {
  try {
    await work();
    return undefined;
  } catch (error) {
    return { reason: error };
  }
}

async function runTest(entry) {
  const context = new TestContext(entry);
  const work = async () => {
    await runEach(entry, 'beforeEach', context);
    await runHooks(entry, 'before', context);
    await withTimeout(call(entry.fn, context, entry.fn.length > 1), entry.options.timeout);
    await entry.last;
  };
  let error = await attempt(work);
  for (const kind of ['after', 'afterEach']) {
    const run = kind === 'after' ? runHooks : runEach;
    error ??= await attempt(() => run(entry, kind, context));
  }
  TestContext.end(context);
  if (error === undefined && entry.failed > 0) error = subtestsFailed(entry);
  return error;
}

const subtestsFailed = (entry) => ({
  reason: new codes.ERR_TEST_FAILURE(`${entry.failed} subtest${entry.failed > 1 ? 's' : ''} failed`, 'subtestsFailed'),
});

async function runSuite(entry) {
  await entry.built;
  let error = entry.buildError ?? await attempt(() => runHooks(entry, 'before', {}));
  if (error === undefined) for (const child of entry.children) await runEntry(child);
  error ??= await attempt(() => runHooks(entry, 'after', {}));
  if (error === undefined && entry.failed > 0) error = subtestsFailed(entry);
  return error;
}

async function runEntry(entry) {
  const start = require('internal/timers').clock();
  if (entry.kind === 'suite' || entry.children.length > 0) entry.say(`# Subtest: ${entry.name}`);
  let error;
  if (!entry.skipped) error = entry.kind === 'suite' ? await runSuite(entry) : await runTest(entry);
  entry.report(error, require('internal/timers').clock() - start);
  entry.finished = true;
  entry.finish();
}

// ---- the root ----

let root;
let current = null;

function rootEntry() {
  if (root !== undefined) return root;
  root = new Entry(null, 'root', { name: '<root>', options: {}, fn: noop });
  setImmediate(runRoot);
  process.on('exit', () => {
    if (root.children.every((entry) => entry.finished)) return;
    console.log('# the event loop has ended, and some tests have not');
    process.exitCode = 1;
  });
  return root;
}

async function runRoot() {
  console.log('TAP version 13');
  await runHooks(root, 'before', {});
  // Tests may be added while others run.
  for (let i = 0; i < root.children.length; i++) await runEntry(root.children[i]);
  await runHooks(root, 'after', {});
  console.log(`1..${root.number}\n# tests ${root.number}\n# pass ${root.number - root.failed}\n# fail ${root.failed}`);
}

function add(kind, args) {
  const parent = current ?? rootEntry();
  const entry = new Entry(parent, kind, args);
  parent.children.push(entry);
  return entry;
}

function addSuite(args) {
  const entry = add('suite', args);
  if (entry.skipped) return entry.done;
  const before = current;
  current = entry;
  try {
    const result = entry.fn({ name: entry.name });
    // What an async suite adds later belongs to it no longer: nothing says whose it is.
    if (typeof result?.then === 'function') {
      entry.built = result.then(noop, (error) => { entry.buildError = { reason: error }; });
    }
  } catch (error) {
    entry.buildError = { reason: error };
  } finally {
    current = before;
  }
  return entry.done;
}

function variants(start) {
  const fn = (name, options, body) => start(readArguments(name, options, body), {});
  for (const word of ['skip', 'todo', 'only']) {
    fn[word] = (name, options, body) => start(readArguments(name, options, body), { [word]: true });
  }
  return fn;
}

const withOptions = (args, more) => ({ ...args, options: { ...args.options, ...more } });

const test = variants((args, more) => add('test', withOptions(args, more)).done);
const describe = variants((args, more) => addSuite(withOptions(args, more)));
const it = variants((args, more) => add('test', withOptions(args, more)).done);
Object.defineProperty(test, 'name', { value: 'test' });

const hook = (kind) => (fn = noop) => {
  validateFunction(fn, 'fn');
  (current ?? rootEntry()).hooks[kind].push(fn);
};

module.exports = {
  test, describe, it,
  before: hook('before'), after: hook('after'), beforeEach: hook('beforeEach'), afterEach: hook('afterEach'),
};
