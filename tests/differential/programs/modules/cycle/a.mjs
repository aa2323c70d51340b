import { note } from './log.mjs';
import { b, hoistedB } from './b.mjs';
note(`a begins, b is ${b}, ${hoistedB()}`);
export const a = 'A';
export function hoistedA() { return 'hoisted A'; }
export var varA = 'var A';
export const readB = () => b;
note('a ends');
