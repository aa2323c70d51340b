import { each } from '../../show.mjs';
const patterns = [[/(a)|(b)/, 'b'], [/((a)|(b))+/, 'ab'], [/(?:(a)|(b))*/, 'abba'], [/(z)((a+)?(b+)?(c))*/, 'zaacbbbcac'], [/(a*)*/, 'b'], [/(a*)+/, 'b'], [/(?:a*?)*?b/, 'aab'], [/(a?)*?$/, 'aa'], [/(?=(a+))a*b\1/, 'baaabac'], [/(?!(a))\1b/, 'b'], [/(.*?)a(?!(a+)b\2c)\2(.*)/, 'baaabaac'], [/((?:))*/, 'x'], [/(\1)/, 'a'], [/\1(a)/, 'aa'], [/(?:(x)|y)\1z/, 'yz'], [/(a)(?:(b)|c)+\2?/, 'abcb'], [/^(?:(\d+)x)?\s*(\d+)$/, '12'], [/()|/, ''], [/(?:){3}(a){0}b/, 'b'], [/(a){2,3}?(a)/, 'aaaa']];
each('exec', patterns, ([pattern, text]) => pattern.exec(text));
