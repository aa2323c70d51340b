import { marked } from 'marked';
console.log(marked.parse('# Title\n\n*a* **b** `c` [d](http://e "f")\n\n- one\n  1. two\n\n> quote\n\n```js\nlet a = "<";\n```\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n'));
