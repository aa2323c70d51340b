import { told } from '../../show.mjs';
told('statics', () => ['$1', '$9', 'input', '$_', 'lastMatch', '$&', 'lastParen', 'leftContext', 'rightContext', 'multiline'].map((name) => `${name} ${name in RegExp}`));
told('names', () => Reflect.ownKeys(RegExp).map(String).sort());
told('prototype names', () => Reflect.ownKeys(RegExp.prototype).map(String).sort());
told('html comments and division', () => { const g = 2; const a = 8; return [a /g/ 2, a++ / 2, [1] / 1, ({}) / 1, /=/.test('='), 4 / 2 / 1]; });
told('after keywords', () => { const parts = []; for (const each of /a/.source) parts.push(each); return [typeof /x/, void /y/, (() => { return /z/.source; })(), parts]; });
told('after a block', () => (0, eval)('{}/1/g'));
told('in a template', () => `${/}/.source}`);
