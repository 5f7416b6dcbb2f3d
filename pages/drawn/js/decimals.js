// How a number is written, digit by digit as mlp_core/writing/numbers.py writes it: what is counted in the browser, while
// something is dragged, must not differ from what the server then says.

// Rounded as Python does: what lies just between two goes to the even digit, where toFixed would take the larger one.
function fixed(value, decimals) {
  const size = Math.abs(value), isTie = (size * 2 ** (decimals + 1)) % 2 === 1;
  if (!isTie) return value.toFixed(decimals);
  const below = Math.floor(size * 10 ** decimals), even = (below + (below % 2)) / 10 ** decimals;
  return (value < 0 ? "-" : "") + even.toFixed(decimals);
}

const trimmed = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);

// brief: without closing zeros where nothing was rounded away.
export function written(given, decimals, brief = false) {
  const value = given + 0;
  let text = fixed(value, decimals), power = "";
  if (value && (Math.abs(value) >= 1e7 || !Number(text))) {
    const [mantissa, exponent] = value.toExponential(Math.max(decimals - 1, 1)).split("e");
    [text, power] = [mantissa, `e${Number(exponent)}`];
  }
  if (brief && Number(text + power) === value) text = trimmed(text);
  return (text + power).replaceAll("-", "−");
}
