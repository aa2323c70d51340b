export let value = 1;
export let later;
export const setLater = (given) => { later = given; };
export function increment() { value++; }
let named = 'old';
export { named, named as 'a quoted name' };
export function replace(given) { named = given; f = () => `changed ${given}`; }
export function f() { return 'first'; }
export class C {}
export default value * 10;
