import { tell, told } from '../../show.mjs';
tell('absent', typeof Intl, typeof require, typeof module, typeof WebAssembly === 'undefined' || 'there', typeof Temporal);
tell('without it', 'ä'.localeCompare('z') !== 0, ['b', 'a', 'C'].sort((a, b) => a.localeCompare(b)).length, 'I'.toLocaleLowerCase(), 'i'.toLocaleUpperCase(), 'İ'.toLowerCase().length, 'ß'.toUpperCase(), 'ΑΣ'.toLowerCase(), 'ΑΣΑ'.toLowerCase(), 'ﬁ'.toUpperCase());
tell('globals of the language', ['Array', 'ArrayBuffer', 'AggregateError', 'Atomics', 'BigInt', 'BigInt64Array', 'DataView', 'Date', 'FinalizationRegistry', 'Float16Array', 'Function', 'Iterator', 'JSON', 'Map', 'Math', 'Promise', 'Proxy', 'Reflect', 'RegExp', 'SharedArrayBuffer', 'Symbol', 'WeakRef', 'escape', 'eval', 'globalThis', 'isFinite', 'undefined'].map((name) => [name, typeof globalThis[name], Object.getOwnPropertyDescriptor(globalThis, name)?.enumerable]));
tell('fixed ones', ['NaN', 'Infinity', 'undefined'].map((name) => { const d = Object.getOwnPropertyDescriptor(globalThis, name); return [d.writable, d.configurable]; }));
told('new globals', () => { globalThis.made = 1; const before = typeof made; delete globalThis.made; return [before, typeof made]; });
told('this of a module', () => this === undefined);
tell('lengths and names', [Array.prototype.concat, Function.prototype.bind, Object.assign, Math.hypot, String.fromCharCode, Reflect.apply, Promise.all, JSON.stringify, parseInt, Symbol.for, Proxy, Date, Date.UTC].map((f) => [f.name, f.length]));
