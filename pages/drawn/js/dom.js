// Making elements and changing them: what is already so is not touched. Text goes in as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

// null and false take an attribute away.
export function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
  return node;
}

export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

// A new SVG element at the end of its parent.
export function add(parent, tag, attributes = {}) {
  return put(parent.appendChild(document.createElementNS(SVG, tag)), attributes);
}

export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  return node;
}
