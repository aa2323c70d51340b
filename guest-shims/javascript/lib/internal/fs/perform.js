// The promise of work that is done when the event loop comes to it.

const { pend } = require('internal/loop');

module.exports = function perform(work) {
  return new Promise((resolve, reject) => {
    pend(() => {
      let result;
      try {
        result = work();
      } catch (error) {
        reject(error);
        return;
      }
      resolve(result);
    }, 'FSReqPromise');
  });
};
