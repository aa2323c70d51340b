import { told } from '../../show.mjs';
// What a later edition has of explicit resource management, as far as the engine has it.
told('stacks', () => [typeof DisposableStack, typeof AsyncDisposableStack, typeof SuppressedError]);
told('using', () => { try { return (0, eval)('{ using x = null; } 1'); } catch (error) { return error.name; } });
told('using as a name', () => (0, eval)('var using = 5; using'));
told('stack', () => { if (typeof DisposableStack !== 'function') return 'none'; const log = []; const stack = new DisposableStack(); stack.defer(() => log.push('a')); stack.adopt('v', (v) => log.push(v)); stack.dispose(); return [log, stack.disposed]; });
