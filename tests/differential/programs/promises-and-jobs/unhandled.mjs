// Told at the end, in the order in which they were rejected; what gets a handler in time is not.
Promise.reject(new Error('first'));
const late = Promise.reject(new Error('handled later'));
Promise.resolve().then(() => late.catch(() => print('caught later')));
(async () => { throw new TypeError('from an async function'); })();
new Promise((_, reject) => { reject('a text'); });
Promise.resolve().then(() => { throw new RangeError('from a reaction'); });
Promise.all([Promise.reject(new Error('in all')), Promise.reject(new Error('also in all'))]);
Promise.reject(undefined);
Promise.allSettled([Promise.reject(new Error('settled'))]).then(() => print('settled'));
const many = Promise.reject(new Error('two reactions'));
many.then(() => {});
many.then(() => {});
Promise.reject(new Error('finally')).finally(() => {});
await null;
print('end');
