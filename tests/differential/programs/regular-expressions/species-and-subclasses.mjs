import { tell, told } from '../../show.mjs';
class Shouting extends RegExp { exec(text) { const found = super.exec(text); if (found) found[0] = found[0].toUpperCase(); return found; } get [Symbol.toStringTag]() { return 'Shouting'; } }
tell('exec is used', 'abc'.replace(new Shouting('b'), '<$&>'), 'abc'.match(new Shouting('b'))[0], new Shouting('b').test('b'), 'abab'.match(new Shouting('b', 'g')));
tell('split makes a species', (() => { const seen = []; class S extends RegExp { static get [Symbol.species]() { seen.push('species'); return class extends RegExp { constructor(...args) { super(...args); seen.push(args.map(String).join('|')); } }; } } const parts = 'a-b'.split(new S('-', 'i')); return [parts, seen]; })());
tell('matchAll makes a species', (() => { const seen = []; class S extends RegExp { constructor(...args) { super(...args); seen.push(args.length); } } const re = new S('a', 'g'); const found = [...'aa'.matchAll(re)].length; return [found, seen]; })());
tell('from a pattern', (() => { const re = /a/g; return [RegExp(re) === re, new RegExp(re) === re, RegExp(re, 'i').flags, new RegExp(re, '').flags, new RegExp(re).flags]; })());
tell('isRegExp by symbol', (() => { const like = { [Symbol.match]: true, source: 'b', flags: 'g', constructor: RegExp }; return [RegExp(like) === like, String(new RegExp(like)), 'abc'.includes === String.prototype.includes]; })());
told('includes refuses', () => 'a'.includes(/a/));
told('startsWith takes what says it is none', () => { const re = /a/; re[Symbol.match] = false; return '/a/b'.startsWith(re); });
told('exec that gives no object', () => { class R extends RegExp { exec() { return 5; } } return new R('a').test('a'); });
told('exec that is no function', () => { const re = /a/; re.exec = 5; return re.test('a'); });
told('on another object', () => RegExp.prototype.test.call({ exec: () => ({}) }, 'a'));
told('exec on another object', () => RegExp.prototype.exec.call({}, 'a'));
told('replace asks flags', () => { const seen = []; const re = /a/g; Object.defineProperty(re, 'flags', { get() { seen.push('flags'); return ''; } }); return ['aa'.replace(re, 'b'), seen]; });
tell('toString and source', String(new RegExp('/')), String(new RegExp('')), new RegExp('\n').source, RegExp.prototype.toString(), RegExp.prototype.source, RegExp.prototype.flags, RegExp.prototype.global);
told('getters on others', () => Object.getOwnPropertyDescriptor(RegExp.prototype, 'source').get.call({}));
told('escape', () => [RegExp.escape('a.b-c'), RegExp.escape('1x'), RegExp.escape('\n\u2028'), RegExp.escape('\ud800'), new RegExp(RegExp.escape('^$\\.*+?()[]{}|/')).test('^$\\.*+?()[]{}|/')]);
