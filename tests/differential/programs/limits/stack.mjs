import { told } from '../../show.mjs';
// How deep a program may recurse is the engine's and the host's to say; that it is told, and goes on, is the language's.
let depth = 0;
const fall = () => { depth++; fall(); };
told('overflow', fall);
told('more than a thousand deep', () => depth > 1000);
told('again', fall);
told('the program goes on', () => [1, 2, 3].map((x) => x * 2));
