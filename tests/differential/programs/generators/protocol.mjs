import { told } from '../../show.mjs';
const log = [];
function* steps() { try { const a = yield 1; log.push(a); const b = yield 2; log.push(b); return 3; } finally { log.push('finally'); } }
told('next', () => { const it = steps(); return [it.next('lost'), it.next('a'), it.next('b'), it.next('c'), log.splice(0)]; });
told('return', () => { const it = steps(); return [it.next(), it.return('r'), it.next(), log.splice(0)]; });
told('return before the start', () => { const it = steps(); return [it.return('r'), it.next(), it.return('s'), log.splice(0)]; });
told('throw', () => { const it = steps(); it.next(); try { it.throw(new Error('t')); } catch (error) { return [error.message, it.next(), log.splice(0)]; } });
told('throw before the start', () => { const it = steps(); try { it.throw(1); } catch (error) { return [error, it.next(), log.splice(0)]; } });
told('throw after the end', () => { const it = steps(); [...it]; log.splice(0); it.throw(new Error('late')); });
told('caught', () => { function* g() { while (true) try { yield 1; } catch (error) { yield error; } } const it = g(); return [it.next(), it.throw('a'), it.next(), it.throw('b')]; });
told('finally that yields', () => { function* g() { try { yield 1; } finally { yield 2; yield 3; } } const it = g(); return [it.next(), it.return('r'), it.next(), it.next(), it.next()]; });
told('finally that returns', () => { function* g() { try { yield 1; } finally { return 'own'; } } const it = g(); it.next(); return [it.return('r'), it.next()]; });
told('finally that throws', () => { function* g() { try { yield 1; } finally { throw new Error('own'); } } const it = g(); it.next(); it.return('r'); });
told('reentrant', () => { let it; function* g() { yield it.next(); } it = g(); it.next(); });
told('reentrant return', () => { let it; function* g() { yield it.return(5); } it = g(); it.next(); });
told('on others', () => steps().next.call({}));
told('extra arguments', () => { function* g() { return [yield, yield]; } const it = g(); it.next(1, 2); it.next(); return it.next('last', 'x'); });
