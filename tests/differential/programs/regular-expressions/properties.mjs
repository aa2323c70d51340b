import { tell, sources } from '../../show.mjs';
const points = [];
for (let point = 0; point < 0x110000; point += point < 0x600 ? 1 : 97) points.push(String.fromCodePoint(point));
for (const name of ['L', 'Lu', 'Ll', 'Nd', 'N', 'P', 'Sc', 'Sm', 'Zs', 'Cc', 'Cf', 'Cn', 'Cs', 'Co', 'M', 'ASCII', 'Any', 'Assigned', 'Alphabetic', 'ID_Start', 'ID_Continue', 'XID_Start', 'White_Space', 'Uppercase', 'Lowercase', 'Emoji', 'Emoji_Presentation', 'Extended_Pictographic', 'Math', 'Hex_Digit', 'Script=Latin', 'Script=Greek', 'Script=Cyrillic', 'Script=Han', 'scx=Deva', 'Script_Extensions=Greek', 'gc=Letter', 'General_Category=Decimal_Number', 'Case_Ignorable', 'Changes_When_Lowercased', 'Changes_When_NFKC_Casefolded', 'Default_Ignorable_Code_Point', 'Dash', 'Diacritic', 'Ideographic', 'Join_Control', 'Noncharacter_Code_Point', 'Pattern_Syntax', 'Quotation_Mark', 'Radical', 'Regional_Indicator', 'Sentence_Terminal', 'Soft_Dotted', 'Terminal_Punctuation', 'Variation_Selector']) {
  const pattern = new RegExp(`^\\p{${name}}$`, 'u');
  const other = new RegExp(`^\\P{${name}}$`, 'u');
  let count = 0;
  let sum = 0;
  for (const point of points) if (pattern.test(point)) { count++; sum = (sum * 31 + point.codePointAt(0)) % 1000003; }
  tell(name, count, sum, points.filter((point) => other.test(point)).length + count === points.length);
}
sources('property', ['/\\p{Foo}/u', '/\\p{Script=Foo}/u', '/\\p{L/u', '/\\pL/u', '/\\p{}/u', '/\\p{lu}/u', '/\\p{Block=Basic_Latin}/u', '/\\p{RGI_Emoji}/u', '/\\p{RGI_Emoji}/v.test("x")', '/\\P{RGI_Emoji}/v', '/[^\\p{RGI_Emoji}]/v', '/\\p{IsGreek}/u', '/\\p{gc=L}/u.test("a")', '/\\p{sc=Grek}/u.test("\\u03b1")', '/[\\p{L}-z]/u']);
