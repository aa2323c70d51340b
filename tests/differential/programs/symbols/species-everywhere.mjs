import { tell, told } from '../../show.mjs';
const seen = [];
class A extends Array { static get [Symbol.species]() { seen.push('species'); return Array; } }
const during = (work) => { seen.length = 0; const given = work(); return [given?.constructor?.name, seen.length]; };
const a = A.of(1, 2, 3);
tell('arrays', during(() => a.map((v) => v)), during(() => a.filter(Boolean)), during(() => a.slice(1)), during(() => a.splice(0, 0)), during(() => a.concat([4])), during(() => a.flat()), during(() => a.flatMap((v) => [v])), during(() => a.toSorted()), during(() => a.toSpliced(0)), during(() => A.from([1])), during(() => [...a]), during(() => a.copyWithin(0, 1)));
told('species of null', () => { class B extends Array { static get [Symbol.species]() { return null; } } return new B(3).map((v) => v).constructor.name; });
told('species that is no constructor', () => { class B extends Array { static get [Symbol.species]() { return () => {}; } } return new B(3).map((v) => v); });
told('constructor undefined', () => { const b = [1]; b.constructor = undefined; return b.map((v) => v).constructor.name; });
told('constructor that is a number', () => { const b = [1]; b.constructor = 5; return b.map((v) => v); });
told('what the species makes is filled', () => { class B extends Array { static get [Symbol.species]() { return function (length) { return { made: length }; }; } } return B.of(1, 2).map((v) => v * 2); });
told('a species that is frozen', () => { class B extends Array { static get [Symbol.species]() { return function () { return Object.freeze([]); }; } } return B.of(1).map((v) => v); });
told('typed arrays', () => { class T extends Uint8Array { static get [Symbol.species]() { return Uint16Array; } } return [new T(2).map(() => 300), new T(2).slice(), new T(2).subarray(0, 0)]; });
told('too short a species', () => { class T extends Uint8Array { static get [Symbol.species]() { return function () { return new Uint8Array(1); }; } } return new T(4).slice(); });
told('another content', () => { class T extends Uint8Array { static get [Symbol.species]() { return BigInt64Array; } } return new T(1).map((v) => v); });
told('array buffers', () => { class B extends ArrayBuffer { static get [Symbol.species]() { return ArrayBuffer; } } return [new B(4).slice(1).constructor.name, new (class extends ArrayBuffer {})(4).slice(1).byteLength]; });
told('promises', () => { class P extends Promise { static get [Symbol.species]() { return Promise; } } const p = P.resolve(1); return [p.then().constructor.name, p.catch().constructor.name, p.finally().constructor.name]; });
told('species getters', () => [Array, Map, Set, Promise, RegExp, ArrayBuffer, Object.getPrototypeOf(Uint8Array)].map((C) => [C[Symbol.species] === C, Object.getOwnPropertyDescriptor(C, Symbol.species).get.name, Object.getOwnPropertyDescriptor(C, Symbol.species).set]));
told('of a foreign receiver', () => Object.getOwnPropertyDescriptor(Array, Symbol.species).get.call('x'));
