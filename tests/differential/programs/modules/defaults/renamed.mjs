const value = 'renamed';
export { value as default, value as x };
