import { show } from '../../show.mjs';
// Each text is a module of its own only where it is one: here, what Function and eval say of the same words.
const texts = ['import x from "y"', 'export const a = 1', 'import.meta', 'import("x")', 'await 1', 'import { a as b, c } from "d"', 'export default 1', 'new import("x")', 'import(...[])', 'import()', 'import("a", {}, 1)', 'import.metal', 'new import.meta()', 'import.meta = 1', 'typeof import("./none.mjs").catch(() => {}).then', 'import("a").catch(() => {}) && 1'];
for (const text of texts) {
  const results = [(0, eval), Function].map((compile) => { try { const result = compile(text); if (typeof result?.catch === 'function') result.catch(() => {}); return typeof result; } catch (error) { return error.name; } });
  print(`${text}: ${results.join(' ')}`);
}
for (const name of ['duplicate-export', 'undeclared-export', 'duplicate-import', 'import-then-let', 'with', 'octal', 'await-name', 'html-comment', 'return', 'import-in-block', 'lone-surrogate-name', 'new-target', 'super', 'yield-name', 'arguments-assign', 'delete-name', 'labels', 'let-twice', 'var-over-import', 'star-as-default', 'duplicate-label', 'break-outside']) {
  print(`${name}: ${await import(`./syntax/${name}.mjs`).then((space) => show(Object.keys(space)), (error) => error.name)}`);
}
