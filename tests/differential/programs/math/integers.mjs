import { tell } from '../../show.mjs';
const values = [0, -1, 1, 7, 0x7fffffff, 0x80000000, 0xffffffff, 0x123456789, -0x80000001, 65537, 2 ** 40 + 3, 3.99, '12', null, NaN, Infinity];
for (const left of values) tell(String(left), values.map((right) => Math.imul(left, right)));
tell('clz32', values.map((value) => Math.clz32(value)));
tell('properties', Reflect.ownKeys(Math).filter((key) => key !== 'random').sort((a, b) => (String(a) < String(b) ? -1 : 1)));
tell('constants', Math.E, Math.LN10, Math.LN2, Math.LOG10E, Math.LOG2E, Math.PI, Math.SQRT1_2, Math.SQRT2);
tell('tag', String(Math), Object.getOwnPropertyDescriptor(Math, 'PI'));
