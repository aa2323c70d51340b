import { note } from './cycle/log.mjs';
import { a, readB } from './cycle/a.mjs';
import { b, readA, early } from './cycle/b.mjs';
print(note());
print([a, b, readA(), readB(), early].join());
