import { told, tell } from '../../show.mjs';
var inModule = 1;
function declared() {}
tell('not global', typeof globalThis.inModule, typeof globalThis.declared, typeof globalThis.tell);
tell('this', this, typeof this, (() => this)(), (function () { return this; })());
tell('strict', (function () { return this === undefined; })());
told('undeclared', () => { undeclared = 1; });
told('arguments', () => typeof arguments);
told('delete', () => { delete Object.prototype; });
told('eval', () => { eval('var inEval = 1'); return typeof inEval; });
told('indirect eval', () => { (0, eval)('var inGlobal = 1'); return [typeof inGlobal, delete globalThis.inGlobal]; });
told('Function', () => Function('return typeof inModule')());
told('import.meta', () => [typeof import.meta, Object.getPrototypeOf(import.meta), import.meta === import.meta, Object.isExtensible(import.meta), Reflect.set(import.meta, 'mine', 5), import.meta.mine]);
told('TDZ', () => notYet);
told('typeof TDZ', () => typeof notYet);
let notYet = 1;
told('await as a name', () => (0, eval)('var await; typeof await'));
told('hoisted', () => [typeof hoisted, hoisted()]);
function hoisted() { return 'hoisted'; }
told('html comments', () => (0, eval)('var x = 1; <!-- x = 2\nx'));
told('new.target', () => (function () { return new.target; })());
