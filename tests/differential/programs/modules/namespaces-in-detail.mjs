import { tell, told } from '../../show.mjs';
import * as self from './namespaces-in-detail.mjs';
export let live = 1; export const fixed = { a: 1 }; export function bump() { live++; } export { live as other, fixed as 'any name' }; export default class Named {}
tell('keys', Reflect.ownKeys(self).map(String), Object.keys(self), JSON.stringify(self));
tell('live', self.live, (bump(), self.live), self.other);
tell('descriptors', Object.getOwnPropertyDescriptor(self, 'live'), Object.getOwnPropertyDescriptor(self, Symbol.toStringTag), Object.getPrototypeOf(self), Object.isExtensible(self), Object.isFrozen(self), Object.isSealed(self));
told('assign', () => { self.live = 5; });
told('reflect', () => [Reflect.set(self, 'live', 5), Reflect.deleteProperty(self, 'live'), Reflect.deleteProperty(self, 'none'), Reflect.defineProperty(self, 'live', { value: live, writable: true, enumerable: true, configurable: false }), Reflect.defineProperty(self, 'live', { value: 99 }), Reflect.setPrototypeOf(self, null), Reflect.setPrototypeOf(self, {}), Reflect.has(self, 'live'), Reflect.get(self, 'none')]);
told('freeze', () => Object.freeze(self));
told('for in and spread', () => { const keys = []; for (const key in self) keys.push(key); return [keys, Object.keys({ ...self })]; });
tell('others', self.default.name, self['any name'] === fixed, typeof self.bump);
told('then is no trap here', () => 'then' in self);
