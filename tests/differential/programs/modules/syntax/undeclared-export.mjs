export { none };
