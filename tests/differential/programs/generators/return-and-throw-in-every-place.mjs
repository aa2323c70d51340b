import { tell, told } from '../../show.mjs';
function* nest(seen) { try { seen.push('in'); const got = yield 1; seen.push(got); try { yield 2; } catch (error) { seen.push(`caught ${error}`); yield 'c'; } finally { seen.push('f1'); yield 'f'; seen.push('f1 end'); } yield 3; } finally { seen.push('f2'); } return 'end'; }
for (const steps of [['n', 'n', 'r', 'n', 'n'], ['n', 'n', 't', 'n', 'n', 'n', 'n'], ['n', 'n', 'r', 'r', 'n'], ['n', 'n', 'r', 't', 'n'], ['r', 'n'], ['t', 'n'], ['n', 't', 'n'], ['n', 'n', 't', 't', 'n', 'n']]) {
  const seen = [];
  const it = nest(seen);
  const given = steps.map((step, at) => { try { return step === 'n' ? it.next(`v${at}`) : step === 'r' ? it.return(`r${at}`) : it.throw(`t${at}`); } catch (error) { return `threw ${error}`; } });
  tell(steps.join(''), given, seen);
}
told('return in finally wins', () => { function* g() { try { yield 1; } finally { return 'finally'; } } const it = g(); it.next(); return [it.return('x'), it.next()]; });
told('throw in finally wins', () => { function* g() { try { yield 1; } finally { throw 'finally'; } } const it = g(); it.next(); return it.return('x'); });
told('break out of finally swallows', () => { function* g() { for (;;) { try { yield 1; } finally { break; } } return 'after'; } const it = g(); it.next(); return [it.throw('lost'), it.next()]; });
told('continue out of finally', () => { let rounds = 0; function* g() { while (rounds < 3) { try { yield rounds; } finally { rounds++; continue; } } return 'done'; } const it = g(); return [it.next(), it.return('x'), it.return('y'), it.return('z'), it.next()]; });
told('running', () => { const it = (function* () { it.next(); })(); it.next(); });
told('running and returned', () => { const it = (function* () { yield it.return(5); })(); return it.next(); });
tell('after the end', (() => { const it = (function* () {})(); return [it.next(), it.next(), it.return(5), it.next()]; })());
told('thrown after the end', () => { const it = (function* () {})(); it.next(); it.throw(new RangeError('late')); });
tell('return of a promise is not awaited', (() => { const it = (function* () { yield 1; })(); it.next(); const p = Promise.resolve(5); return it.return(p).value === p; })());
