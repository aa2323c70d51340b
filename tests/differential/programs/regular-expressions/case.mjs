import { tell } from '../../show.mjs';
// Which code points match which others without regard to case: all that do, as sums.
for (const flags of ['i', 'iu']) {
  let pairs = 0;
  let sum = 0;
  for (let point = 0x20; point < 0x600; point++) {
    const pattern = new RegExp(`^[\\u${point.toString(16).padStart(4, '0')}]$`, flags);
    for (const other of new Set([String.fromCharCode(point).toUpperCase(), String.fromCharCode(point).toLowerCase(), 'k', 'S', '\u212a', '\u017f', '\u1e9e', '\u03c2', '\u0345', '\u1fbe'])) {
      if (other.length === 1 && other.charCodeAt(0) !== point && pattern.test(other)) { pairs++; sum = (sum * 31 + point * 7 + other.charCodeAt(0)) % 1000003; }
    }
  }
  tell(flags, pairs, sum);
}
tell('ranges', 'ZzÀàÿŸ\u0130\u0131'.match(/[a-z]/gi), 'ZzÀàÿŸ'.match(/[à-þ]/gi), 'ŸÿĀ'.match(/[\u00f0-\u00ff]/gi), 'Kk\u212a'.match(/[k]/giu), 'Ss\u017f'.match(/s/giu), 'Ss\u017f'.match(/s/gi), 'ǅǄǆ'.match(/ǆ/gi), 'ΣςΣσ'.match(/σ/gi));
tell('backreferences', /(k)\1/i.test('kK'), /(k)\1/iu.test('k\u212a'), /(ß)\1/i.test('ßẞ'), /(ß)\1/iu.test('ßẞ'), /(?<a>é)\k<a>/i.test('éÉ'));
