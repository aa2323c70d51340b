import { tell, told } from '../../show.mjs';
const array = new Uint8Array([1, 2, 3]);
told('keys', () => Reflect.ownKeys(Object.assign(new Uint8Array(2), { b: 1, a: 2 })));
for (const key of ['0', '-0', '3', '-1', '1.5', 'NaN', 'Infinity', '1e0', '00', '4294967295', '4294967296', '9007199254740993', ' 1', '1 ', '+1']) {
  told(`key ${key}`, () => { const own = new Uint8Array([7, 8, 9]); const before = own[key]; own[key] = 5; return [before, own[key], key in own, Reflect.set(own, key, 6), own.hasOwnProperty(key), Reflect.ownKeys(own).length, delete own[key]]; });
}
told('strict delete', () => { 'use strict'; delete array[0]; });
told('define', () => Reflect.defineProperty(array, '0', { value: 9, writable: true, enumerable: true, configurable: true }));
told('define less', () => [Reflect.defineProperty(array, '0', { value: 9, configurable: false }), Reflect.defineProperty(array, '0', { get() {} }), Reflect.defineProperty(array, '9', { value: 1 }), Reflect.defineProperty(array, '-0', { value: 1 })]);
told('descriptor', () => Object.getOwnPropertyDescriptor(array, 1));
told('freeze', () => Object.freeze(array));
told('freeze empty', () => Object.isFrozen(Object.freeze(new Uint8Array(0))));
told('seal', () => Object.isSealed(Object.seal(new Uint8Array(2))));
told('prevent', () => { const own = Object.preventExtensions(new Uint8Array(1)); own.x = 1; return own; });
told('inherits', () => { const heir = Object.create(new Uint8Array([1, 2])); heir[0] = 5; heir[7] = 6; return [Object.keys(heir), heir[0], heir[7]]; });
told('setter of the prototype is not asked', () => { let asked = 0; Object.defineProperty(Uint8Array.prototype, '5', { set() { asked++; }, get() { asked++; }, configurable: true }); const own = new Uint8Array(1); own[5] = 1; own[5]; delete Uint8Array.prototype[5]; return asked; });
told('conversion happens anyway', () => { const seen = []; array[100] = { valueOf() { seen.push('converted'); return 1; } }; return seen; });
told('receiver', () => [Reflect.set(array, 0, 8, {}), Reflect.set(array, 0, 8, new Uint8Array(2)), Reflect.set({}, 0, 8, array), array[0], Reflect.set(array, 50, 1, {})]);
tell('in order', Object.entries(Object.assign(new Uint8Array([4, 5]), { x: 1 })));
