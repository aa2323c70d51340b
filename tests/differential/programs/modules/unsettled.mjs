// Awaits what never comes: the run ends, and tells so.
print('before');
Promise.resolve().then(() => print('a job'));
await new Promise(() => {});
print('never');
