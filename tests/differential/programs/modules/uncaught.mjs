// Fails while it is evaluated: what was printed before stays, and jobs that were queued run.
print('before');
Promise.resolve().then(() => print('a job'));
export const x = 1;
await null;
throw new TypeError('the module fails');
