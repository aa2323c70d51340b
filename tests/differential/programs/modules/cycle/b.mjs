import { note } from './log.mjs';
import * as spaceOfA from './a.mjs';
import { a, hoistedA, varA } from './a.mjs';
let seen;
try { seen = a; } catch (error) { seen = error.name; }
let through;
try { through = spaceOfA.a; } catch (error) { through = error.name; }
note(`b begins, a is ${seen}, through the namespace ${through}, ${hoistedA()}, ${varA}`);
try { Object.keys(spaceOfA); note('keys'); } catch (error) { note(`keys ${error.name}`); }
note(`has ${'a' in spaceOfA}, ${Reflect.ownKeys(spaceOfA).length} keys`);
try { Object.getOwnPropertyDescriptor(spaceOfA, 'a'); } catch (error) { note(`descriptor ${error.name}`); }
export const b = 'B';
export const early = seen;
export function hoistedB() { return 'hoisted B'; }
export const readA = () => a;
note('b ends');
