import { told } from '../../show.mjs';
const names = ['globalThis', 'Infinity', 'NaN', 'undefined', 'eval', 'isFinite', 'parseInt', 'decodeURI', 'escape', 'AggregateError', 'Array', 'ArrayBuffer', 'BigInt', 'BigInt64Array', 'Boolean', 'DataView', 'Date', 'Error', 'FinalizationRegistry', 'Float16Array', 'Function', 'Iterator', 'Map', 'Number', 'Object', 'Promise', 'Proxy', 'RangeError', 'RegExp', 'Set', 'SharedArrayBuffer', 'String', 'Symbol', 'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'JSON', 'Math', 'Reflect'];
told('descriptors', () => names.map((name) => { const own = Object.getOwnPropertyDescriptor(globalThis, name); return own ? `${name} ${own.writable}${own.enumerable}${own.configurable}` : `${name} none`; }));
told('kinds', () => names.map((name) => `${name} ${typeof globalThis[name]} ${globalThis[name]?.length}`));
told('later ones', () => ['DisposableStack', 'AsyncDisposableStack', 'SuppressedError', 'Temporal', 'ShadowRealm', 'AsyncIterator'].map((name) => `${name} ${typeof globalThis[name]}`));
told('no assignment', () => { undefined = 1; });
told('globalThis', () => [globalThis === (0, eval)('this'), globalThis.globalThis === globalThis, typeof globalThis]);
told('new one', () => { globalThis.mine = 5; const seen = [mine, 'mine' in globalThis]; delete globalThis.mine; return [seen, typeof mine]; });
told('getter', () => { Object.defineProperty(globalThis, 'lazy', { get: () => 'got', configurable: true }); const got = lazy; delete globalThis.lazy; return got; });
told('missing', () => none);
told('missing in typeof', () => typeof none);
told('shadowed', () => { const Array = 5; const undefined_ = undefined; return [Array, [].constructor.name, undefined_]; });
told('Boolean', () => [Boolean(), Boolean('false'), Boolean(new Boolean(false)), !!document_(), new Boolean(0).valueOf(), Boolean.prototype.toString.call(true), Object.prototype.toString.call(Object(true))]);
function document_() { return NaN; }
told('Boolean of others', () => Boolean.prototype.valueOf.call(1));
told('escape', () => [escape('äöü €+/@'), unescape('%E4%u20AC%zz')]);
