import { told } from '../../show.mjs';
// A buffer that is large, and what follows it.
told('a large buffer', () => new ArrayBuffer(200 * 2 ** 20).byteLength);
told('a small one after it', () => new ArrayBuffer(2 ** 20).byteLength);
told('the program goes on', () => [1, 2, 3].map((x) => x * 2));
