const x = 1;
export { x as '\ud800' };
