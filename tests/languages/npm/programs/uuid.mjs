import { NIL, parse, stringify, v3, v4, v5, v7, validate, version } from 'uuid';
console.log(v5('hello', v5.DNS), v3('hello', v3.URL), validate(v4()), version(v7()), stringify(parse(v5('x', NIL))), v4() !== v4());
