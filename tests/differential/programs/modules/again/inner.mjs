export let value = 1;
export const get = () => value;
export const set = (given) => { value = given; };
export { value as default };
