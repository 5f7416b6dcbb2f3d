// Making elements and changing them: what is already so is not touched. Text goes in as text, never as HTML.

// null and false take an attribute away.
export function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
  return node;
}

export function make(tag, className = "", ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  return node;
}

// What a list lets one choose, made anew only where it has changed.
export function offer(select, options) {
  const key = JSON.stringify(options);
  if (select.key === key) return;
  select.key = key;
  select.replaceChildren(...options.map(({ value, text }) => put(make("option", "", text), { value })));
}
