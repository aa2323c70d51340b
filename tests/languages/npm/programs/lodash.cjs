const _ = require('lodash');
console.log(_.chunk(_.range(10), 3), _.groupBy(['one', 'two', 'three'], 'length'), _.merge({ a: [{ b: 1 }] }, { a: [{ c: 2 }] }));
console.log(_.template('<% list.forEach((x) => { %><li><%- x %></li><% }) %>')({ list: ['a', '<'] }), _.camelCase('Foo Bar--baz'), _.debounce(() => 1, 10)());
console.log(_(new Map([['a', 1]])).size(), _.isEqual(new Set([1, [2]]), new Set([1, [2]])), _.cloneDeep({ d: new Date(0), r: /x/g }));
_.defer((text) => console.log(text), 'deferred');
