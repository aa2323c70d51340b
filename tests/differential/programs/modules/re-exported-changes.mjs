import { get, set, value, alias, space, default as fallback } from './again/outer.mjs';
print(`${get()} ${value} ${alias} ${space.value} ${fallback}`);
set(5);
print(`${get()} ${value} ${alias} ${space.value} ${fallback}`);
const dynamic = await import('./again/outer.mjs');
dynamic.set(6);
print(`${value} ${dynamic.alias} ${dynamic.space === space} ${Object.keys(dynamic)}`);
try { dynamic.value = 1; } catch (error) { print(error.name); }
const { value: copied } = dynamic;
dynamic.set(7);
print(`${copied} ${dynamic.value} ${(() => value)()}`);
