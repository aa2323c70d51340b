// What the policy does not let a program do: /work may be read but for /work/hidden, and nothing be written.
import bridge from 'tollgate:bridge';

const b = bridge;
const calls = {
  _fsReadFile: ['/work/hidden'], _fsReadFileBinary: ['/work/hidden'], _fsWriteFile: ['/work/file', 'x'], _fsWriteFileBinary: ['/work/new', 'eA=='],
  _fsMkdir: ['/work/new', false], _fsRmdir: ['/work/folder'], _fsUnlink: ['/work/file'], _fsRename: ['/work/file', '/work/new'],
  _fsLink: ['/work/file', '/work/new'], _fsSymlink: ['file', '/work/new'], _fsTruncate: ['/work/file', 0], _fsUtimes: ['/work/file', 1, 1],
  _fsStat: ['/work/hidden'], _fsLstat: ['/work/hidden'], 'fs.openSync': ['/work/new', 'w'],
};
const code = (error) => `${error.code} ${error.syscall}`;
for (const [name, args] of Object.entries(calls)) {
  for (const each of [name, `${name}Async`].filter((known) => known in b)) {
    let came = 'done';
    try {
      await b[each](...args);
    } catch (error) {
      came = code(error);
    }
    console.log(each, came);
  }
}
// What may not be seen is not there; what may be read is.
console.log(b._fsExists('/work/hidden'), b._fsExists('/work/file'));
