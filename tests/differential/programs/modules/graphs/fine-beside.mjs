import './fine.mjs';
export const fine = 1;
